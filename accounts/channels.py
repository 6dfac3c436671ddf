"""How a notification leaves the product: a port with one sender per channel.

Email and SMS are sent here; the app that knows the chat registers the sender for WhatsApp.
"""

from typing import Protocol
from uuid import UUID

from accounts.types import NotificationChannel


class Unreachable(Exception):
    """This person cannot be reached through this channel; trying again cannot help. `reason` is a short code."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Sender(Protocol):
    def __call__(self, *, user_id: UUID, dispatch_id: UUID, title: str, body: str) -> None:
        """Send. Unreachable when it cannot be; VendorError when it may go through later. Repeats are told by the id."""


_senders: dict[str, Sender] = {}


def register(channel: NotificationChannel, sender: Sender) -> None:
    _senders[channel] = sender


def sender_of(channel: str) -> Sender | None:
    return _senders.get(channel)
