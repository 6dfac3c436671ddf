"""Shapes of the market: a listing as others see it, search, facets, saved searches."""

from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.masking import masked_identifier
from msme import places
from msme.models import MarketEntry, SavedSearch
from msme.selectors import MarketQuery, section_titles
from msme.selectors.businesses import division_titles, earnings_of
from msme.serializers.financials import FinancialsAnswer
from msme.types import (
    ABOUT_DIGITS,
    BANDS,
    Collateral,
    Constitution,
    Frequency,
    Intent,
    Level,
    MsmeClass,
    SaleReason,
)
from msme.visibility import VISIBLE_FROM, visible_at
from msmebazaar.core.exceptions import N_
from msmebazaar.core.http.problems import translated
from msmebazaar.core.http.serializers import Base, MoneyField
from msmebazaar.core.types import FinancialYear, Money, state_by_letters


class YearShown(Base):
    """A year as it is shown after the NDA; rupees."""

    fiscal_year = serializers.CharField()
    months = serializers.IntegerField()
    source = serializers.CharField()  # type: ignore[assignment]
    revenue_inr = MoneyField()
    pat_inr = MoneyField()
    ebitda_inr = MoneyField(allow_null=True)


class LevelField(serializers.ChoiceField):
    """The level a serializer is made for."""

    def __init__(self, level: Level) -> None:
        self.level = level
        super().__init__(choices=[(level.value, level.label)], read_only=True)

    def get_attribute(self, instance: Any) -> str:
        return self.level.value


class ListingShown(serializers.ModelSerializer[MarketEntry]):
    """A live listing as somebody else sees it: all fields there are. `LISTING_AT` has the serializer of each level."""

    id = serializers.UUIDField(source="listing_id")
    is_own = serializers.BooleanField(read_only=True)
    level = LevelField(Level.DATA_ROOM)
    title = serializers.CharField(source="listing.title")
    summary = serializers.CharField(source="listing.summary")
    reason = serializers.ChoiceField(source="listing.reason", choices=SaleReason.choices, allow_blank=True)
    handover_months = serializers.IntegerField(source="listing.handover_months", allow_null=True)
    seller_finance_pct = serializers.DecimalField(
        source="listing.seller_finance_pct", max_digits=5, decimal_places=2, allow_null=True
    )
    includes_property = serializers.BooleanField(source="listing.includes_property", allow_null=True)
    assets = serializers.CharField(source="listing.assets", allow_blank=True)
    use_of_funds = serializers.CharField(source="listing.use_of_funds", allow_blank=True)
    tenor_months = serializers.IntegerField(source="listing.tenor_months", allow_null=True)
    collateral = serializers.ChoiceField(source="listing.collateral", choices=Collateral.choices, allow_blank=True)
    nic_division = serializers.CharField(
        source="division", help_text='Two digits of NIC-2008; "" where two would tell too much.'
    )
    revenue_about_inr = serializers.SerializerMethodField()
    ebitda_margin_about = serializers.SerializerMethodField()
    legal_name = serializers.CharField(source="listing.business.legal_name")
    trade_name = serializers.CharField(source="listing.business.trade_name")
    constitution = serializers.ChoiceField(source="listing.business.constitution", choices=Constitution.choices)
    city = serializers.CharField(source="listing.business.city")
    nic_code = serializers.CharField(source="listing.business.nic_code")
    nic_2025 = serializers.CharField(source="listing.business.nic_2025")
    established_year = serializers.IntegerField(source="listing.business.established_year", allow_null=True)
    employees = serializers.IntegerField(source="listing.business.employees", allow_null=True)
    figures = serializers.SerializerMethodField()
    gstin = serializers.SerializerMethodField()
    pan = serializers.SerializerMethodField()
    udyam = serializers.SerializerMethodField()
    cin = serializers.CharField(source="listing.business.cin")
    llpin = serializers.CharField(source="listing.business.llpin")
    address = serializers.CharField(source="listing.business.address", allow_null=True)
    pincode = serializers.CharField(source="listing.business.pincode")
    owners = serializers.SerializerMethodField()
    accounts = serializers.SerializerMethodField()

    class Meta:
        model = MarketEntry
        fields = tuple(VISIBLE_FROM)
        extra_kwargs = {
            name: {"help_text": "Number of the band; `GET /listings/facets/` has the label of each."}
            for name in ("revenue_band", "ebitda_band", "employees_band")
        }

    def get_revenue_about_inr(self, entry: MarketEntry) -> str:
        return str(Money(entry.revenue_inr).rounded(ABOUT_DIGITS))

    @extend_schema_field(serializers.DecimalField(max_digits=6, decimal_places=2, allow_null=True))
    def get_ebitda_margin_about(self, entry: MarketEntry) -> str | None:
        """A fraction of revenue, to the whole percent."""
        if entry.ebitda_inr is None or not entry.revenue_inr:
            return None
        return str((entry.ebitda_inr / entry.revenue_inr).quantize(Decimal("0.01")))

    @extend_schema_field(YearShown(many=True))
    def get_figures(self, entry: MarketEntry) -> Any:
        rows = sorted(entry.listing.business.statements.all(), key=lambda row: -row.fiscal_year)
        years = [
            {
                "fiscal_year": str(FinancialYear(row.fiscal_year)),
                "months": row.months,
                "source": row.source,
                "revenue_inr": row.revenue_inr,
                "pat_inr": row.pat_inr,
                "ebitda_inr": earnings_of(row).ebitda_inr,
            }
            for row in rows
        ]
        return YearShown(years, many=True).data

    def get_gstin(self, entry: MarketEntry) -> str:
        return masked_identifier(entry.listing.business.gstin)

    def get_pan(self, entry: MarketEntry) -> str:
        return masked_identifier(entry.listing.business.pan)

    def get_udyam(self, entry: MarketEntry) -> str:
        return masked_identifier(entry.listing.business.udyam)

    @extend_schema_field(serializers.ListSerializer(child=serializers.CharField()))
    def get_owners(self, entry: MarketEntry) -> list[str]:
        return [owner.full_name for owner in entry.listing.business.owners.all()]

    @extend_schema_field(serializers.ListSerializer(child=serializers.DictField()))
    def get_accounts(self, entry: MarketEntry) -> Any:
        """Every line of every year."""
        rows = sorted(entry.listing.business.statements.all(), key=lambda row: -row.fiscal_year)
        return FinancialsAnswer(rows, many=True).data


def _at(level: Level) -> type[ListingShown]:
    """The serializer of a level: the fields that the table of visibility gives it, in the order of the table."""
    names = tuple(name for name in VISIBLE_FROM if name in visible_at(level))
    meta = type("Meta", (ListingShown.Meta,), {"fields": names})
    doc = f"A live listing as it is seen at the level {level.value}."
    content = {"Meta": meta, "level": LevelField(level), "__doc__": doc}
    return type(f"ListingAt{level.value.title().replace('_', '')}", (ListingShown,), content)


LISTING_AT = {level: _at(level) for level in Level}


SORTS = ("newest", "ask_low", "ask_high", "revenue_high", "quality", "relevance")
NIC = r"^([A-U]|\d{2})$"


def _bands(name: str) -> serializers.ListField:
    highest = len(BANDS[name])
    return serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=highest), required=False, max_length=highest + 1
    )


class MarketFilter(Base):
    """Query of the market; repeat a name for alternatives."""

    q = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=200,
        help_text="Words in English or Hindi, such as “textile unit surat under 5 cr”.",
    )
    intent = serializers.ListField(child=serializers.ChoiceField(choices=Intent.choices), required=False, max_length=5)
    state = serializers.ListField(child=serializers.RegexField(r"^[A-Z]{2}$"), required=False, max_length=40)
    district = serializers.ListField(
        child=serializers.RegexField(r"^[A-Z]{2}/.{1,60}$"),
        required=False,
        max_length=40,
        help_text="Such as GJ/Surat.",
    )
    nic = serializers.ListField(
        child=serializers.RegexField(NIC),
        required=False,
        max_length=60,
        help_text="Section (a letter) or division (two digits).",
    )
    min_ask = MoneyField(required=False)
    max_ask = MoneyField(required=False)
    min_revenue = MoneyField(required=False)
    max_revenue = MoneyField(required=False)
    ask_band = _bands("ask")
    revenue_band = _bands("revenue")
    ebitda_band = _bands("ebitda")
    stake_band = _bands("stake")
    msme_class = serializers.ListField(
        child=serializers.ChoiceField(choices=MsmeClass.choices), required=False, max_length=3
    )
    verified = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Only owners whose identifiers or documents were checked (T1 or better).",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for name in ("ask", "revenue"):
            lowest, highest = attrs.get(f"min_{name}"), attrs.get(f"max_{name}")
            if lowest is not None and highest is not None and lowest > highest:
                message = translated(RANGE_MESSAGE)
                raise serializers.ValidationError({f"max_{name}": message}, code="range")
        return attrs


RANGE_MESSAGE = N_("The upper end is below the lower one.")


class ListingFilter(MarketFilter):
    mine = serializers.BooleanField(default=False, help_text="Own listings in every state instead of the market.")
    sort = serializers.ChoiceField(
        choices=SORTS, required=False, help_text="Relevance when there are words to search for, otherwise newest."
    )


class FacetValue(Base):
    value = serializers.CharField(help_text="What the filter of this name takes.")
    label = serializers.CharField(help_text="In the reader's language.")  # type: ignore[assignment]
    count = serializers.IntegerField()


class FilterShown(Base):
    """A filter that was found in the words."""

    name = serializers.CharField(help_text="Of the query parameter.")
    value = serializers.CharField()
    label = serializers.CharField(help_text="In the reader's language.")  # type: ignore[assignment]


class CorrectionShown(Base):
    typed = serializers.CharField()
    taken = serializers.CharField()


class UnderstoodShown(Base):
    filters = FilterShown(many=True)
    text = serializers.CharField(allow_blank=True, help_text="What is left and searched as text.")
    corrected = CorrectionShown(many=True)
    relaxed = serializers.ListField(child=serializers.CharField(), help_text="Filters widened because nothing fitted.")


class FacetsAnswer(Base):
    """How many listings there are under the query, and under each value of each facet."""

    count = serializers.IntegerField()
    understood = UnderstoodShown()
    facets = serializers.DictField(child=FacetValue(many=True))


def label_of(facet: str, value: str) -> str:
    """A facet's value in words, in the reader's language."""
    language = get_language() or "en"
    is_hindi = language.startswith("hi")
    if facet in CHOICES:
        return str(dict(CHOICES[facet]).get(value, value))
    if facet == "state":
        state = state_by_letters(value)
        return state.name(language) if state else value
    if facet in ("section", "division"):
        titles = (section_titles() if facet == "section" else division_titles()).get(value, (value, value))
        return titles[is_hindi]
    if facet == "district":
        state_letters, _, name = value.partition("/")
        hindi = places.hindi_names().get(places.District(state_letters, name))
        return hindi if is_hindi and hindi else name
    if facet.endswith("_band"):
        return _band_label(facet.removesuffix("_band"), int(value), language)
    return f"T{value}" if facet == "tier" else value


CHOICES: dict[str, Any] = {"intent": Intent.choices, "msme_class": MsmeClass.choices}


def _band_label(name: str, number: int, language: str) -> str:
    edges = BANDS[name]
    words = [f"{edge}%" if name == "stake" else Money(edge).short(language) for edge in edges]
    if number == 0:
        return f"< {words[0]}"
    return f"≥ {words[-1]}" if number == len(edges) else f"{words[number - 1]} – {words[number]}"


def understood_of(given: MarketQuery, read: MarketQuery) -> dict[str, Any]:
    """What the words added to the filters that were given, for showing back."""
    found: list[tuple[str, str, str]] = []
    for name, facet, before, after in (
        ("intent", "intent", given.intents, read.intents),
        ("state", "state", given.states, read.states),
        ("nic", "division", given.industries, read.industries),
    ):
        if before != after:
            found += [(name, value, label_of(facet, value)) for value in after]
    if given.districts != read.districts:
        values = [f"{district.state}/{district.name}" for district in read.districts]
        found += [("district", value, label_of("district", value)) for value in values]
    language = get_language() or "en"
    for name, before_amount, after_amount, sign in (
        ("min_ask", given.ask_min, read.ask_min, "≥"),
        ("max_ask", given.ask_max, read.ask_max, "≤"),
    ):
        if after_amount is not None and before_amount != after_amount:
            found.append((name, str(after_amount), f"{sign} {Money(after_amount).short(language)}"))
    return {
        "filters": [{"name": name, "value": value, "label": label} for name, value, label in found],
        "text": read.text,
        "corrected": [{"typed": typed, "taken": taken} for typed, taken in read.corrected],
        "relaxed": list(read.relaxed),
    }


class SavedSearchWrite(Base):
    name = serializers.CharField(max_length=80)
    frequency = serializers.ChoiceField(choices=Frequency.choices, default=Frequency.DAILY)
    query = MarketFilter(help_text="What `GET /listings/` takes.")


class SavedSearchAnswer(serializers.ModelSerializer[SavedSearch]):
    query = serializers.DictField()

    class Meta:
        model = SavedSearch
        fields = ("id", "name", "query", "frequency", "seen_until", "created_at", "updated_at")


class QualityPartAnswer(Base):
    code = serializers.CharField()
    points = serializers.IntegerField()
    most = serializers.IntegerField()
    step = serializers.SerializerMethodField()

    def get_step(self, part: Any) -> str:
        """What would give the rest, in the reader's language; "" when there is nothing left."""
        return translated(part.step) if part.step else ""


class QualityAnswer(Base):
    """How much a buyer can see, 0 to 100: the sum of the parts."""

    score = serializers.IntegerField()
    next_step = QualityPartAnswer(allow_null=True)
    parts = QualityPartAnswer(many=True)
