"""Shapes of valuations. Amounts are rupees as decimal strings, shares and rates fractions as decimal strings."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from msmebazaar.core.http.serializers import Base, MoneyField
from valuation.canonical import Answers
from valuation.engine.v2 import texts as engine
from valuation.engine.v2.texts import say
from valuation.explanation import explain
from valuation.models import Narrative, ObservedPrice, ShareLink, Valuation
from valuation.packs import packs
from valuation.presentation import language, shown_refusals, shown_result
from valuation.selectors import approved_override
from valuation.types import Shown, ValuationPurpose, ValuationStatus


def fraction(**options: Any) -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=7,
        decimal_places=6,
        min_value=Decimal(0),
        max_value=Decimal(1),
        required=False,
        allow_null=True,
        **options,
    )


class AnswersShape(Base):
    """What the owner says of the business besides its books. What is not known is left out."""

    market_salary_inr = MoneyField(
        required=False, allow_null=True, help_text="A year, for one who replaces a working owner."
    )
    largest_customer = fraction(help_text="Share of revenue, 0 to 1.")
    top5_customers = fraction(help_text="Share of revenue, 0 to 1; kept for the valuer, not weighed yet.")
    recurring_revenue = fraction(help_text="Share of revenue under contracts that renew, 0 to 1.")
    lease_ends = serializers.DateField(required=False, allow_null=True)
    licence_ends = serializers.DateField(required=False, allow_null=True)
    is_owner_dependent = serializers.BooleanField(required=False, allow_null=True)
    land_building_market_inr = MoneyField(
        required=False, allow_null=True, help_text="Market value of land and building."
    )
    is_land_appraised = serializers.BooleanField(
        required=False, allow_null=True, help_text="true: that value is an appraiser's."
    )
    plant_appraised_inr = MoneyField(required=False, allow_null=True, help_text="An appraiser's value of the plant.")
    contingent_probability = fraction(help_text="How likely the contingent claims become debts, 0 to 1.")
    gst_turnover_inr = MoneyField(required=False, allow_null=True, help_text="Of the latest year's GST returns.")
    has_filed_returns = serializers.BooleanField(
        required=False, allow_null=True, help_text="true: income tax returns of these figures were filed."
    )
    related_loans_inr = MoneyField(
        required=False, allow_null=True, help_text="Part of the latest debt that is owed to owners or relatives."
    )
    share_offered = fraction(help_text="Share of the business on offer, more than 0, at most 1.")

    def to_internal_value(self, data: Any) -> Any:
        """A field that is not known is a fault: the asking price, above all, is no input."""
        unknown = [name for name in data if name not in self.fields] if isinstance(data, dict) else []
        if unknown:
            message = ErrorDetail(gettext("There is no such field here."), code="unknown_field")
            raise serializers.ValidationError({name: [message] for name in unknown})
        return super().to_internal_value(data)

    def validate_share_offered(self, value: Decimal | None) -> Decimal | None:
        if value is not None and value <= 0:
            raise serializers.ValidationError(say(engine.REFUSALS, "E_SHARE_RANGE", language()), code="E_SHARE_RANGE")
        return value


class ValuationRequest(Base):
    business_id = serializers.UUIDField()
    purpose = serializers.ChoiceField(choices=ValuationPurpose.choices, default=ValuationPurpose.INFORMATION)
    valuation_date = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="Today unless said; at most a year back."
    )
    answers = AnswersShape(required=False, allow_null=True, help_text="As in the last valuation unless said.")


class ValuationCheck(Base):
    business_id = serializers.UUIDField()
    valuation_date = serializers.DateField(required=False, allow_null=True, default=None)
    answers = AnswersShape(required=False, allow_null=True)


def answers_of(checked: dict[str, Any]) -> Answers | None:
    given = checked.get("answers")
    if given is None:
        return None
    plain: dict[str, Any] = dict(given)
    return Answers(**plain)


class FindingAnswer(Base):
    """A refusal or warning."""

    code = serializers.CharField()
    field = serializers.CharField(allow_blank=True)
    message = serializers.CharField()


class ValueAnswer(Base):
    point = serializers.CharField(allow_null=True, help_text="null where the figures are too thin for one value.")
    low80 = serializers.CharField(help_text="Four sales of five lie between low80 and high80.")
    high80 = serializers.CharField()
    basis = serializers.CharField(help_text="equity, or business_without_cash_and_debt where debt is not known")
    premise = serializers.CharField(help_text="going_concern or liquidation")


class StakeAnswer(Base):
    share = serializers.CharField()
    value = serializers.CharField(allow_null=True, help_text="Below half: less lack of control and of a market.")


class MethodAnswer(Base):
    id = serializers.CharField(help_text="M1 to M7, see docs/valuation.md")
    name = serializers.CharField()
    approach = serializers.CharField()
    value = serializers.CharField(allow_null=True)
    low = serializers.CharField(allow_null=True)
    high = serializers.CharField(allow_null=True)
    weight = serializers.CharField()
    contribution = serializers.CharField(help_text="Contributions add up to the value.")
    why = serializers.CharField(help_text="Why it is used, or why not.")
    inputs = serializers.DictField(child=serializers.CharField())


class DriverAnswer(Base):
    driver = serializers.CharField()
    change = serializers.CharField()
    value = serializers.CharField()


class GridAnswer(Base):
    wacc = serializers.CharField()
    growth = serializers.CharField()
    value = serializers.CharField()


class SensitivityAnswer(Base):
    drivers = DriverAnswer(many=True)
    dcf = GridAnswer(many=True, help_text="Equity by shift of WACC and of growth after the fifth year.")


class AdjustmentAnswer(Base):
    kind = serializers.CharField()
    amount = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    is_evidenced = serializers.BooleanField()


class NormalYearAnswer(Base):
    fiscal_year = serializers.CharField()
    months = serializers.IntegerField()
    source = serializers.CharField()  # type: ignore[assignment]
    revenue = serializers.CharField()
    ebitda_reported = serializers.CharField(allow_null=True)
    adjustments = AdjustmentAnswer(many=True)
    ebitda = serializers.CharField(allow_null=True)
    margin = serializers.CharField(allow_null=True)
    sde = serializers.CharField(allow_null=True)
    depreciation = serializers.CharField(allow_null=True)
    interest = serializers.CharField(allow_null=True)


class ComparableAnswer(Base):
    sector = serializers.CharField()
    year = serializers.CharField()
    revenue_crore = serializers.CharField()
    margin = serializers.CharField()
    net_worth_to_revenue = serializers.CharField()
    pe = serializers.CharField()
    is_same_sector = serializers.BooleanField()
    distance = serializers.CharField(help_text="In standard deviations of revenue, margin and net worth.")


class CrossCheckAnswer(Base):
    id = serializers.CharField()
    value = serializers.CharField()
    multiple = serializers.CharField()
    base = serializers.CharField()


class QualityPart(Base):
    name = serializers.CharField()
    points = serializers.IntegerField()
    of = serializers.IntegerField()


class QualityScore(Base):
    score = serializers.IntegerField(
        help_text="0 to 100; below 40 only a range is told, from 55 it may stand beside a listing."
    )
    parts = QualityPart(many=True)


class ResultAnswer(Base):
    """All amounts are rupees; `rates`, `forecast` and `assets` are the working papers of the methods."""

    value = ValueAnswer()
    stake = StakeAnswer(allow_null=True)
    enterprise_value = serializers.CharField(allow_null=True)
    net_debt = serializers.CharField(allow_null=True)
    tier = serializers.CharField(help_text="micro, small or medium")
    methods = MethodAnswer(many=True)
    implied = serializers.DictField(child=serializers.CharField(), help_text="ev_ebitda, pe, pb, sde")
    rates = serializers.DictField(help_text="How the discount rate comes about.")
    forecast = serializers.ListField(child=serializers.DictField(), help_text="Five years of the DCF.")
    sensitivity = SensitivityAnswer()
    normalisation = NormalYearAnswer(many=True, help_text="Newest year first.")
    earnings = serializers.DictField(help_text="maintainable_ebitda, pat, sde")
    assets = serializers.DictField(allow_null=True, help_text="Adjusted net assets, line by line.")
    cross_checks = CrossCheckAnswer(many=True)
    comparables = ComparableAnswer(many=True)
    quality = QualityScore()
    warnings = FindingAnswer(many=True)


class AssumptionAnswer(Base):
    name = serializers.CharField()
    value = serializers.CharField()
    kind = serializers.CharField(help_text="data, measured or house")
    assumption = serializers.CharField(allow_blank=True, help_text="Its number among the house assumptions.")
    source = serializers.CharField()  # type: ignore[assignment]
    date = serializers.CharField()


class OverrideAnswer(Base):
    """Staff's judgement, approved by two; the engine's result stands beside it unchanged."""

    point_inr = MoneyField()
    low80_inr = MoneyField()
    high80_inr = MoneyField()
    reason = serializers.CharField()
    decided_at = serializers.DateTimeField()


class SignOffAnswer(Base):
    valuer_name = serializers.CharField()
    registration_number = serializers.CharField()
    created_at = serializers.DateTimeField()


class ValuationBrief(serializers.ModelSerializer[Valuation]):
    class Meta:
        model = Valuation
        fields = (
            "id",
            "business_id",
            "status",
            "purpose",
            "point_inr",
            "low80_inr",
            "high80_inr",
            "quality",
            "engine_version",
            "pack_id",
            "created_at",
            "completed_at",
        )


class ValuationAnswer(serializers.ModelSerializer[Valuation]):
    """Immutable once `status` is `ready` or `refused`."""

    result = serializers.SerializerMethodField()
    refusals = serializers.SerializerMethodField()
    explanation = serializers.SerializerMethodField()
    assumptions = serializers.SerializerMethodField()
    override = serializers.SerializerMethodField()
    sign_offs = SignOffAnswer(many=True)
    answers = serializers.DictField(help_text="What the owner said besides the books.")

    class Meta:
        model = Valuation
        fields = (
            "id",
            "business_id",
            "status",
            "purpose",
            "answers",
            "result",
            "refusals",
            "explanation",
            "assumptions",
            "override",
            "sign_offs",
            "engine_version",
            "pack_id",
            "pack_sha256",
            "input_sha256",
            "output_sha256",
            "created_at",
            "completed_at",
        )

    @extend_schema_field(ResultAnswer(allow_null=True))
    def get_result(self, row: Valuation) -> Any:
        return shown_result(row.output) if row.output and "value" in row.output else None

    @extend_schema_field(FindingAnswer(many=True))
    def get_refusals(self, row: Valuation) -> list[dict[str, str]]:
        return shown_refusals(row.output or {})

    def get_explanation(self, row: Valuation) -> str:
        return "\n\n".join(explain(row, language()))

    @extend_schema_field(AssumptionAnswer(many=True))
    def get_assumptions(self, row: Valuation) -> list[dict[str, str]]:
        if row.status == ValuationStatus.PENDING:  # polled often, and nothing rests on them yet
            return []
        figures = packs()[row.pack_id].content.get("figures", {})
        return [
            {
                "name": name,
                "value": figure["value"],
                "kind": figure["kind"],
                "assumption": figure.get("assumption", ""),
                "source": figure["source"],
                "date": figure["date"],
            }
            for name, figure in figures.items()
        ]

    @extend_schema_field(OverrideAnswer(allow_null=True))
    def get_override(self, row: Valuation) -> Any:
        found = approved_override(row) if row.status == ValuationStatus.READY else None
        return OverrideAnswer(found).data if found else None


class UnderstoodAnswer(Base):
    """A figure as we understood it, to be confirmed by a person."""

    field = serializers.CharField()
    amount_inr = MoneyField()
    short = serializers.CharField(help_text="Such as ₹24.6 crore.")
    in_words = serializers.CharField(help_text="Such as twenty-four crore sixty lakh.")


class CheckAnswer(Base):
    """What a valuation would say now; nothing is kept."""

    fiscal_year = serializers.CharField()
    understood = UnderstoodAnswer(many=True)
    refusals = FindingAnswer(many=True)
    warnings = FindingAnswer(many=True)
    quality = QualityScore(allow_null=True)


class ComparedMethod(Base):
    id = serializers.CharField()
    name = serializers.CharField()
    before = serializers.CharField(allow_null=True)
    after = serializers.CharField(allow_null=True)


class ComparisonAnswer(Base):
    """Two valuations of one business, the older one first."""

    older = ValuationBrief()
    newer = ValuationBrief()
    change_inr = MoneyField(allow_null=True, allow_negative=True)
    change = serializers.CharField(allow_null=True, help_text="A fraction of the older value.")
    methods = ComparedMethod(many=True)
    earnings_before = serializers.DictField()
    earnings_after = serializers.DictField()
    quality_change = serializers.IntegerField()
    reasons = serializers.ListField(child=serializers.CharField(), help_text="figures, answers, engine, market_data")


class LeverAnswer(Base):
    """One change, and what the value would be with it."""

    name = serializers.CharField()
    text = serializers.CharField()
    effect = serializers.CharField(help_text="Rupees; negative where a change lowers the value.")
    quality_effect = serializers.IntegerField(help_text="Points.")
    value = ValueAnswer()


class ScenarioWrite(Base):
    """What if. What is left out stays as it is."""

    owner_salary_inr = MoneyField(required=False, allow_null=True, help_text="A year, for each working owner.")
    growth = serializers.DecimalField(
        max_digits=5,
        decimal_places=4,
        min_value=Decimal("-0.5"),
        max_value=Decimal("0.4"),
        required=False,
        allow_null=True,
        help_text="Of revenue in the first year, a fraction.",
    )
    customer_lost = serializers.DecimalField(
        max_digits=5,
        decimal_places=4,
        min_value=Decimal(0),
        max_value=Decimal("0.9"),
        required=False,
        allow_null=True,
        help_text="Share of revenue that a lost customer takes along.",
    )


class ScenarioAnswer(Base):
    value = ValueAnswer(allow_null=True)
    effect = serializers.CharField(allow_null=True, help_text="Rupees against the valuation.")
    quality = serializers.IntegerField(allow_null=True)
    refusals = FindingAnswer(many=True)


class NarrativeAnswer(serializers.ModelSerializer[Narrative]):
    """`text` is empty until `completed_at`; `rejected_numbers`: what a language model made up, so its text was not used."""

    rejected_numbers = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Narrative
        fields = ("id", "language", "source", "text", "rejected_numbers", "created_at", "completed_at")


class ShareWrite(Base):
    label = serializers.CharField(max_length=100, help_text="For whom it is, so that you find it again.")  # type: ignore[assignment]
    language = serializers.ChoiceField(choices=[("en", "English"), ("hi", "हिन्दी")], default="en")
    days = serializers.IntegerField(min_value=1, max_value=90, default=14)


class ShareAnswer(serializers.ModelSerializer[ShareLink]):
    class Meta:
        model = ShareLink
        fields = ("id", "label", "language", "expires_at", "revoked_at", "opened", "last_opened_at", "created_at")


class ShareMade(ShareAnswer):
    url = serializers.SerializerMethodField(help_text="Told only now; it cannot be read again.")

    class Meta(ShareAnswer.Meta):
        fields = (*ShareAnswer.Meta.fields, "url")  # type: ignore[assignment]

    def get_url(self, row: ShareLink) -> str:
        return str(self.context["url"])


class ShowWrite(Base):
    valuation_id = serializers.UUIDField()
    shows = serializers.ChoiceField(choices=Shown.choices)


class ShownAnswer(Base):
    """What the owner lets members see beside a listing."""

    shows = serializers.CharField()
    point_inr = MoneyField(allow_null=True)
    low80_inr = MoneyField()
    high80_inr = MoneyField()
    quality = serializers.IntegerField()
    completed_at = serializers.DateTimeField()
    explanation = serializers.CharField()


class ClosedPriceWrite(Base):
    price_inr = MoneyField(help_text="What the sale brought, all in.")


class ClosedPriceAnswer(serializers.ModelSerializer[ObservedPrice]):
    class Meta:
        model = ObservedPrice
        fields = ("id", "listing_id", "kind", "amount_inr", "share_pct", "observed_at")
