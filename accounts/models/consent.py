"""The consent ledger."""

import pgtrigger
from django.db import models

from accounts.models.people import User
from accounts.types import ConsentChannel, Language, Purpose
from msmebazaar.core.uuid7 import uuid7


class ConsentEntry(models.Model):
    """A person gave or withdrew consent for a purpose. Append-only: the newest entry of a purpose holds.

    `evidence` names what proves it: the request id, or the id of the message that was the answer.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    is_given = models.BooleanField()
    notice_version = models.CharField(max_length=20)
    language = models.CharField(max_length=2, choices=Language.choices)
    channel = models.CharField(max_length=10, choices=ConsentChannel.choices)
    evidence = models.CharField(max_length=128)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "purpose", "-at", "-id"], name="accounts_consent_newest")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
        verbose_name_plural = "consent entries"

    def __str__(self) -> str:
        return f"{'given' if self.is_given else 'withdrawn'} {self.purpose}"
