"""What every model is made of, and the kernel's own tables: audit, outbox, idempotency keys, heartbeats."""

import pgtrigger
from django.db import models
from django.db.models import QuerySet

from msmebazaar.core import history
from msmebazaar.core.outbox.models import Delivery, OutboxEvent
from msmebazaar.core.uuid7 import uuid7

__all__ = [
    "AuditEntry",
    "AuditLink",
    "Delivery",
    "IdempotencyRecord",
    "OperationRun",
    "OutboxEvent",
    "TimeStamped",
    "WorkerHeartbeat",
    "WriteMark",
]


class TimeStamped(models.Model):
    """UUIDv7 key, made by the application, and the two times every row has."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class AuditEntry(models.Model):
    """Who did what to which row, when and in which request. Append-only: the database refuses changes.

    No foreign keys: an entry outlives what it speaks of. `facts` holds no personal data and no secrets.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    actor_id = models.UUIDField(null=True)
    action = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    facts = models.JSONField(default=dict)
    request_id = models.CharField(max_length=128)

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id", "-at"], name="core_audit_subject")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            history.chained("id"),
        ]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type} {self.subject_id}"


class AuditLink(models.Model):
    """A place in the chain over the audit (`core.history`): made by a trigger, sealed once by a worker, then for ever."""

    id = models.BigAutoField(primary_key=True)
    source = models.CharField(max_length=80, help_text="The table of the row.")
    row_id = models.CharField(max_length=40)
    position = models.BigIntegerField(null=True, unique=True)
    hash = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=models.Q(position__isnull=True), name="core_auditlink_unsealed"),
            models.Index(fields=["source", "row_id"], name="core_auditlink_row"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="sealed_once", operation=pgtrigger.Update, condition=pgtrigger.Q(old__position__isnull=False)
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.source}"


class IdempotencyRecord(models.Model):
    """First answer to a request with an Idempotency-Key; replayed to the same request, kept 24 hours."""

    scope = models.CharField(max_length=64, help_text="Whose key: the user, or the network when nobody is logged in.")
    route = models.CharField(max_length=120)
    key_hash = models.CharField(max_length=64)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.BinaryField(null=True, help_text="Encrypted JSON of the data and the message.")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "route", "key_hash"], name="core_idempotencyrecord_once")
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.status}"


class WorkerHeartbeat(models.Model):
    """When the worker of a queue last carried out a beat task: proof that the whole way through the broker works."""

    queue = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.queue} {self.at:%H:%M:%S}"


class WriteMark(models.Model):
    """Where in the write-ahead log that lies behind what a person has changed; written where there is a replica only."""

    user_id = models.UUIDField(primary_key=True)
    position = models.BigIntegerField(help_text="LSN in bytes.")

    def __str__(self) -> str:
        return f"{self.user_id} {self.position}"


class OperationRun(models.Model):
    """A backup, or the restoring of one as a test, that was carried out: what alerts on their age look at."""

    class Kind(models.TextChoices):
        BACKUP = "backup"
        RESTORE_TEST = "restore_test"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    ended_at = models.DateTimeField()
    is_good = models.BooleanField()
    facts = models.JSONField(default=dict, help_text="Counts and sizes; nothing of anybody.")

    class Meta:
        indexes = [models.Index(fields=["kind", "-ended_at"], name="core_operationrun_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.ended_at:%Y-%m-%d %H:%M}"

    @classmethod
    def newest_good(cls) -> "QuerySet[OperationRun]":
        """The newest run of each kind that went well."""
        return cls.objects.filter(is_good=True).order_by("kind", "-ended_at").distinct("kind")
