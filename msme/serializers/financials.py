"""Shapes of figures."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from msme.models import FinancialStatement, ImportRun
from msme.selectors import earnings_of
from msme.services.imports import UNITS
from msme.types import LINES, SIGNED, TOTALS, AddBackKind, FigureSource
from msmebazaar.core.http.problems import translated
from msmebazaar.core.http.serializers import (
    Base,
    FinancialYearField,
    MoneyField,
)
from msmebazaar.core.types import FinancialYear, Money

LINE_HELP = {
    "cogs_inr": "Cost of goods sold.",
    "owner_remuneration_inr": "Part of employee cost or other expenses.",
    "exceptional_inr": "A gain is positive, a loss negative.",
    "receivables_inr": "Not older than 180 days.",
    "old_receivables_inr": "Older than 180 days.",
    "contingent_inr": "Claims that may become debts; in no total.",
}

LinesShape: Any = type(
    "LinesShape",
    (Base,),
    {
        "__doc__": "Lines of a year's accounts, rupees; those that are not known are left out.",
        **{
            name: MoneyField(
                required=False, allow_null=True, allow_negative=name in SIGNED, help_text=LINE_HELP.get(name, "")
            )
            for name in LINES
        },
    },
)


class AddBackShape(Base):
    """An item between reported and adjusted EBITDA."""

    kind = serializers.ChoiceField(choices=AddBackKind.choices)
    amount_inr = MoneyField(allow_negative=True, help_text="With the sign it has in adjusted EBITDA.")
    reason = serializers.CharField(max_length=300)
    document_id = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="The uploaded paper that shows it."
    )


class EarningsAnswer(Base):
    """What follows from the lines of a year."""

    ebitda_inr = MoneyField(allow_null=True, help_text="As reported; null when the lines do not tell.")
    adjusted_ebitda_inr = MoneyField(allow_null=True)
    sde_inr = MoneyField(allow_null=True, help_text="Adjusted EBITDA and the market salary of one owner.")
    margin = serializers.DecimalField(
        max_digits=12, decimal_places=4, allow_null=True, help_text="A fraction of revenue."
    )


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
    confirm = serializers.BooleanField(
        default=False, help_text="true: a revenue 30 times that of the year beside it, or a thirtieth, is meant."
    )
    lines = LinesShape(required=False, help_text="What is known of the profit and loss account and the balance sheet.")
    add_backs = AddBackShape(many=True, required=False, help_text="From reported to adjusted EBITDA, item by item.")


class FinancialsWrite(FiguresWrite):
    fiscal_year = FinancialYearField(help_text="Such as 2024-25.")


class FinancialsAnswer(serializers.ModelSerializer[FinancialStatement]):
    fiscal_year = serializers.SerializerMethodField()
    is_year_to_date = serializers.SerializerMethodField()
    run_rate_revenue_inr = serializers.SerializerMethodField()
    lines = serializers.SerializerMethodField()
    add_backs = AddBackShape(many=True)
    earnings = serializers.SerializerMethodField()

    class Meta:
        model = FinancialStatement
        fields = (
            "id",
            "fiscal_year",
            "months",
            "source",
            *TOTALS,
            "is_year_to_date",
            "run_rate_revenue_inr",
            "lines",
            "add_backs",
            "earnings",
            "created_at",
            "updated_at",
        )

    def get_fiscal_year(self, row: FinancialStatement) -> str:
        return str(FinancialYear(row.fiscal_year))

    def get_is_year_to_date(self, row: FinancialStatement) -> bool:
        return row.months < 12

    def get_run_rate_revenue_inr(self, row: FinancialStatement) -> str:
        """Revenue of twelve months at the pace of these."""
        return str(Money(row.revenue_inr * 12 / row.months))

    @extend_schema_field(LinesShape)
    def get_lines(self, row: FinancialStatement) -> Any:
        return LinesShape({name: getattr(row, name) for name in LinesShape().fields}).data

    @extend_schema_field(EarningsAnswer)
    def get_earnings(self, row: FinancialStatement) -> Any:
        return EarningsAnswer(earnings_of(row)).data


class ImportWrite(Base):
    file = serializers.FileField(
        help_text="CSV in UTF-8 or Excel (.xlsx), at most 1 MB and 500 rows, headings in the first row."
    )
    unit = serializers.ChoiceField(
        choices=[(unit, unit) for unit in UNITS],
        default="rupee",
        help_text="What a bare number means; an amount with a word (2.5 cr) keeps its own.",
    )
    dry_run = serializers.BooleanField(default=False, help_text="Only try the rows and tell what is wrong.")


class RowFault(Base):
    row = serializers.IntegerField(help_text="In the file; the heading is row 1.")
    field = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    message = serializers.CharField()


class ImportAnswer(serializers.ModelSerializer[ImportRun]):
    """How far an import is, what was saved, and what is wrong with which row."""

    faults = serializers.SerializerMethodField()

    class Meta:
        model = ImportRun
        fields = (
            "id",
            "business_id",
            "is_dry_run",
            "state",
            "total",
            "done",
            "saved",
            "faults",
            "created_at",
            "finished_at",
        )

    @extend_schema_field(RowFault(many=True))
    def get_faults(self, run: ImportRun) -> Any:
        return [
            {
                "row": fault["row"],
                "field": fault["field"],
                "code": fault["code"],
                "message": translated(fault["message"], fault["params"]),
            }
            for fault in run.faults
        ]
