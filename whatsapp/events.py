"""Facts about messages that handlers act on."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from msmebazaar.core.outbox.registry import Event


@dataclass(frozen=True)
class MessageReceived(Event):
    name: ClassVar[str] = "whatsapp.MessageReceived"
    message_id: UUID


@dataclass(frozen=True)
class ReplyWritten(Event):
    name: ClassVar[str] = "whatsapp.ReplyWritten"
    message_id: UUID
