"""What whatsapp does when something happened."""

from uuid import UUID

from accounts.events import ContactsMerged
from msmebazaar.core import clock
from msmebazaar.core.outbox import subscribe
from whatsapp import services
from whatsapp.events import MessageReceived, ReplyWritten


@subscribe(MessageReceived, name="whatsapp.answer", queue="messages")
def answer(*, message_id: str, **_: object) -> None:
    services.answer(message_id=UUID(message_id), now=clock.now())


@subscribe(ReplyWritten, name="whatsapp.send", queue="messages", transactional=False)
def send(*, message_id: str, **_: object) -> None:
    services.send(message_id=UUID(message_id), now=clock.now())


@subscribe(ContactsMerged, name="whatsapp.move_conversation", queue="messages")
def move_conversation(*, survivor_id: str, absorbed_id: str, **_: object) -> None:
    services.move_conversation(survivor_id=UUID(survivor_id), absorbed_id=UUID(absorbed_id))
