"""Deciding about items of the queues, one at a time or many after a preview, and taking decisions back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from adminpanel.acts import Act, Given, act_of
from adminpanel.exceptions import ActUnknown, ItemClaimed, ItemGone, NotYours, UndoTooLate
from adminpanel.models import Claim, Decision
from adminpanel.services.claims import claims_on, guard_free, queue_of
from msmebazaar.core import history
from msmebazaar.core.actor import Actor, Duty
from msmebazaar.core.exceptions import N_, AppError, FieldFault
from msmebazaar.core.models import Delivery
from msmebazaar.core.staff import Waiting

UNDO_WITHIN = timedelta(minutes=15)
MOST_AT_ONCE = 200
TITLE_LENGTH = 200


@dataclass(frozen=True)
class Foreseen:
    """What a bulk act would do with an item: nothing when there is a problem."""

    item: Waiting | None
    item_id: UUID
    problem: AppError | None


@dataclass(frozen=True)
class Outcome:
    item_id: UUID
    decision: Decision | None
    problem: AppError | None


@transaction.atomic
def decide(*, actor: Actor, queue: str, item_id: UUID, act: str, given: Given, now: datetime) -> Decision:
    """Carry an act out on an item that waits.

    Raises:
        QueueNotFound; ItemGone; ItemClaimed: a colleague has it open; ActUnknown, with the fields that are missing; and what the
        act itself raises.
    """
    chosen = checked_act(queue, act, given)
    waiting = _waiting_and_free(actor, queue, item_id, now)
    if given.reason:
        history.why(given.reason)  # the code only: texts may speak of people, and events are kept in clear
    chosen.run(actor, item_id, given, now)
    Claim.objects.filter(queue=queue, item_id=item_id).delete()
    return Decision.objects.create(
        queue=queue,
        item_id=item_id,
        title=waiting.title[:TITLE_LENGTH],
        what=chosen.name,
        by_id=actor.user_id,
        waited_s=max(0, round((now - waiting.since).total_seconds())),
        undo_until=now + UNDO_WITHIN if chosen.undo else None,
    )


def checked_act(queue: str, act: str, given: Given) -> Act:
    """Raises: ActUnknown, with the fields that are missing."""
    chosen = act_of(queue, act)
    if chosen is None:
        raise ActUnknown(errors=(FieldFault("act", "unknown", N_("Choose what to do.")),))
    faults = [FieldFault(name, "required", N_("This is needed.")) for name in chosen.needs if not getattr(given, name)]
    if given.reason and chosen.reasons and given.reason not in dict(chosen.reasons):
        faults.append(FieldFault("reason", "unknown", N_("Choose a reason of the list.")))
    if faults:
        raise ActUnknown(errors=tuple(faults))
    return chosen


def _waiting_and_free(actor: Actor, queue: str, item_id: UUID, now: datetime) -> Waiting:
    waiting = queue_of(actor, queue).get(actor=actor, item_id=item_id)
    if waiting is None:
        raise ItemGone
    row = Claim.objects.select_for_update().filter(queue=queue, item_id=item_id).first()
    if row is not None:
        guard_free(row, actor, now)
    return waiting


def foresee(
    *, actor: Actor, queue: str, item_ids: Sequence[UUID], act: str, given: Given, now: datetime
) -> list[Foreseen]:
    """What `decide_many` would do, item by item, without doing it.

    Raises:
        QueueNotFound, ActUnknown: also when the act is not one for many.
    """
    _bulk_act(queue, act, given)
    ids = list(item_ids[:MOST_AT_ONCE])
    found = queue_of(actor, queue).list(actor=actor, only=ids, limit=MOST_AT_ONCE)
    items = {item.id: item for item in found}
    claims = claims_on(actor=actor, queue=queue, item_ids=ids, now=now)
    foreseen = []
    for item_id in ids:
        held = claims.get(item_id)
        problem: AppError | None = None
        if item_id not in items:
            problem = ItemGone()
        elif held is not None and held.is_others:
            problem = ItemClaimed(now=held.claimed_by)
        foreseen.append(Foreseen(items.get(item_id), item_id, problem))
    return foreseen


def decide_many(
    *, actor: Actor, queue: str, item_ids: Sequence[UUID], act: str, given: Given, now: datetime
) -> list[Outcome]:
    """The same act on many items, each in a transaction of its own: one that fails leaves the others done.

    Raises:
        QueueNotFound, ActUnknown.
    """
    _bulk_act(queue, act, given)
    queue_of(actor, queue)
    outcomes = []
    for item_id in item_ids[:MOST_AT_ONCE]:
        try:
            decision = decide(actor=actor, queue=queue, item_id=item_id, act=act, given=given, now=now)
            outcomes.append(Outcome(item_id, decision, None))
        except AppError as error:
            outcomes.append(Outcome(item_id, None, error))
    return outcomes


def _bulk_act(queue: str, act: str, given: Given) -> None:
    if not checked_act(queue, act, given).bulk:
        raise ActUnknown(errors=(FieldFault("act", "one_at_a_time", N_("This is done one at a time.")),))


@transaction.atomic
def undo(*, actor: Actor, decision_id: UUID, now: datetime) -> Decision:
    """Take a decision back, within a quarter of an hour; one's own, or anybody's for who does the staffing.

    Raises:
        UndoTooLate; NotYours; and what the apps say.
    """
    row = Decision.objects.select_for_update().filter(pk=decision_id).first()
    chosen = act_of(row.queue, row.what) if row else None
    if row is None or chosen is None or chosen.undo is None:
        raise UndoTooLate
    if row.by_id != actor.user_id and not actor.has_duty(Duty.STAFFING):
        raise NotYours
    if row.undone_at is not None or row.undo_until is None or row.undo_until < now:
        raise UndoTooLate
    history.why("taken back")
    chosen.undo(actor, row.item_id, now)
    row.undone_at = now
    row.save(update_fields=["undone_at", "updated_at"])
    return row


def get_dead_letter(*, delivery_id: UUID) -> dict[str, object]:
    """A job that was given up: what it was to do, how often it was tried, why it failed. Raises: ItemGone."""
    row = Delivery.objects.select_related("event").filter(pk=delivery_id, state=Delivery.State.DEAD).first()
    if row is None:
        raise ItemGone
    return {"row": row, "payload": json.dumps(row.event.payload, indent=1)}
