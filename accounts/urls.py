from django.urls import path

from accounts.views import login, notifications, organisations, privacy

organisation = "organisations/<uuid:organisation_id>/"

urlpatterns = [
    path("auth/otp/", login.OtpRequest.as_view(), name="auth-otp"),
    path("auth/token/", login.TokenObtain.as_view(), name="auth-token"),
    path("auth/link/", login.TokenByLink.as_view(), name="auth-link"),
    path("auth/token/refresh/", login.TokenRefresh.as_view(), name="auth-token-refresh"),
    path("auth/logout/", login.Logout.as_view(), name="auth-logout"),
    path("auth/logout-everywhere/", login.LogoutEverywhere.as_view(), name="auth-logout-everywhere"),
    path("auth/sessions/", login.SessionList.as_view(), name="auth-sessions"),
    path("auth/sessions/<uuid:session_id>/", login.SessionDetail.as_view(), name="auth-session"),
    path("me/", login.Me.as_view(), name="me"),
    path("me/identities/", login.IdentityList.as_view(), name="me-identities"),
    path("me/identities/confirm/", login.IdentityConfirm.as_view(), name="me-identities-confirm"),
    path("me/identities/<uuid:identity_id>/", login.IdentityDetail.as_view(), name="me-identity"),
    path("me/consents/", privacy.ConsentList.as_view(), name="me-consents"),
    path("me/consents/history/", privacy.ConsentHistory.as_view(), name="me-consents-history"),
    path("me/data-summary/", privacy.DataSummary.as_view(), name="me-data-summary"),
    path("me/data-requests/", privacy.DataRequestList.as_view(), name="me-data-requests"),
    path("me/data-requests/<uuid:request_id>/", privacy.DataRequestDetail.as_view(), name="me-data-request"),
    path("me/nominee/", privacy.NomineeDetail.as_view(), name="me-nominee"),
    path("me/exports/", privacy.ExportList.as_view(), name="me-exports"),
    path("me/exports/<uuid:export_id>/", privacy.ExportDetail.as_view(), name="me-export"),
    path("me/erasure/", privacy.Erasure.as_view(), name="me-erasure"),
    path(
        "me/notification-settings/",
        notifications.NotificationSettingsDetail.as_view(),
        name="me-notification-settings",
    ),
    path("consent-notices/", privacy.NoticeList.as_view(), name="consent-notices"),
    path("notifications/", notifications.NotificationList.as_view(), name="notifications"),
    path("notifications/unread-count/", notifications.UnreadCount.as_view(), name="notifications-unread"),
    path("notifications/read-all/", notifications.NotificationReadAll.as_view(), name="notifications-read-all"),
    path("notifications/stream/", notifications.NotificationStream.as_view(), name="notifications-stream"),
    path(
        "notifications/<uuid:notification_id>/read/", notifications.NotificationRead.as_view(), name="notification-read"
    ),
    path("organisations/", organisations.OrganisationList.as_view(), name="organisations"),
    path(organisation, organisations.OrganisationDetail.as_view(), name="organisation"),
    path(f"{organisation}members/", organisations.MemberList.as_view(), name="members"),
    path(f"{organisation}members/<uuid:user_id>/", organisations.MemberDetail.as_view(), name="member"),
    path(f"{organisation}invitations/", organisations.SentInvitationList.as_view(), name="sent-invitations"),
    path(
        f"{organisation}invitations/<uuid:invitation_id>/",
        organisations.SentInvitationDetail.as_view(),
        name="sent-invitation",
    ),
    path(f"{organisation}badges/", organisations.BadgeList.as_view(), name="badges"),
    path(f"{organisation}verification-requests/", organisations.VerificationList.as_view(), name="verifications"),
    path("invitations/", organisations.InvitationList.as_view(), name="invitations"),
    path(
        "invitations/<uuid:invitation_id>/accept/", organisations.InvitationAccept.as_view(), name="invitation-accept"
    ),
    path(
        "invitations/<uuid:invitation_id>/decline/",
        organisations.InvitationDecline.as_view(),
        name="invitation-decline",
    ),
    path("advisor-mandates/", organisations.AdvisorMandateList.as_view(), name="advisor-mandates"),
    path("advisor-mandates/<uuid:mandate_id>/", organisations.AdvisorMandateDetail.as_view(), name="advisor-mandate"),
    path(
        "advisor-mandates/<uuid:mandate_id>/accept/",
        organisations.AdvisorMandateAccept.as_view(),
        name="advisor-mandate-accept",
    ),
    path(
        "advisor-mandates/<uuid:mandate_id>/decline/",
        organisations.AdvisorMandateDecline.as_view(),
        name="advisor-mandate-decline",
    ),
    path(
        "advisor-mandates/<uuid:mandate_id>/end/", organisations.AdvisorMandateEnd.as_view(), name="advisor-mandate-end"
    ),
]
