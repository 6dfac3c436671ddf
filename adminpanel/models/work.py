"""Who works on what, what was decided, what is still to be done about a person."""

from django.db import models
from django.db.models import Q

from adminpanel.types import TaskState
from msmebazaar.core.crypto import EncryptedTextField
from msmebazaar.core.models import TimeStamped


class Claim(TimeStamped):
    """An item of a queue: to whom it is assigned, and who has it open now. Gone with the decision."""

    queue = models.CharField(max_length=30)
    item_id = models.UUIDField()
    assigned_to = models.ForeignKey("accounts.User", on_delete=models.CASCADE, null=True, related_name="+")
    claimed_by = models.ForeignKey("accounts.User", on_delete=models.CASCADE, null=True, related_name="+")
    claimed_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["queue", "item_id"], name="adminpanel_claim_once"),
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True) | Q(claimed_until__isnull=False), name="adminpanel_claim_has_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.queue} {self.item_id}"


class Decision(TimeStamped):
    """What a colleague decided about an item of a queue; `undo_until`: how long it can be taken back, if at all."""

    queue = models.CharField(max_length=30)
    item_id = models.UUIDField()
    title = models.CharField(max_length=200)
    what = models.CharField(max_length=30)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    waited_s = models.PositiveIntegerField(default=0)
    undo_until = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["by", "-created_at"], name="adminpanel_decision_mine")]

    def __str__(self) -> str:
        return f"{self.what} {self.queue} {self.item_id}"


class Task(TimeStamped):
    """Something to do about a person, by a colleague, until a moment; they are reminded when it comes."""

    person = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    text = EncryptedTextField()
    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=TaskState.choices, default=TaskState.OPEN)
    closed_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state="open", reminded_at__isnull=True), name="adminpanel_task_due"
            ),
            models.Index(fields=["owner", "due_at"], condition=Q(state="open"), name="adminpanel_task_mine"),
        ]

    def __str__(self) -> str:
        return f"{self.state} task {self.id}"
