"""The data-subject desk: requests, nominee, exports, and what is kept sealed after an erasure."""

from django.db import models

from accounts.models.people import User
from accounts.types import DataRequestKind, ExportState, RequestState
from msmebazaar.core.crypto import EncryptedTextField
from msmebazaar.core.history import tracked
from msmebazaar.core.models import TimeStamped


@tracked("kind", "state", "due_at", "answered_by", "answered_at")
class DataRequest(TimeStamped):
    """A person asks for a correction or complains; staff answer before `due_at`."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="data_requests")
    kind = models.CharField(max_length=12, choices=DataRequestKind.choices)
    text = EncryptedTextField()
    due_at = models.DateTimeField(db_index=True)
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.OPEN)
    answer = EncryptedTextField()
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class Nominee(TimeStamped):
    """Who may exercise the person's rights when they no longer can (DPDP Act s.14)."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="nominee")
    full_name = EncryptedTextField()
    phone = EncryptedTextField()
    relation = models.CharField(max_length=60)

    def __str__(self) -> str:
        return f"nominee of {self.user_id}"


class DataExport(TimeStamped):
    """A zip of everything we hold about a person, made by a worker, kept a few days in the object store."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="exports")
    state = models.CharField(max_length=10, choices=ExportState.choices, default=ExportState.PENDING)
    object_key = models.CharField(max_length=200, blank=True)
    size = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    ready_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.state} {self.id}"


class SealedRecord(TimeStamped):
    """Everything an erased person had, encrypted, out of every screen and query, until the retention rule purges it."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="sealed_record")
    content = EncryptedTextField()
    sealed_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"sealed record of {self.user_id}"
