"""Businesses that may be one, and merges of them that can be taken back."""

from django.db import models
from django.db.models import F, Q

from msme.models.businesses import Business
from msme.types import PairState
from msmebazaar.core.models import TimeStamped
from msmebazaar.core.uuid7 import uuid7


class DuplicatePair(TimeStamped):
    """Two businesses that look like one, with why. `first` is the older one."""

    first = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="+")
    reasons = models.JSONField()
    state = models.CharField(max_length=10, choices=PairState.choices, default=PairState.OPEN)
    decided_by_id = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="msme_duplicatepair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="msme_duplicatepair_ordered"),
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(state="open"), name="msme_duplicatepair_open")]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"


class Merge(models.Model):
    """One business went into another. `moved`: ids of the rows that changed hands, by table, so that it can be undone."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kept = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="+")
    absorbed = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="+")
    moved = models.JSONField()
    by_id = models.UUIDField()
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["absorbed"], condition=Q(undone_at__isnull=True), name="msme_merge_once")
        ]

    def __str__(self) -> str:
        return f"{self.absorbed_id} into {self.kept_id}"
