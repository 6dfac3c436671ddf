"""Reads over badges and verification requests."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.exceptions import VerificationRequestNotFound
from accounts.models import Badge, VerificationRequest
from accounts.selectors.organisations import get_own_organisation
from accounts.types import RequestState
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor, Duty


def own_badges(*, actor: Actor, organisation_id: UUID) -> QuerySet[Badge]:
    """Badges of an own organisation, past ones included."""
    organisation = get_own_organisation(actor=actor, organisation_id=organisation_id)
    return Badge.objects.filter(organisation=organisation)


def live_tiers(*, organisation_ids: list[UUID], now: datetime) -> dict[UUID, list[int]]:
    """Tiers that hold now, by organisation. Expiry counts from its moment, whether or not the job has run."""
    rows = Badge.objects.filter(organisation__any_of=organisation_ids, ended_at__isnull=True, expires_at__gt=now)
    found: dict[UUID, list[int]] = {}
    for organisation_id, tier in rows.order_by("tier").values_list("organisation_id", "tier"):
        found.setdefault(organisation_id, []).append(tier)
    return found


def own_verification_requests(*, actor: Actor, organisation_id: UUID) -> QuerySet[VerificationRequest]:
    organisation = get_own_organisation(actor=actor, organisation_id=organisation_id)
    return VerificationRequest.objects.filter(organisation=organisation)


def open_verification_requests() -> QuerySet[VerificationRequest]:
    """For staff: the longest waiting first."""
    found = VerificationRequest.objects.filter(state=RequestState.OPEN)
    return found.select_related("organisation").order_by("created_at", "id")


def get_open_verification_request(*, request_id: UUID) -> VerificationRequest:
    found = open_verification_requests().filter(pk=request_id).first()
    if found is None:
        raise VerificationRequestNotFound
    return found


def get_verification_for_staff(*, actor: Actor, request_id: UUID) -> VerificationRequest:
    """An open request with what the organisation says; that a colleague read it is written down.

    Raises: Forbidden, VerificationRequestNotFound.
    """
    actor.require_duty(Duty.REVIEW)
    found = get_open_verification_request(request_id=request_id)
    audit.record(
        "accounts.verification_read",
        subject_type="organisation",
        subject_id=found.organisation_id,
        actor_id=actor.user_id,
    )
    return found
