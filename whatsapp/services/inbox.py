"""What staff see: who waits for a person, and a conversation line by line."""

import json
from uuid import UUID

from django.utils.translation import gettext

from accounts import selectors as people
from msmebazaar.core import audit, clock
from msmebazaar.core.actor import Actor, Duty
from whatsapp.exceptions import ConversationNotFound
from whatsapp.models import CannedReply, Conversation, Handover, InboundMessage, OutboundMessage, StaffNote
from whatsapp.services import sending
from whatsapp.types import ChatLine, ChatShown, HandoverReason, OutboundKind, OutboundStatus, Waiting

MOST_LINES, MOST_NOTES, QUEUE_LENGTH, GLIMPSE = 80, 20, 100, 80


def inbox(*, actor: Actor) -> list[Waiting]:
    """Open handovers, those nobody has taken first, then the longest waiting."""
    actor.require_duty(Duty.CHAT)
    rows = Handover.objects.filter(closed_at__isnull=True).select_related("conversation", "taken_by")
    waiting = list(rows.order_by("opened_at")[:QUEUE_LENGTH])
    user_ids = [row.conversation.user_id for row in waiting]
    names = people.names_of_people(user_ids=user_ids)
    heard = InboundMessage.objects.filter(user_id__in=user_ids).order_by("user_id", "-received_at").distinct("user_id")
    last_words = {message.user_id: message for message in heard}
    found = []
    for row in waiting:
        conversation = row.conversation
        last = last_words.get(conversation.user_id)
        found.append(
            Waiting(
                row.id,
                conversation.id,
                names.get(conversation.user_id, ""),
                conversation.language,
                str(HandoverReason(row.reason).label),
                row.opened_at,
                sending.closes_at(conversation),
                row.taken_by.get_username() if row.taken_by else "",
                _text_in(last)[:GLIMPSE] if last else "",
            )
        )
    return sorted(found, key=lambda waiting: (waiting.taken_by != "", waiting.opened_at))


def conversation_of_handover(*, actor: Actor, handover_id: UUID) -> UUID:
    """Raises: Forbidden, ConversationNotFound: there is no such open hand-over."""
    actor.require_duty(Duty.CHAT)
    key: UUID | None = (
        Handover.objects.filter(pk=handover_id, closed_at__isnull=True)
        .values_list("conversation_id", flat=True)
        .first()
    )
    if key is None:
        raise ConversationNotFound
    return key


def _text_in(message: InboundMessage) -> str:
    payload = json.loads(message.payload or "{}")
    files = gettext("[file]") if payload.get("NumMedia", "0") not in ("", "0") else ""
    return " ".join(part for part in (payload.get("Body", ""), files) if part)


def chat_of(*, actor: Actor, conversation_id: UUID) -> ChatShown:
    """The last lines of a conversation and the notes about it. That somebody looked is written down.

    Raises:
        Forbidden, ConversationNotFound.
    """
    actor.require_duty(Duty.CHAT)
    conversation = Conversation.objects.filter(pk=conversation_id).first()
    if conversation is None:
        raise ConversationNotFound
    audit.record("whatsapp.chat_read", subject_type="conversation", subject_id=conversation.id, actor_id=actor.user_id)
    handover = (
        Handover.objects.filter(conversation=conversation, closed_at__isnull=True).select_related("taken_by").first()
    )
    notes = (
        StaffNote.objects.filter(conversation=conversation).select_related("by").order_by("-created_at")[:MOST_NOTES]
    )
    return ChatShown(
        conversation.id,
        people.get_contact(user_id=conversation.user_id).full_name,
        conversation.language,
        sending.closes_at(conversation),
        sending.is_open(conversation, clock.now()),
        conversation.stopped_at is not None,
        handover is not None,
        handover.taken_by.get_username() if handover and handover.taken_by else "",
        tuple(_lines(conversation)),
        tuple((row.by.get_username(), row.created_at, row.text or "") for row in notes),
    )


def _lines(conversation: Conversation) -> list[ChatLine]:
    heard = InboundMessage.objects.filter(user_id=conversation.user_id).order_by("-received_at")[:MOST_LINES]
    said = OutboundMessage.objects.filter(conversation=conversation).order_by("-created_at")[:MOST_LINES]
    lines = [ChatLine(row.received_at, True, _text_in(row), "") for row in heard]
    for message in said:
        kind = OutboundKind(message.kind).label if message.kind != OutboundKind.REPLY else ""
        note = " · ".join(
            str(part) for part in (kind, OutboundStatus(message.status).label, message.error_code) if part
        )
        lines.append(ChatLine(message.created_at, False, message.body or "", note))
    return sorted(lines, key=lambda line: line.at)[-MOST_LINES:]


def canned_replies(language: str) -> list[tuple[str, str]]:
    """Title and text, in the language of a conversation."""
    rows = CannedReply.objects.order_by("title")
    return [(row.title, row.text_hi if language == "hi" else row.text_en) for row in rows]
