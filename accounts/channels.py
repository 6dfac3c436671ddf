"""How a notification leaves the product: a port with one sender per channel.

Email and SMS are sent here; the app that knows the chat registers the sender for WhatsApp.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from accounts.types import NotificationChannel


class Unreachable(Exception):
    """This person cannot be reached through this channel; trying again cannot help. `reason` is a short code."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Told:
    """A notification as a sender gets it: its kind and parameters, and title and body in the reader's language."""

    dispatch_id: UUID
    kind: str
    params: Mapping[str, Any]
    title: str
    body: str


class Sender(Protocol):
    def __call__(self, *, user_id: UUID, told: Told) -> None:
        """Send. Unreachable when it cannot be; VendorError when it may go through later. Repeats are told by the id."""


_senders: dict[str, Sender] = {}


def register(channel: NotificationChannel, sender: Sender) -> None:
    _senders[channel] = sender


def sender_of(channel: str) -> Sender | None:
    return _senders.get(channel)
