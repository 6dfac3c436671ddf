"""Staff see who exists, not how to reach them: identities stay encrypted on this screen."""

from django.contrib import admin

from accounts.models import (
    AdvisorMandate,
    Badge,
    ConsentEntry,
    ContactMerge,
    DataExport,
    DataRequest,
    Dispatch,
    Identity,
    Invitation,
    Membership,
    Nominee,
    Notification,
    NotificationSettings,
    Organisation,
    Proposal,
    Session,
    StaffProfile,
    User,
    VerificationRequest,
)
from msmebazaar.core.admin import ReadOnlyAdmin


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ("id", "username", "language", "is_active", "is_staff", "created_at")
    list_filter = ("is_staff", "is_active", "language")
    search_fields = ("id", "username")
    ordering = ("-id",)
    fields = ("id", "username", "language", "is_active", "is_staff", "is_superuser", "created_at", "last_login")


@admin.register(Organisation)
class OrganisationAdmin(ReadOnlyAdmin):
    list_display = ("id", "name", "kind", "created_at")
    list_filter = ("kind",)
    search_fields = ("id", "name")
    ordering = ("-id",)


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    list_display = ("id", "user", "last_used_at", "ended_at", "ended_because")
    search_fields = ("id", "user__id", "ended_because")
    list_select_related = ("user",)
    ordering = ("-id",)


@admin.register(Badge)
class BadgeAdmin(ReadOnlyAdmin):
    list_display = ("organisation", "tier", "granted_at", "expires_at", "ended_at", "ended_because")
    list_filter = ("tier",)
    list_select_related = ("organisation",)
    search_fields = ("organisation__id", "organisation__name")
    ordering = ("-id",)


@admin.register(VerificationRequest)
class VerificationRequestAdmin(ReadOnlyAdmin):
    list_display = ("organisation", "tier", "state", "created_at", "answered_at")
    list_filter = ("state", "tier")
    list_select_related = ("organisation",)
    ordering = ("-id",)


@admin.register(AdvisorMandate)
class AdvisorMandateAdmin(ReadOnlyAdmin):
    list_display = ("id", "advisor_organisation", "owner_organisation", "state", "valid_from", "valid_until")
    list_filter = ("state",)
    list_select_related = ("advisor_organisation", "owner_organisation")
    search_fields = ("id", "advisor_organisation__name")
    ordering = ("-id",)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("id", "organisation", "role", "state", "expires_at")
    list_filter = ("state", "role")
    list_select_related = ("organisation",)
    ordering = ("-id",)


@admin.register(ConsentEntry)
class ConsentEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "user", "purpose", "is_given", "notice_version", "language", "channel")
    list_filter = ("purpose", "is_given", "channel", "language")
    list_select_related = ("user",)
    search_fields = ("user__id", "evidence")
    ordering = ("-id",)


@admin.register(DataRequest)
class DataRequestAdmin(ReadOnlyAdmin):
    list_display = ("id", "user", "kind", "state", "due_at", "answered_at")
    list_filter = ("state", "kind")
    list_select_related = ("user",)
    ordering = ("due_at",)


@admin.register(DataExport)
class DataExportAdmin(ReadOnlyAdmin):
    list_display = ("id", "user", "state", "size", "created_at", "ready_at")
    list_filter = ("state",)
    list_select_related = ("user",)
    fields = ("id", "user", "state", "size", "sha256", "created_at", "ready_at")
    ordering = ("-id",)


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ("id", "user", "kind", "created_at", "read_at")
    list_select_related = ("user",)
    search_fields = ("user__id", "kind")
    fields = ("id", "user", "kind", "created_at", "read_at")
    ordering = ("-id",)


@admin.register(Dispatch)
class DispatchAdmin(ReadOnlyAdmin):
    list_display = ("id", "notification", "channel", "state", "reason", "sent_at")
    list_filter = ("state", "channel")
    list_select_related = ("notification",)
    ordering = ("-id",)


@admin.register(Identity)
class IdentityAdmin(ReadOnlyAdmin):
    """That somebody has an address, not which."""

    list_display = ("user", "kind", "verified_at", "created_at")
    list_filter = ("kind",)
    list_select_related = ("user",)
    search_fields = ("user__id",)
    exclude = ("value", "value_index")
    ordering = ("-id",)


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ("user", "organisation", "role", "created_at")
    list_filter = ("role",)
    list_select_related = ("user", "organisation")
    search_fields = ("user__id", "organisation__id", "organisation__name")
    ordering = ("-id",)


@admin.register(Nominee)
class NomineeAdmin(ReadOnlyAdmin):
    list_display = ("user", "relation", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__id",)
    exclude = ("full_name", "phone")
    ordering = ("-id",)


@admin.register(StaffProfile)
class StaffProfileAdmin(ReadOnlyAdmin):
    """Duties are proposed on the colleague's page, and agreed to by a second one."""

    list_display = ("user", "duties", "regions", "languages", "is_away")
    list_filter = ("is_away",)
    list_select_related = ("user",)
    search_fields = ("user__username",)
    ordering = ("user__username",)


@admin.register(Proposal)
class ProposalAdmin(ReadOnlyAdmin):
    list_display = ("kind", "person", "state", "proposed_by", "decided_by", "created_at", "decided_at")
    list_filter = ("kind", "state")
    list_select_related = ("person", "proposed_by", "decided_by")
    search_fields = ("person__id",)
    exclude = ("reason",)
    ordering = ("-id",)


@admin.register(ContactMerge)
class ContactMergeAdmin(ReadOnlyAdmin):
    list_display = ("survivor", "absorbed", "by_id", "created_at", "undone_at")
    list_select_related = ("survivor", "absorbed")
    search_fields = ("survivor__id", "absorbed__id")
    ordering = ("-id",)


@admin.register(NotificationSettings)
class NotificationSettingsAdmin(ReadOnlyAdmin):
    list_display = ("user", "quiet_from", "quiet_until", "daily_cap", "muted_channels")
    list_select_related = ("user",)
    search_fields = ("user__id",)
    ordering = ("-id",)
