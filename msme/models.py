"""Businesses, yearly figures, listings, and the industry codes they refer to."""

from decimal import Decimal

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from msme.types import (
    LEGAL_MOVES,
    Constitution,
    FigureSource,
    Intent,
    ListingStatus,
    MsmeClass,
    ReviewReason,
    StatusReason,
)
from msmebazaar.core.crypto import EncryptedTextField
from msmebazaar.core.models import TimeStamped
from msmebazaar.core.uuid7 import uuid7


def rupees(**options: object) -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(max_digits=18, decimal_places=2, **options)  # type: ignore[arg-type]


class NicCode(models.Model):
    """National Industrial Classification; loaded by `manage.py load_reference_data`."""

    code = models.CharField(max_length=5, primary_key=True)
    level = models.CharField(max_length=10)
    division = models.CharField(max_length=2)
    section = models.CharField(max_length=1)
    title_en = models.CharField(max_length=300)
    title_hi = models.CharField(max_length=300, blank=True)
    revision = models.CharField(max_length=10, default="2008")

    class Meta:
        verbose_name = "NIC code"

    def __str__(self) -> str:
        return f"{self.code} {self.title_en}"


class Business(TimeStamped):
    """A firm, with its identifiers encrypted and a blind index where one must be found again."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    legal_name = models.CharField(max_length=200)
    trade_name = models.CharField(max_length=200, blank=True)
    constitution = models.CharField(max_length=20, choices=Constitution.choices)
    gstin = EncryptedTextField()
    gstin_index = models.CharField(max_length=64, blank=True)
    pan = EncryptedTextField()
    pan_index = models.CharField(max_length=64, blank=True, db_index=True)
    udyam = EncryptedTextField()
    cin = models.CharField(max_length=21, blank=True)
    nic_code = models.CharField(max_length=5)
    state = models.CharField(max_length=2)
    city = models.CharField(max_length=80, blank=True)
    pincode = models.CharField(max_length=6, blank=True)
    msme_class = models.CharField(max_length=6, choices=MsmeClass.choices, blank=True, db_default="")
    established_year = models.PositiveSmallIntegerField(null=True)
    employees = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "gstin_index"],
                condition=~Q(gstin_index=""),
                name="msme_business_gstin_once_per_organisation",
            )
        ]
        verbose_name_plural = "businesses"

    def __str__(self) -> str:
        return self.legal_name


class FinancialStatement(TimeStamped):
    """Figures of one fiscal year, in rupees. `fiscal_year` is the year it starts in."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="statements")
    fiscal_year = models.PositiveSmallIntegerField()
    months = models.PositiveSmallIntegerField(default=12, validators=[MinValueValidator(1), MaxValueValidator(12)])
    source = models.CharField(max_length=20, choices=FigureSource.choices)
    revenue_inr = rupees()
    pat_inr = rupees()
    net_worth_inr = rupees()
    total_assets_inr = rupees()
    debt_inr = rupees(default=Decimal(0))
    exports_inr = rupees(default=Decimal(0), db_default=Decimal(0))
    plant_machinery_inr = rupees(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business", "fiscal_year"], name="msme_financialstatement_one_per_year"),
            models.CheckConstraint(
                condition=Q(revenue_inr__gt=0, total_assets_inr__gt=0, debt_inr__gte=0),
                name="msme_financialstatement_amounts",
            ),
            models.CheckConstraint(condition=Q(months__gte=1, months__lte=12), name="msme_financialstatement_months"),
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year} of {self.business_id}"


class Listing(TimeStamped):
    """A business's offer on the market."""

    business = models.ForeignKey(Business, on_delete=models.PROTECT, related_name="listings")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    intent = models.CharField(max_length=20, choices=Intent.choices)
    title = models.CharField(max_length=120)
    summary = models.TextField(max_length=2000)
    ask_inr = rupees()
    stake_pct = models.DecimalField(max_digits=5, decimal_places=2, null=True)
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


class ListingVersion(models.Model):
    """What the market saw from `published_at` on. Append-only: price history and diffs are made of these rows."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    intent = models.CharField(max_length=20, choices=Intent.choices)
    title = models.CharField(max_length=120)
    summary = models.TextField(max_length=2000)
    ask_inr = rupees()
    stake_pct = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    published_at = models.DateTimeField()
    published_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["listing", "number"], name="msme_listingversion_once")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"version {self.number} of {self.listing_id}"
