"""What accounts itself holds about a person, and how it is erased."""

from datetime import datetime
from typing import Any

from accounts.holders import Subject, as_rows
from accounts.models import (
    AdvisorMandate,
    ConsentEntry,
    DataExport,
    DataRequest,
    Identity,
    Invitation,
    Membership,
    Nominee,
    Notification,
    NotificationSettings,
    Organisation,
    OtpChallenge,
    Session,
    User,
    VerificationRequest,
)
from accounts.services.privacy import forget_files
from accounts.types import AdvisorMandateState, InvitationState


class AccountsHolder:
    def collect(self, subject: Subject) -> dict[str, list[dict[str, Any]]]:
        mine = {"user_id__in": subject.user_ids}
        organisations = {"organisation_id__in": subject.organisation_ids}
        return {
            "user": as_rows(
                User.objects.filter(pk__in=subject.user_ids),
                "full_name",
                "language",
                "created_at",
                "merged_into_id",
            ),
            "identity": as_rows(Identity.objects.filter(**mine), "kind", "value", "verified_at", "created_at"),
            "organisation": as_rows(
                Organisation.objects.filter(pk__in=subject.organisation_ids), "name", "kind", "roles", "created_at"
            ),
            "membership": as_rows(Membership.objects.filter(**mine), "organisation_id", "role", "created_at"),
            "session": as_rows(
                Session.objects.filter(**mine), "user_agent", "created_at", "last_used_at", "ended_at", "ended_because"
            ),
            "consent": as_rows(
                ConsentEntry.objects.filter(**mine).order_by("at"),
                "purpose",
                "is_given",
                "notice_version",
                "language",
                "channel",
                "evidence",
                "at",
            ),
            "notification": as_rows(Notification.objects.filter(**mine), "kind", "params", "created_at", "read_at"),
            "notification_settings": as_rows(
                NotificationSettings.objects.filter(**mine),
                "quiet_from",
                "quiet_until",
                "daily_cap",
                "muted_channels",
                "choices",
            ),
            "data_request": as_rows(
                DataRequest.objects.filter(**mine),
                "kind",
                "text",
                "state",
                "due_at",
                "answer",
                "created_at",
                "answered_at",
            ),
            "nominee": as_rows(Nominee.objects.filter(**mine), "full_name", "phone", "relation"),
            "invitation": as_rows(
                Invitation.objects.filter(**organisations), "kind", "address", "role", "state", "created_at"
            ),
            "verification_request": as_rows(
                VerificationRequest.objects.filter(**organisations), "tier", "statement", "state", "reason"
            ),
            "advisor_mandate": as_rows(
                AdvisorMandate.objects.filter(proposed_by_id__in=subject.user_ids),
                "kind",
                "address",
                "scopes",
                "valid_from",
                "valid_until",
                "state",
            ),
        }

    def erase(self, subject: Subject, *, now: datetime) -> None:
        """Empty shells of the person and their own organisations stay, for the ledger and the audit to point at."""
        mine = {"user_id__in": subject.user_ids}
        indexes = Identity.objects.filter(**mine).values_list("value_index", flat=True)
        OtpChallenge.objects.filter(address_index__in=list(indexes)).delete()
        kept = DataExport.objects.filter(**mine).exclude(object_key="")
        forget_files(object_keys=list(kept.values_list("object_key", flat=True)))
        models = (Identity, Membership, Notification, NotificationSettings, DataRequest, Nominee, DataExport)
        for model in models:
            model._default_manager.filter(**mine).delete()
        Session.objects.filter(**mine).update(user_agent="")
        own = {"organisation_id__in": subject.organisation_ids}
        Invitation.objects.filter(**own).delete()
        VerificationRequest.objects.filter(**own).delete()
        Invitation.objects.filter(invited_by_id__in=subject.user_ids, state=InvitationState.OPEN).update(
            state=InvitationState.CANCELLED, answered_at=now
        )
        for side in ("advisor_organisation_id__in", "owner_organisation_id__in"):
            AdvisorMandate.objects.filter(
                **{side: subject.organisation_ids},
                state__in=(AdvisorMandateState.PROPOSED, AdvisorMandateState.ACCEPTED),
            ).update(state=AdvisorMandateState.ENDED, ended_at=now, ended_by_id=subject.user_ids[0])
        Organisation.objects.filter(pk__in=subject.organisation_ids).update(name="", erased_at=now)
        for user in User.objects.filter(pk__in=subject.user_ids):
            user.full_name, user.is_active, user.erased_at = "", False, now
            user.save()
