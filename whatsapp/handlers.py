"""What whatsapp does when something happened."""

from uuid import UUID

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
