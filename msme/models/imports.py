"""Files of yearly figures on their way into the books."""

from django.db import models
from django.db.models import Q

from msme.models.businesses import Business
from msme.types import ImportState
from msmebazaar.core.models import TimeStamped


class ImportRun(TimeStamped):
    """A file of figures, row by row. `rows` are the cells as read, `faults` what is wrong with which row."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="+")
    by_id = models.UUIDField()
    is_dry_run = models.BooleanField()
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.WAITING)
    rows = models.JSONField()
    total = models.PositiveSmallIntegerField()
    done = models.PositiveSmallIntegerField(default=0)
    saved = models.PositiveSmallIntegerField(default=0)
    faults = models.JSONField(default=list)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(done__lte=models.F("total")), name="msme_importrun_progress")]

    def __str__(self) -> str:
        return f"{self.total} rows for {self.business_id}"
