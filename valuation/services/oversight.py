"""What staff do about a valuation: run it again, override it with a second colleague, record a registered valuer's sign-off."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import services as accounts
from msme import selectors as businesses
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor, Duty
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
from valuation.models import Oddity, Override, SignOff, Valuation
from valuation.services.making import make_row
from valuation.types import OverrideState, ValuationStatus


def _for_staff(actor: Actor, valuation_id: UUID) -> Valuation | None:
    """A valuation that lies in the colleague's duty and regions; None when there is none."""
    actor.require_duty(Duty.VALUATION)
    row = Valuation.objects.filter(pk=valuation_id).select_related("business").first()
    return row if row is not None and actor.covers(row.business.state) else None


@transaction.atomic
def rerun(*, actor: Actor, valuation_id: UUID, today: date) -> UUID:
    """Value the business again from its present figures, by the current engine and pack; returns the id. Its owner is told.

    Raises:
        ValuationNotFound: it, or its business, is gone; FiguresMissing.
    """
    old = _for_staff(actor, valuation_id)
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
    valuation = _for_staff(actor, valuation_id)
    if valuation is None:
        raise ValuationNotFound
    if valuation.status != ValuationStatus.READY:
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
    actor.require_duty(Duty.VALUATION)
    rows = Override.objects.select_for_update(of=("self",)).select_related("valuation__business")
    override = rows.filter(pk=override_id).first()
    if override is None or not actor.covers(override.valuation.business.state):
        raise ValuationNotFound
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
def look_at_oddity(*, actor: Actor, oddity_id: UUID, note: str, now: datetime) -> Oddity:
    """A colleague has looked at a value outside its usual range; `note` says what they made of it. Repeats change nothing.

    Raises:
        Forbidden, ValuationNotFound.
    """
    row = _oddity_locked(actor, oddity_id)
    if row.looked_at is None:
        row.looked_by_id, row.looked_at, row.note = actor.user_id, now, note
        row.save()
        _audit("valuation.oddity_looked_at", row.valuation_id, actor)
    return row


@transaction.atomic
def reopen_oddity(*, actor: Actor, oddity_id: UUID) -> Oddity:
    """It waits again.

    Raises:
        Forbidden, ValuationNotFound.
    """
    row = _oddity_locked(actor, oddity_id)
    row.looked_by_id, row.looked_at, row.note = None, None, ""
    row.save()
    _audit("valuation.oddity_reopened", row.valuation_id, actor)
    return row


def _oddity_locked(actor: Actor, oddity_id: UUID) -> Oddity:
    actor.require_duty(Duty.VALUATION)
    rows = Oddity.objects.select_for_update(of=("self",)).select_related("valuation__business")
    row = rows.filter(pk=oddity_id).first()
    if row is None or not actor.covers(row.valuation.business.state):
        raise ValuationNotFound
    return row


def _audit(action: str, valuation_id: UUID, actor: Actor) -> None:
    audit.record(action, subject_type="valuation", subject_id=valuation_id, actor_id=actor.user_id)


@transaction.atomic
def record_sign_off(
    *, actor: Actor, valuation_id: UUID, valuer_name: str, registration_number: str, note: str
) -> SignOff:
    """Record that a registered valuer went through a valuation. Repeating it changes nothing.

    Raises:
        ValuationNotReady.
    """
    valuation = _for_staff(actor, valuation_id)
    if valuation is None:
        raise ValuationNotFound
    if valuation.status != ValuationStatus.READY:
        raise ValuationNotReady
    sign_off, is_new = SignOff.objects.get_or_create(
        valuation_id=valuation_id,
        registration_number=registration_number,
        defaults={"valuer_name": valuer_name, "note": note, "recorded_by_id": actor.user_id},
    )
    if is_new:
        audit.record("valuation.signed_off", subject_type="valuation", subject_id=valuation_id, actor_id=actor.user_id)
    return sign_off
