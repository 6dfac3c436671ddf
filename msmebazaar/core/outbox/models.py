"""Events and their deliveries."""

from django.db import models

from msmebazaar.core.uuid7 import uuid7


class OutboxEvent(models.Model):
    """A fact that others act on: ids and facts, no personal data, no secrets."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField(default=1)
    payload = models.JSONField()
    request_id = models.CharField(max_length=128)
    occurred_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.id}"


class Delivery(models.Model):
    """One handler's share of an event.

    `wanted_at` is from when it counts as waiting: with the event, or later where the writer said so. `due_at` is when the
    sweeper may hand it to a worker (again): a claim moves it beyond the longest run, a failure to the end of the back-off.
    `claimed_until` keeps a second worker from a vendor call that the first is making.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        DONE = "done"
        DEAD = "dead"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="deliveries")
    handler = models.CharField(max_length=80)
    queue = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    wanted_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "handler"], name="core_delivery_once"),
            models.CheckConstraint(
                condition=models.Q(state="done", done_at__isnull=False) | ~models.Q(state="done"),
                name="core_delivery_done_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="pending"), name="core_delivery_due"),
            models.Index(fields=["state"], condition=models.Q(state="dead"), name="core_delivery_dead"),
        ]
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.handler} {self.state}"
