"""Yearly figures."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from msme.models.businesses import Business, rupees
from msme.types import (
    FigureSource,
)
from msmebazaar.core.models import TimeStamped


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
