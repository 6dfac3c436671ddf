"""Mandates and the matches that workers keep fresh."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from matching.types import MandateKind, MandateStatus
from msmebazaar.core.models import TimeStamped


class Mandate(TimeStamped):
    """What a buyer, investor or lender looks for. Empty lists mean no wish."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=MandateKind.choices)
    intents = ArrayField(models.CharField(max_length=20))
    nic_include = ArrayField(models.CharField(max_length=5), default=list)
    nic_exclude = ArrayField(models.CharField(max_length=5), default=list)
    states = ArrayField(models.CharField(max_length=2), default=list)
    ticket_min_inr = models.DecimalField(max_digits=18, decimal_places=2)
    ticket_max_inr = models.DecimalField(max_digits=18, decimal_places=2)
    thesis = models.TextField(max_length=2000, blank=True)
    status = models.CharField(max_length=10, choices=MandateStatus.choices, default=MandateStatus.ACTIVE)
    version = models.PositiveIntegerField(default=1)
    matched_version = models.PositiveIntegerField(default=0, help_text="The version the stored matches belong to.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ticket_min_inr__gte=0, ticket_max_inr__gt=0, ticket_max_inr__gte=F("ticket_min_inr")),
                name="matching_mandate_ticket_range",
            )
        ]
        indexes = [
            models.Index(fields=["ticket_min_inr"], condition=Q(status="active"), name="matching_mandate_active")
        ]

    def __str__(self) -> str:
        return self.name


class Match(TimeStamped):
    """A listing that fits a mandate: the score, its parts, and which versions of both it was made from."""

    mandate = models.ForeignKey(Mandate, on_delete=models.CASCADE, related_name="matches")
    listing = models.ForeignKey("msme.Listing", on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField()
    rank_key = models.CharField(max_length=30)
    parts = models.JSONField()
    engine_version = models.CharField(max_length=20)
    mandate_version = models.PositiveIntegerField()
    listing_version = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mandate", "listing"], name="matching_match_once"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=100), name="matching_match_score"),
        ]
        indexes = [models.Index(fields=["mandate", "-rank_key"], name="matching_match_order")]
        verbose_name_plural = "matches"

    def __str__(self) -> str:
        return f"{self.score} {self.listing_id} for {self.mandate_id}"
