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
class MessageUnclear(Event):
    """The rules did not understand it; a language model is asked."""

    name: ClassVar[str] = "whatsapp.MessageUnclear"
    message_id: UUID


@dataclass(frozen=True)
class AnswerTakesTime(Event):
    """A worker has begun something that a message asked for; until it is there, "typing …" is shown."""

    name: ClassVar[str] = "whatsapp.AnswerTakesTime"
    message_id: UUID


@dataclass(frozen=True)
class MediaReceived(Event):
    name: ClassVar[str] = "whatsapp.MediaReceived"
    media_id: UUID


@dataclass(frozen=True)
class MessagesWritten(Event):
    """Something waits to be sent in this conversation."""

    name: ClassVar[str] = "whatsapp.MessagesWritten"
    conversation_id: UUID


@dataclass(frozen=True)
class DeliveryFailed(Event):
    """Twilio had taken a message, and it did not arrive."""

    name: ClassVar[str] = "whatsapp.DeliveryFailed"
    message_id: UUID


@dataclass(frozen=True)
class BroadcastBegun(Event):
    """A part of a broadcast is to be written; each part asks for the next one."""

    name: ClassVar[str] = "whatsapp.BroadcastBegun"
    broadcast_id: UUID
    part: int
