"""What is said without having been asked just now: notifications, results of valuations, reminders to go on."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.channels import Told, Unreachable
from msmebazaar.core import clock
from valuation import selectors as valuations
from valuation.exceptions import ValuationNotFound
from whatsapp.flow import Choice, say
from whatsapp.models import Conversation
from whatsapp.services import registry, sending
from whatsapp.services.memory import NUDGE_AFTER, recall
from whatsapp.services.results import valuation_bubbles
from whatsapp.services.writing import Letter, letters_of, name_of, write
from whatsapp.types import Category, OutboundKind

IN_TALK = 15 * 60  # seconds since their last message in which somebody still looks at the chat
MOST_TEMPLATES = 2
TEMPLATE_AFTER_DAYS = (3, 10)
ROUND = 200


def send_notification(*, user_id: UUID, told: Told) -> None:
    """The sender of the WhatsApp channel: text in an open conversation, the approved template in a closed one.

    Raises:
        Unreachable: no conversation, STOP, WhatsApp cannot deliver, or the window has closed and no template is approved.
    """
    with transaction.atomic():
        conversation = Conversation.objects.select_for_update().filter(user_id=user_id).first()
        if conversation is None:
            raise Unreachable("no_address")
        if conversation.stopped_at is not None:
            raise Unreachable("stopped")
        if conversation.unreachable_at is not None:
            raise Unreachable("unreachable")
        is_open = sending.is_open(conversation, clock.now())
        if not is_open and registry.find("notice", conversation.language) is None:
            raise Unreachable("window_closed")
        if told.kind.startswith("valuation.") and "valuation_id" in told.params and is_open:
            tell_valuation(conversation, UUID(str(told.params["valuation_id"])))
            return
        write(
            conversation,
            [
                Letter(
                    f"*{told.title}*\n{told.body}",
                    template="notice",
                    variables={"title": told.title, "text": told.body},
                )
            ],
            dedupe_key=f"notification:{told.dispatch_id}",
            kind=OutboundKind.NOTICE,
            category=Category.UTILITY,
            fallback_of=told.dispatch_id,
        )


@transaction.atomic
def answer_with_valuation(*, valuation_id: UUID, now: datetime) -> None:
    """Somebody asked in the chat and waits: the result at once, at whatever hour. Others hear of it as they chose."""
    try:
        found = valuations.get_told(valuation_id=valuation_id, language="en")
    except ValuationNotFound:
        return
    conversation = Conversation.objects.select_for_update().filter(user_id=found.requested_by_id).first()
    if conversation is None or conversation.stopped_at is not None:
        return
    if (now - conversation.last_heard_at).total_seconds() <= IN_TALK:
        tell_valuation(conversation, valuation_id)


def tell_valuation(conversation: Conversation, valuation_id: UUID) -> None:
    """Said once without being asked again, whoever comes first: the answer in the chat or the notification."""
    bubbles = valuation_bubbles(valuation_id=valuation_id, language=conversation.language, now=clock.now())
    write(conversation, letters_of(bubbles), dedupe_key=f"valuation:{valuation_id}")


def nudge(*, now: datetime) -> int:
    """Remind those who stopped in the middle: twice inside the free window, then at most two templates. Returns how many."""
    due = Conversation.objects.filter(nudge_due_at__lte=now).values_list("id", flat=True)
    return sum(_nudge_one(conversation_id, now) for conversation_id in list(due[:ROUND]))


@transaction.atomic
def _nudge_one(conversation_id: UUID, now: datetime) -> bool:
    conversation = Conversation.objects.select_for_update(skip_locked=True).filter(pk=conversation_id).first()
    if conversation is None or conversation.nudge_due_at is None or conversation.nudge_due_at > now:
        return False
    run = recall(conversation).run
    number = conversation.nudges_sent
    conversation.nudges_sent += 1
    conversation.nudge_due_at = _next_nudge(conversation)
    is_silent = run is None or conversation.stopped_at is not None or conversation.unreachable_at is not None
    if is_silent:
        conversation.nudge_due_at = None
    conversation.save(update_fields=["nudges_sent", "nudge_due_at", "updated_at"])
    if is_silent or number >= len(NUDGE_AFTER) + MOST_TEMPLATES:
        return False
    key = f"nudge:{conversation.id}:{conversation.last_message_sid}:{number}"
    go_on = (Choice("menu.continue", say("menu.continue", conversation.language)),)
    if number < len(NUDGE_AFTER):
        if not sending.is_open(conversation, now):
            return False
        text = say("nudge.first" if number == 0 else "nudge.second", conversation.language)
        write(conversation, [Letter(text, go_on)], dedupe_key=key, kind=OutboundKind.NUDGE)
        return True
    name = name_of(conversation)
    letter = Letter(say("nudge.second", conversation.language), go_on, template="go_on", variables={"name": name})
    write(conversation, [letter], dedupe_key=key, kind=OutboundKind.NUDGE, category=Category.UTILITY)
    return True


def _next_nudge(conversation: Conversation) -> datetime | None:
    """When the next one is due, counted from their last message: +2 h, +20 h, then days."""
    after = (*NUDGE_AFTER, *(timedelta(days=days) for days in TEMPLATE_AFTER_DAYS))
    number = conversation.nudges_sent
    return conversation.last_heard_at + after[number] if number < len(after) else None
