"""One template to many: a segment, only those who agreed, at most so many, stoppable at any moment, never twice to one person."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, QuerySet

from accounts import selectors as people
from accounts.types import Purpose
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor, Duty
from msmebazaar.core.exceptions import N_, FieldFault
from msmebazaar.core.outbox import publish
from whatsapp.events import BroadcastBegun
from whatsapp.exceptions import BroadcastInvalid, BroadcastNotFound
from whatsapp.models import Broadcast, Conversation, Template
from whatsapp.services.writing import Letter, name_of, write
from whatsapp.types import (
    UNSENT,
    BroadcastShown,
    BroadcastState,
    Category,
    OutboundKind,
    OutboundStatus,
    Reach,
    TemplateState,
)

PART = 100
LARGEST = 100_000
BATCH = 5_000


def segment_of(segment: Mapping[str, Any], now: datetime) -> QuerySet[Conversation]:
    """Conversations of a segment; what is not named is not asked for.

    Args:
        segment: `languages`, a list; `heard_within_days`; `is_unfinished`: in the middle of a registration.
    """
    rows = Conversation.objects.filter(user__is_active=True)
    if segment.get("languages"):
        rows = rows.filter(language__in=segment["languages"])
    if segment.get("heard_within_days"):
        rows = rows.filter(last_heard_at__gte=now - timedelta(days=int(segment["heard_within_days"])))
    if segment.get("is_unfinished"):
        rows = rows.filter(flow="onboard")
    return rows.order_by("id")


def broadcast_templates() -> list[tuple[str, str]]:
    """Approved templates that take a text, by key, with what they say."""
    rows = Template.objects.filter(state=TemplateState.APPROVED, language="en").order_by("key")
    return [
        (row.key, f"{row.key} ({row.category}): {row.body}")
        for row in rows
        if "text" in row.variables and "title" not in row.variables
    ]


def broadcast_shown(*, actor: Actor, broadcast_id: UUID, now: datetime) -> BroadcastShown:
    """A broadcast with its reach and progress. Raises: Forbidden, BroadcastNotFound."""
    row = _found(Broadcast.objects.all(), actor, broadcast_id)
    counted = row.messages.values_list("status").annotate(Count("id")).order_by("status")
    return BroadcastShown(
        row.id,
        row.template_key,
        str(row.variables.get("text", "")),
        row.state,
        str(BroadcastState(row.state).label),
        row.most,
        row.written,
        _reach(row, now),
        tuple((str(OutboundStatus(status).label), count) for status, count in counted),
        row.ended_because,
        can_be_stopped(row),
    )


def _reach(row: Broadcast, now: datetime) -> Reach:
    """Whom it would go to now, counted in batches."""
    total = stopped = reached = 0
    purpose, last = _purpose_of(row.template_key), None
    while True:
        rows = segment_of(row.segment, now)
        batch = list(
            (rows.filter(pk__gt=last) if last else rows).values_list("id", "user_id", "stopped_at", "unreachable_at")[
                :BATCH
            ]
        )
        if not batch:
            break
        last = batch[-1][0]
        listening = [
            user_id for _, user_id, stopped_at, unreachable_at in batch if not stopped_at and not unreachable_at
        ]
        total, stopped = total + len(batch), stopped + len(batch) - len(listening)
        reached += len(people.users_with_consent(user_ids=listening, purpose=purpose))
    return Reach(total, total - stopped - reached, stopped, min(reached, row.most))


def _purpose_of(template_key: str) -> Purpose:
    is_marketing = Template.objects.filter(key=template_key, category=Category.MARKETING).exists()
    return Purpose.MARKETING if is_marketing else Purpose.SERVICE


@transaction.atomic
def plan(
    *, actor: Actor, template_key: str, variables: Mapping[str, str], segment: Mapping[str, Any], most: int
) -> Broadcast:
    """A draft, to be looked at before it is begun.

    Raises:
        BroadcastInvalid: no approved template of this name, variables that it does not have, or a cap out of range.
    """
    actor.require_duty(Duty.CHAT)
    template = Template.objects.filter(key=template_key, state=TemplateState.APPROVED).first()
    faults = []
    if template is None:
        faults.append(FieldFault("template_key", "not_approved", N_("There is no approved template of this name.")))
    elif set(template.variables) - {"name"} != set(variables):
        message = N_("This template wants: %(names)s.")
        faults.append(FieldFault("variables", "mismatch", message, {"names": ", ".join(template.variables)}))
    if not 1 <= most <= LARGEST:
        faults.append(FieldFault("most", "out_of_range", N_("Say at most how many people get it, from 1 to 100,000.")))
    if faults:
        raise BroadcastInvalid(errors=tuple(faults))
    row = Broadcast.objects.create(
        template_key=template_key, variables=dict(variables), segment=dict(segment), most=most, by_id=actor.user_id
    )
    _audit("whatsapp.broadcast_planned", row, actor)
    return row


@transaction.atomic
def begin(*, actor: Actor, broadcast_id: UUID, now: datetime) -> Broadcast:
    """Start sending; saying it again changes nothing."""
    row = _found(Broadcast.objects.select_for_update(), actor, broadcast_id)
    if row.state == BroadcastState.DRAFT:
        row.state, row.started_at = BroadcastState.RUNNING, now
        row.save()
        publish(BroadcastBegun(row.id, 0))
        _audit("whatsapp.broadcast_begun", row, actor)
    return row


@transaction.atomic
def stop(*, actor: Actor, broadcast_id: UUID, now: datetime) -> Broadcast:
    """Nothing more goes out from now on, also not what is written already."""
    row = _found(Broadcast.objects.select_for_update(), actor, broadcast_id)
    if can_be_stopped(row):
        row.state, row.ended_at, row.ended_because = BroadcastState.STOPPED, now, "staff"
        row.save()
        _audit("whatsapp.broadcast_stopped", row, actor)
    return row


def can_be_stopped(row: Broadcast) -> bool:
    """Whether something of it is still to come: parts to be written, or messages that wait to be sent."""
    is_over = row.state == BroadcastState.STOPPED
    waits = row.messages.filter(status__in=UNSENT)
    return not is_over and (row.state != BroadcastState.DONE or waits.exists())


@transaction.atomic
def write_part(*, broadcast_id: UUID, now: datetime) -> None:
    """Write the next hundred messages, and ask for the part after. A part that is repeated goes on where the last one ended."""
    row = Broadcast.objects.select_for_update().get(pk=broadcast_id)
    if row.state != BroadcastState.RUNNING:
        return
    waiting = segment_of(row.segment, now).filter(stopped_at__isnull=True, unreachable_at__isnull=True)
    if row.last_conversation_id is not None:
        waiting = waiting.filter(pk__gt=row.last_conversation_id)
    looked_at = list(waiting[:PART])
    agreed = people.users_with_consent(
        user_ids=[conversation.user_id for conversation in looked_at], purpose=_purpose_of(row.template_key)
    )
    chosen = [conversation for conversation in looked_at if conversation.user_id in agreed][: row.most - row.written]
    template = Template.objects.filter(key=row.template_key).order_by("language").first()
    for conversation in chosen:
        _write_one(row, conversation, template)
    row.written += len(chosen)
    row.last_conversation_id = looked_at[-1].id if looked_at else row.last_conversation_id
    if len(looked_at) < PART or row.written >= row.most:
        row.state, row.ended_at = BroadcastState.DONE, now
    else:
        publish(BroadcastBegun(row.id, row.written))
    row.save()


def _write_one(row: Broadcast, conversation: Conversation, template: Template | None) -> None:
    variables = dict(row.variables)
    if template is not None and "name" in template.variables:
        variables["name"] = name_of(conversation)
    write(
        conversation,
        [Letter(" ".join(variables.values()), template=row.template_key, variables=variables)],
        dedupe_key=f"broadcast:{row.id.hex}:{conversation.id.hex}",
        kind=OutboundKind.BROADCAST,
        category=Category(template.category) if template is not None else Category.MARKETING,
        broadcast=row,
    )


def _found(rows: QuerySet[Broadcast], actor: Actor, broadcast_id: UUID) -> Broadcast:
    actor.require_duty(Duty.CHAT)
    row = rows.filter(pk=broadcast_id).first()
    if row is None:
        raise BroadcastNotFound
    return row


def _audit(action: str, row: Broadcast, actor: Actor) -> None:
    audit.record(action, subject_type="broadcast", subject_id=row.id, actor_id=actor.user_id)
