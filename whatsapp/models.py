"""Conversations, what came in, what goes out. Addresses and texts are encrypted."""

from django.db import models
from django.db.models import Q

from msmebazaar.core.crypto import EncryptedTextField
from msmebazaar.core.models import TimeStamped
from whatsapp.types import OutboundStatus


class Conversation(TimeStamped):
    """A contact's chat with the bot. `stopped_at`: they want to hear nothing; `last_heard_at` opens the 24-hour window."""

    user = models.OneToOneField("accounts.User", on_delete=models.CASCADE, related_name="+")
    address = EncryptedTextField()
    language = models.CharField(max_length=2)
    last_heard_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"conversation {self.id}"


class InboundMessage(TimeStamped):
    """A webhook, kept as it came. Twilio may send it twice, late or out of order: the SID is unique.

    `user` is known once a worker has recognised the sender.
    """

    message_sid = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    payload = EncryptedTextField()
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.message_sid


class OutboundMessage(TimeStamped):
    """A message to send once. `dedupe_key` makes writing it repeatable, `status` sending it."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="outbound")
    dedupe_key = models.CharField(max_length=80, unique=True)
    body = EncryptedTextField()
    status = models.CharField(max_length=12, choices=OutboundStatus.choices, default=OutboundStatus.PENDING)
    message_sid = models.CharField(max_length=64, blank=True)
    error_code = models.CharField(max_length=20, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message_sid"], condition=~Q(message_sid=""), name="whatsapp_outboundmessage_sid_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.dedupe_key}"
