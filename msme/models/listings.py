"""Offers on the market and what was published of them."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from msme.models.businesses import Business, rupees
from msme.types import (
    LEGAL_MOVES,
    Collateral,
    Intent,
    ListingStatus,
    ReviewReason,
    SaleReason,
    StatusReason,
)
from msmebazaar.core.history import tracked
from msmebazaar.core.models import TimeStamped
from msmebazaar.core.uuid7 import uuid7


class Offer(models.Model):
    """What is offered: the content of a listing, and of each published version of it. `msme.types.TERMS` says which intents
    have which terms."""

    intent = models.CharField(max_length=20, choices=Intent.choices)
    title = models.CharField(max_length=120)
    summary = models.TextField(max_length=2000)
    ask_inr = rupees()
    stake_pct = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    reason = models.CharField(max_length=20, choices=SaleReason.choices, blank=True, db_default="")
    handover_months = models.PositiveSmallIntegerField(null=True)
    seller_finance_pct = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    includes_property = models.BooleanField(null=True)
    assets = models.TextField(max_length=1000, blank=True, db_default="")
    use_of_funds = models.TextField(max_length=500, blank=True, db_default="")
    tenor_months = models.PositiveSmallIntegerField(null=True)
    collateral = models.CharField(max_length=20, choices=Collateral.choices, blank=True, db_default="")

    class Meta:
        abstract = True


@tracked("status", "intent", "ask_inr", "review_reason", "status_reason", "version", "published_at")
class Listing(TimeStamped, Offer):
    """A business's offer on the market."""

    business = models.ForeignKey(Business, on_delete=models.PROTECT, related_name="listings")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=20, choices=ListingStatus.choices, default=ListingStatus.DRAFT)
    version = models.PositiveIntegerField(default=1)
    review_reason = models.CharField(max_length=20, choices=ReviewReason.choices, blank=True)
    review_note = models.CharField(max_length=500, blank=True)
    submitted_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(
        null=True, help_text="When the owner last said or showed that it is still offered."
    )
    pings_sent = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Asked since then, without an answer."
    )
    pinged_at = models.DateTimeField(null=True)
    status_reason = models.CharField(max_length=20, blank=True, db_default="", choices=StatusReason.choices)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ask_inr__gt=0), name="msme_listing_ask_positive"),
            models.CheckConstraint(
                condition=Q(stake_pct__isnull=True) | Q(stake_pct__gt=0, stake_pct__lte=100),
                name="msme_listing_stake_range",
            ),
            models.CheckConstraint(
                condition=~Q(status="live") | Q(published_at__isnull=False), name="msme_listing_live_is_published"
            ),
        ]
        indexes = [
            models.Index(fields=["-id"], condition=Q(status="live"), name="msme_listing_live"),
            models.Index(F("submitted_at"), condition=Q(status="submitted"), name="msme_listing_submitted"),
            models.Index(fields=["confirmed_at"], condition=Q(status="live"), name="msme_listing_confirmed"),
        ]

    def __str__(self) -> str:
        return self.title

    def can_become(self, status: ListingStatus) -> bool:
        return status in LEGAL_MOVES[self.status]


class ListingVersion(Offer):
    """What the market saw from `published_at` on. Append-only: price history and diffs are made of these rows."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    published_at = models.DateTimeField()
    published_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["listing", "number"], name="msme_listingversion_once")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"version {self.number} of {self.listing_id}"
