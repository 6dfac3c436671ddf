"""Shapes of figures."""

from decimal import Decimal

from rest_framework import serializers

from msme.models import FinancialStatement
from msme.types import FigureSource
from msmebazaar.core.http.serializers import (
    Base,
    FinancialYearField,
    MoneyField,
)
from msmebazaar.core.types import FinancialYear


class FiguresWrite(Base):
    months = serializers.IntegerField(min_value=1, max_value=12, default=12)
    source = serializers.ChoiceField(choices=FigureSource.choices)  # type: ignore[assignment]
    revenue_inr = MoneyField(help_text="Net of GST.")
    pat_inr = MoneyField(allow_negative=True, help_text="Profit after tax; a loss is negative.")
    net_worth_inr = MoneyField(allow_negative=True, help_text="Share capital and reserves, or the owner's capital.")
    total_assets_inr = MoneyField()
    debt_inr = MoneyField(required=False, default=Decimal(0))
    exports_inr = MoneyField(
        required=False, default=Decimal(0), help_text="Part of the revenue; does not count for the MSME class."
    )
    plant_machinery_inr = MoneyField(
        required=False, allow_null=True, default=None, help_text="Plant, machinery and equipment; for the MSME class."
    )


class FinancialsWrite(FiguresWrite):
    fiscal_year = FinancialYearField(help_text="Such as 2024-25.")


class FinancialsAnswer(serializers.ModelSerializer[FinancialStatement]):
    fiscal_year = serializers.SerializerMethodField()

    class Meta:
        model = FinancialStatement
        fields = (
            "id",
            "fiscal_year",
            "months",
            "source",
            "revenue_inr",
            "pat_inr",
            "net_worth_inr",
            "total_assets_inr",
            "debt_inr",
            "exports_inr",
            "plant_machinery_inr",
            "created_at",
            "updated_at",
        )

    def get_fiscal_year(self, row: FinancialStatement) -> str:
        return str(FinancialYear(row.fiscal_year))
