"""Loans and equity, each with what the law asks of a marketplace."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from msmebazaar.core.history import tracked
from msmebazaar.core.models import TimeStamped
from msmebazaar.core.uuid7 import uuid7


@tracked("rate_pct", "fee_pct", "is_active")
class LoanProduct(TimeStamped):
    """What a lender lends, as it must be told to borrowers: rates and fees in percent, amounts in rupees, months.

    `fee_pct` is taken once, of the amount; the annual percentage rate is worked out from it and the instalments.
    """

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    lender_name = models.CharField(max_length=160, help_text="The regulated entity that lends.")
    amount_min_inr = models.DecimalField(max_digits=18, decimal_places=2)
    amount_max_inr = models.DecimalField(max_digits=18, decimal_places=2)
    tenor_min_months = models.PositiveSmallIntegerField()
    tenor_max_months = models.PositiveSmallIntegerField()
    rate_pct = models.DecimalField(max_digits=5, decimal_places=2)
    fee_pct = models.DecimalField(max_digits=5, decimal_places=2)
    penalties = models.TextField(max_length=500)
    key_facts_url = models.URLField(max_length=300)
    states = ArrayField(models.CharField(max_length=2), default=list)
    collaterals = ArrayField(models.CharField(max_length=10), default=list)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    amount_min_inr__gt=0,
                    amount_max_inr__gte=models.F("amount_min_inr"),
                    tenor_max_months__gte=models.F("tenor_min_months"),
                    tenor_min_months__gt=0,
                    rate_pct__gte=0,
                    fee_pct__gte=0,
                ),
                name="matching_loanproduct_ranges",
            )
        ]

    def __str__(self) -> str:
        return self.name


class LoanComparison(models.Model):
    """That a borrower was shown lenders, which ones, in which order and by which method. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    listing = models.ForeignKey("msme.Listing", on_delete=models.CASCADE, related_name="+")
    user_id = models.UUIDField()
    method = models.CharField(max_length=30)
    shown = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"comparison {self.id}"


class EquityApproach(models.Model):
    """An investor to whom an issuer's shares were offered in a fiscal year: at most 200 may be (Companies Act 2013 s.42)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    issuer_id = models.UUIDField(help_text="The business whose shares are offered.")
    fiscal_year = models.PositiveSmallIntegerField(help_text="By the year it begins in.")
    investor_id = models.UUIDField(help_text="The organisation they were offered to.")
    number = models.PositiveSmallIntegerField(help_text="Which one of the year's 200 it is.")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "equity approaches"
        constraints = [
            models.UniqueConstraint(
                fields=["issuer_id", "fiscal_year", "investor_id"], name="matching_equityapproach_once"
            ),
            models.UniqueConstraint(
                fields=["issuer_id", "fiscal_year", "number"], name="matching_equityapproach_number"
            ),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=200), name="matching_equityapproach_most"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.issuer_id} {self.fiscal_year} no. {self.number}"
