"""A person of ours takes the chat over, and gives it back."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from msmebazaar.core import audit
from msmebazaar.core.actor import Actor, Duty
from whatsapp.exceptions import ConversationNotFound, HandoverClosed, WindowClosed
from whatsapp.flow import say
from whatsapp.models import Conversation, Handover, OutboundMessage, StaffNote
from whatsapp.services import registry, sending
from whatsapp.services.memory import recall, remember
from whatsapp.services.writing import Letter, name_of, write
from whatsapp.types import Category, HandoverReason, OutboundKind


def open_for(conversation: Conversation, reason: HandoverReason, *, now: datetime) -> Handover:
    """The bot is silent from now on; while one is open already, that one is it."""
    row, is_new = Handover.objects.get_or_create(
        conversation=conversation, closed_at__isnull=True, defaults={"reason": reason, "opened_at": now}
    )
    if is_new:
        _audit("whatsapp.handover_opened", conversation, None, {"reason": reason.value})
    return row


@transaction.atomic
def take_over(*, actor: Actor, conversation_id: UUID, now: datetime) -> Handover:
    """Staff step in, asked for or not. Whoever takes it last has it."""
    conversation = _locked(actor, conversation_id)
    row = open_for(conversation, HandoverReason.STAFF, now=now)
    row.taken_by_id = actor.user_id
    row.save(update_fields=["taken_by", "updated_at"])
    _silence(conversation, now, is_with_human=True)
    _audit("whatsapp.handover_taken", conversation, actor, {})
    return row


@transaction.atomic
def reply(*, actor: Actor, conversation_id: UUID, text: str, key: str, now: datetime) -> OutboundMessage | None:
    """Write to somebody as staff. `key` makes pressing the button twice harmless.

    Raises:
        HandoverClosed: the bot has the chat. WindowClosed: only a template can be sent now.
    """
    conversation = _locked(actor, conversation_id)
    _guard_open(conversation)
    if not sending.is_open(conversation, now):
        raise WindowClosed
    written = write(conversation, [Letter(text)], dedupe_key=f"staff:{key}", kind=OutboundKind.STAFF)
    _audit("whatsapp.staff_replied", conversation, actor, {})
    return written[0] if written else None


@transaction.atomic
def send_template(*, actor: Actor, conversation_id: UUID, template_key: str, key: str, now: datetime) -> None:
    """Ask somebody whose window has closed to write again, by an approved template.

    Raises:
        HandoverClosed, WindowClosed: no such template is approved.
    """
    conversation = _locked(actor, conversation_id)
    _guard_open(conversation)
    template = registry.find(template_key, conversation.language)
    if template is None or template.variables != ["name"]:
        raise WindowClosed
    name = name_of(conversation)
    text = template.body.replace("{{1}}", name)
    letter = Letter(text, template=template_key, variables={"name": name})
    write(conversation, [letter], dedupe_key=f"staff:{key}", kind=OutboundKind.STAFF, category=Category.UTILITY)
    _audit("whatsapp.template_sent", conversation, actor, {"template": template_key})


@transaction.atomic
def give_back(*, actor: Actor, conversation_id: UUID, now: datetime) -> None:
    """The bot speaks again, and says so while it may. Saying it again changes nothing."""
    conversation = _locked(actor, conversation_id)
    closed = Handover.objects.filter(conversation=conversation, closed_at__isnull=True).update(closed_at=now)
    if not closed:
        return
    _silence(conversation, now, is_with_human=False)
    if sending.is_open(conversation, now) and conversation.stopped_at is None:
        text = say("common.human_closed", conversation.language)
        write(conversation, [Letter(text)], dedupe_key=f"given_back:{conversation.id}:{now.isoformat()}")
    _audit("whatsapp.handover_closed", conversation, actor, {})


@transaction.atomic
def add_note(*, actor: Actor, conversation_id: UUID, text: str) -> StaffNote:
    conversation = _locked(actor, conversation_id)
    _audit("whatsapp.note_added", conversation, actor, {})
    return StaffNote.objects.create(conversation=conversation, by_id=actor.user_id, text=text)


def _silence(conversation: Conversation, now: datetime, *, is_with_human: bool) -> None:
    dialogue = replace(recall(conversation), is_with_human=is_with_human)
    remember(conversation, dialogue, now)


def _guard_open(conversation: Conversation) -> None:
    if not Handover.objects.filter(conversation=conversation, closed_at__isnull=True).exists():
        raise HandoverClosed


def _locked(actor: Actor, conversation_id: UUID) -> Conversation:
    actor.require_duty(Duty.CHAT)
    row = Conversation.objects.select_for_update().filter(pk=conversation_id).first()
    if row is None:
        raise ConversationNotFound
    return row


def _audit(action: str, conversation: Conversation, actor: Actor | None, facts: dict[str, object]) -> None:
    audit.record(
        action,
        subject_type="conversation",
        subject_id=conversation.id,
        actor_id=actor.user_id if actor else None,
        facts=facts,
    )
