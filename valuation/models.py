"""Valuations: a request, and once it is made, a result that never changes."""

import pgtrigger
from django.db import models
from django.db.models import Q

from msmebazaar.core.models import TimeStamped
from valuation.types import ValuationStatus


class Valuation(TimeStamped):
    """One run of the engine on one canonical input.

    `input`, `engine_version`, `pack_id` and their hashes say exactly what was calculated; the same input, engine and pack
    give the same output bytes (`manage.py valuation_recompute`). A new pack or engine makes a new row.
    """

    business = models.ForeignKey("msme.Business", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=ValuationStatus.choices, default=ValuationStatus.PENDING)
    input = models.JSONField()
    input_sha256 = models.CharField(max_length=64)
    engine_version = models.CharField(max_length=20)
    pack_id = models.CharField(max_length=40)
    pack_sha256 = models.CharField(max_length=64)
    output = models.JSONField(null=True)
    output_sha256 = models.CharField(max_length=64, blank=True)
    point_inr = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    low80_inr = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    high80_inr = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    completed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "input_sha256", "engine_version", "pack_sha256"], name="valuation_valuation_once"
            ),
            models.CheckConstraint(
                condition=Q(status="pending") | Q(output__isnull=False, completed_at__isnull=False),
                name="valuation_valuation_done_has_output",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="immutable",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status__in=["ready", "refused"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.id}"
