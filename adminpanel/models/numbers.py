"""Numbers by day, kept by a worker, so that a page of them costs the same however large the market is."""

from django.db import models

from msmebazaar.core.models import TimeStamped


class Rollup(models.Model):
    """A measure on a day of India, of all ("", "") or of one part."""

    id = models.BigAutoField(primary_key=True)
    measure = models.CharField(max_length=40)
    day = models.DateField()
    split = models.CharField(max_length=12, blank=True, default="")
    key = models.CharField(max_length=40, blank=True, default="")
    value = models.DecimalField(max_digits=20, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["measure", "split", "day", "key"], name="adminpanel_rollup_once")
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.day} {self.key}"


class RollupRun(TimeStamped):
    """When a measure was counted last, and how long that took."""

    measure = models.CharField(max_length=40, unique=True)
    counted_at = models.DateTimeField()
    since = models.DateField(help_text="The first day that has been counted.")
    took_ms = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.measure} {self.counted_at:%H:%M}"
