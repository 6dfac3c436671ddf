"""What staff do about a valuation: run it again, override it with a second colleague, record a registered valuer's sign-off."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import services as accounts
from msme import selectors as businesses
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor
from msmebazaar.core.exceptions import Forbidden
from msmebazaar.core.outbox import publish
from valuation.canonical import Answers
from valuation.events import ValuationRequested
from valuation.exceptions import (
    OverrideDecided,
    OverrideOpen,
    SecondPersonNeeded,
    ValuationNotFound,
    ValuationNotReady,
)
from valuation.models import Override, SignOff, Valuation
from valuation.services.making import make_row
from valuation.types import OverrideState, ValuationStatus


def _require_staff(actor: Actor) -> None:
    if not actor.is_staff:
        raise Forbidden


@transaction.atomic
def rerun(*, actor: Actor, valuation_id: UUID, today: date) -> UUID:
    """Value the business again from its present figures, by the current engine and pack; returns the id. Its owner is told.

    Raises:
        ValuationNotFound: it, or its business, is gone; FiguresMissing.
    """
    _require_staff(actor)
    old = Valuation.objects.filter(pk=valuation_id).first()
    found = businesses.list_facts(business_ids=[old.business_id]) if old else []
    if old is None or not found:
        raise ValuationNotFound
    facts = found[0]
    valuation, is_new = make_row(
        facts, Answers.of(old.answers), requested_by_id=old.requested_by_id, purpose=old.purpose, today=today
    )
    if is_new:
        audit.record("valuation.rerun", subject_type="valuation", subject_id=valuation.id, actor_id=actor.user_id)
        publish(ValuationRequested(valuation.id))
    return valuation.id


@transaction.atomic
def propose_override(
    *, actor: Actor, valuation_id: UUID, point_inr: Decimal, low80_inr: Decimal, high80_inr: Decimal, reason: str
) -> Override:
    """Propose another value. It holds once a second colleague approves it.

    Raises:
        ValuationNotReady; OverrideOpen: another one waits.
    """
    _require_staff(actor)
    valuation = Valuation.objects.filter(pk=valuation_id, status=ValuationStatus.READY).first()
    if valuation is None:
        raise ValuationNotReady
    try:
        with transaction.atomic():
            override = Override.objects.create(
                valuation=valuation,
                point_inr=point_inr,
                low80_inr=low80_inr,
                high80_inr=high80_inr,
                reason=reason,
                proposed_by_id=actor.user_id,
            )
    except IntegrityError as error:
        if "valuation_override_one_open" in str(error):
            raise OverrideOpen from error
        raise
    audit.record(
        "valuation.override_proposed", subject_type="valuation", subject_id=valuation_id, actor_id=actor.user_id
    )
    return override


def approve_override(*, actor: Actor, override_id: UUID, now: datetime) -> Override:
    """Let a proposed override hold; the owner is told.

    Raises:
        SecondPersonNeeded: it is the actor's own; OverrideDecided.
    """
    override = _decide(actor, override_id, OverrideState.APPROVED, now)
    accounts.notify(
        user_ids=[override.valuation.requested_by_id],
        kind="valuation.overridden",
        now=now,
        params={"valuation_id": str(override.valuation_id)},
    )
    return override


def reject_override(*, actor: Actor, override_id: UUID, now: datetime) -> Override:
    """Raises: SecondPersonNeeded, OverrideDecided."""
    return _decide(actor, override_id, OverrideState.REJECTED, now)


@transaction.atomic
def _decide(actor: Actor, override_id: UUID, state: OverrideState, now: datetime) -> Override:
    _require_staff(actor)
    override = Override.objects.select_for_update().select_related("valuation").get(pk=override_id)
    if override.state != OverrideState.PROPOSED:
        raise OverrideDecided
    if override.proposed_by_id == actor.user_id:
        raise SecondPersonNeeded
    override.state, override.decided_by_id, override.decided_at = state, actor.user_id, now
    override.save()
    audit.record(
        f"valuation.override_{state}",
        subject_type="valuation",
        subject_id=override.valuation_id,
        actor_id=actor.user_id,
    )
    return override


@transaction.atomic
def record_sign_off(
    *, actor: Actor, valuation_id: UUID, valuer_name: str, registration_number: str, note: str
) -> SignOff:
    """Record that a registered valuer went through a valuation. Repeating it changes nothing.

    Raises:
        ValuationNotReady.
    """
    _require_staff(actor)
    if not Valuation.objects.filter(pk=valuation_id, status=ValuationStatus.READY).exists():
        raise ValuationNotReady
    sign_off, is_new = SignOff.objects.get_or_create(
        valuation_id=valuation_id,
        registration_number=registration_number,
        defaults={"valuer_name": valuer_name, "note": note, "recorded_by_id": actor.user_id},
    )
    if is_new:
        audit.record("valuation.signed_off", subject_type="valuation", subject_id=valuation_id, actor_id=actor.user_id)
    return sign_off
