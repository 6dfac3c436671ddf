"""What whatsapp does when something happened."""

from uuid import UUID

from accounts.events import ContactsMerged, ContactsParted
from msmebazaar.core import clock
from msmebazaar.core.outbox import subscribe
from valuation.events import ValuationCompleted
from whatsapp import services
from whatsapp.events import (
    AnswerTakesTime,
    BroadcastBegun,
    DeliveryFailed,
    MediaReceived,
    MessageReceived,
    MessagesWritten,
    MessageUnclear,
)
from whatsapp.models import OutboundMessage


@subscribe(MessageReceived, name="whatsapp.answer", queue="messages")
def answer(*, message_id: str, **_: object) -> None:
    services.answer(message_id=UUID(message_id), now=clock.now())


@subscribe(MessageUnclear, name="whatsapp.understand", queue="ai", transactional=False)
def understand(*, message_id: str, **_: object) -> None:
    services.understand(message_id=UUID(message_id), now=clock.now())


@subscribe(AnswerTakesTime, name="whatsapp.show_typing", queue="messages", transactional=False)
def show_typing(*, message_id: str, **_: object) -> None:
    services.show_typing(message_id=UUID(message_id))


@subscribe(MediaReceived, name="whatsapp.fetch_media", queue="messages", transactional=False)
def fetch_media(*, media_id: str, **_: object) -> None:
    services.fetch_media(media_id=UUID(media_id), now=clock.now())


@subscribe(MessagesWritten, name="whatsapp.send", queue="messages", transactional=False)
def send(*, conversation_id: str, **_: object) -> None:
    services.send_waiting(conversation_id=UUID(conversation_id), now=clock.now())


@subscribe(DeliveryFailed, name="whatsapp.remedy", queue="messages")
def remedy(*, message_id: str, **_: object) -> None:
    message = OutboundMessage.objects.get(pk=UUID(message_id))
    services.apply_remedy(message_id=message.id, error_code=message.error_code, now=clock.now())


@subscribe(BroadcastBegun, name="whatsapp.write_broadcast_part", queue="messages")
def write_broadcast_part(*, broadcast_id: str, **_: object) -> None:
    services.write_broadcast_part(broadcast_id=UUID(broadcast_id), now=clock.now())


@subscribe(ValuationCompleted, name="whatsapp.answer_with_valuation", queue="messages")
def answer_with_valuation(*, valuation_id: str, **_: object) -> None:
    services.answer_with_valuation(valuation_id=UUID(valuation_id), now=clock.now())


@subscribe(ContactsMerged, name="whatsapp.move_conversation", queue="messages")
def move_conversation(*, survivor_id: str, absorbed_id: str, **_: object) -> None:
    services.move_conversation(survivor_id=UUID(survivor_id), absorbed_id=UUID(absorbed_id))


@subscribe(ContactsParted, name="whatsapp.part_conversation", queue="messages")
def part_conversation(*, survivor_id: str, absorbed_id: str, **_: object) -> None:
    services.part_conversation(survivor_id=UUID(survivor_id), absorbed_id=UUID(absorbed_id))
