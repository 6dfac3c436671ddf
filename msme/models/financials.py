"""Yearly figures."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from msme.models.businesses import Business, rupees
from msme.types import (
    AddBackKind,
    FigureSource,
)
from msmebazaar.core.models import TimeStamped
from msmebazaar.core.uuid7 import uuid7


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
    # profit and loss, where known; `owner_remuneration` lies within the employee cost or other expenses
    other_income_inr = rupees(null=True)
    cogs_inr = rupees(null=True)
    employee_cost_inr = rupees(null=True)
    rent_inr = rupees(null=True)
    other_opex_inr = rupees(null=True)
    owner_remuneration_inr = rupees(null=True)
    depreciation_inr = rupees(null=True)
    interest_inr = rupees(null=True)
    tax_inr = rupees(null=True)
    exceptional_inr = rupees(null=True)
    # balance sheet, where known; `debt` above is all borrowings, `old_receivables` those of more than 180 days
    cash_inr = rupees(null=True)
    surplus_investments_inr = rupees(null=True)
    receivables_inr = rupees(null=True)
    old_receivables_inr = rupees(null=True)
    inventory_inr = rupees(null=True)
    other_current_assets_inr = rupees(null=True)
    land_building_inr = rupees(null=True)
    intangibles_inr = rupees(null=True)
    other_assets_inr = rupees(null=True)
    payables_inr = rupees(null=True)
    other_liabilities_inr = rupees(null=True)
    contingent_inr = rupees(null=True)

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


class AddBack(models.Model):
    """One item between reported and adjusted EBITDA of a year: rupees, with the sign it has in the sum."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    statement = models.ForeignKey(FinancialStatement, on_delete=models.CASCADE, related_name="add_backs")
    kind = models.CharField(max_length=20, choices=AddBackKind.choices)
    amount_inr = rupees()
    reason = models.CharField(max_length=300)
    document = models.ForeignKey(
        "msme.Document",
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
        help_text="The paper that shows it.",
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount_inr=0), name="msme_addback_amount")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.statement_id}"
