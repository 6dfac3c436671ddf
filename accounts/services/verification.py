"""Badges: granted by a check or by staff, dropped when they expire."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts import selectors
from accounts.exceptions import VerificationRequestKnown, VerificationRequestNotFound
from accounts.models import Badge, VerificationRequest
from accounts.services.notifications import notify
from accounts.types import RequestState, Tier
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor, Duty
from msmebazaar.core.clock import INDIA

EXPIRY_BATCH = 500


@transaction.atomic
def grant_badge(
    *, organisation_id: UUID, tier: Tier, evidence: dict[str, Any], reviewer_id: UUID | None, now: datetime
) -> None:
    """Give a badge, or renew the one that is there. `evidence`: ids and facts of what was looked at."""
    fields = {
        "evidence": evidence,
        "reviewer_id": reviewer_id,
        "granted_at": now,
        "expires_at": now + settings.BADGE_LIFETIMES[tier],
    }
    Badge.objects.update_or_create(organisation_id=organisation_id, tier=tier, ended_at=None, defaults=fields)
    _audit("accounts.badge_granted", organisation_id, reviewer_id, {"tier": int(tier)})


@transaction.atomic
def end_badge(*, organisation_id: UUID, tier: Tier, because: str, now: datetime) -> None:
    """Take a badge away, if it is there."""
    live = Badge.objects.filter(organisation_id=organisation_id, tier=tier, ended_at__isnull=True)
    if live.update(ended_at=now, ended_because=because):
        _audit("accounts.badge_ended", organisation_id, None, {"tier": int(tier), "because": because})


@transaction.atomic
def expire_badges(*, now: datetime) -> int:
    """End the badges whose time is over and tell their organisations. Returns how many."""
    due = Badge.objects.select_for_update(skip_locked=True).filter(ended_at__isnull=True, expires_at__lte=now)
    count = 0
    for badge in due.order_by("expires_at")[:EXPIRY_BATCH]:
        badge.ended_at, badge.ended_because = now, "expired"
        badge.save(update_fields=["ended_at", "ended_because", "updated_at"])
        _audit("accounts.badge_ended", badge.organisation_id, None, {"tier": badge.tier, "because": "expired"})
        _tell_admins(badge.organisation_id, "accounts.badge_expired", now, {"tier": badge.tier})
        count += 1
    return count


@transaction.atomic
def ask_for_verification(*, actor: Actor, organisation_id: UUID, tier: Tier, statement: str) -> VerificationRequest:
    """Ask staff for a tier that a person has to look at (T2, T3).

    Raises:
        OrganisationNotFound, Forbidden, VerificationRequestKnown.
    """
    organisation = selectors.get_own_organisation(actor=actor, organisation_id=organisation_id)
    actor.require_admin(organisation.id)
    try:
        with transaction.atomic():
            request = VerificationRequest.objects.create(
                organisation=organisation, asked_by_id=actor.user_id, tier=tier, statement=statement
            )
    except IntegrityError as error:
        raise VerificationRequestKnown from error
    _audit("accounts.verification_asked", organisation.id, actor.user_id, {"tier": int(tier)})
    return request


@transaction.atomic
def approve_verification(*, actor: Actor, request_id: UUID, evidence: str, now: datetime) -> None:
    """Staff grant the tier; `evidence` is what they saw, in their words."""
    request = _open_locked(actor, request_id)
    seen = {"request_id": str(request.id), "seen": evidence}
    grant_badge(
        organisation_id=request.organisation_id,
        tier=Tier(request.tier),
        evidence=seen,
        reviewer_id=actor.user_id,
        now=now,
    )
    _close(request, RequestState.APPROVED, actor, "", now)
    until: date = (now + settings.BADGE_LIFETIMES[Tier(request.tier)]).astimezone(INDIA).date()
    params = {"tier": request.tier, "until": until.strftime("%d.%m.%Y")}
    _tell_admins(request.organisation_id, "accounts.badge_granted", now, params)


@transaction.atomic
def reject_verification(*, actor: Actor, request_id: UUID, reason: str, now: datetime) -> None:
    """Staff do not grant it; the organisation reads why."""
    request = _open_locked(actor, request_id)
    _close(request, RequestState.REJECTED, actor, reason, now)
    _audit("accounts.verification_rejected", request.organisation_id, actor.user_id, {"tier": request.tier})
    params = {"tier": request.tier, "reason": reason}
    _tell_admins(request.organisation_id, "accounts.verification_rejected", now, params)


def _open_locked(actor: Actor, request_id: UUID) -> VerificationRequest:
    actor.require_duty(Duty.REVIEW)
    rows = VerificationRequest.objects.select_for_update().filter(pk=request_id, state=RequestState.OPEN)
    request = rows.first()
    if request is None:
        raise VerificationRequestNotFound
    return request


def _close(request: VerificationRequest, state: RequestState, actor: Actor, reason: str, now: datetime) -> None:
    request.state, request.reviewer_id, request.reason, request.answered_at = state, actor.user_id, reason, now
    request.save()


def _tell_admins(organisation_id: UUID, kind: str, now: datetime, params: dict[str, Any]) -> None:
    admins = selectors.list_member_ids(organisation_id=organisation_id, admins_only=True)
    notify(user_ids=admins, kind=kind, now=now, params=params)


def _audit(action: str, organisation_id: UUID, actor_id: UUID | None, facts: dict[str, object]) -> None:
    audit.record(action, subject_type="organisation", subject_id=organisation_id, actor_id=actor_id, facts=facts)
