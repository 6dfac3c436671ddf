"""Shapes of businesses, figures and listings."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from accounts.masking import masked_identifier
from msme.models import Business, FinancialStatement, Listing, ListingVersion
from msme.texts import REVIEW_SENTENCES
from msme.types import Constitution, FigureSource, Intent, ListingStatus, MsmeClass, ReviewReason
from msmebazaar.core.http.problems import translated
from msmebazaar.core.http.serializers import (
    Base,
    CINField,
    FinancialYearField,
    GSTINField,
    MoneyField,
    PANField,
    PincodeField,
    UdyamField,
)
from msmebazaar.core.types import FinancialYear


class BusinessWrite(Base):
    legal_name = serializers.CharField(max_length=200)
    trade_name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    constitution = serializers.ChoiceField(choices=Constitution.choices)
    nic_code = serializers.RegexField(r"^\d{5}$", help_text="NIC-2008 sub-class, five digits.")
    gstin = GSTINField(required=False, allow_blank=True)
    pan = PANField(required=False, allow_blank=True, help_text="Taken from the GSTIN when left out.")
    udyam = UdyamField(required=False, allow_blank=True)
    cin = CINField(required=False, allow_blank=True)
    state = serializers.RegexField(
        r"^[A-Z]{2}$", required=False, help_text="ISO letters such as MH; taken from the GSTIN when left out."
    )
    city = serializers.CharField(max_length=80, required=False, allow_blank=True)
    pincode = PincodeField(required=False, allow_blank=True)
    established_year = serializers.IntegerField(min_value=1800, max_value=2100, required=False, allow_null=True)
    employees = serializers.IntegerField(min_value=0, max_value=1_000_000, required=False, allow_null=True)


class BusinessCreate(BusinessWrite):
    organisation_id = serializers.UUIDField(
        required=False, help_text="Whose business it is; one's own first organisation when left out."
    )


class MaskedField(serializers.CharField):
    """An identifier, masked unless the caller asked to see it (`context["reveal"]`)."""

    def to_representation(self, value: str) -> str:
        return value if self.context.get("reveal") else masked_identifier(value)


class BusinessAnswer(serializers.ModelSerializer[Business]):
    """A business as its owner sees it. Identifiers are masked unless `reveal=true`."""

    gstin = MaskedField(allow_null=True)
    pan = MaskedField(allow_null=True)
    udyam = MaskedField(allow_null=True)

    class Meta:
        model = Business
        fields = (
            "id",
            "organisation_id",
            "legal_name",
            "trade_name",
            "constitution",
            "nic_code",
            "gstin",
            "pan",
            "udyam",
            "cin",
            "state",
            "city",
            "pincode",
            "established_year",
            "employees",
            "msme_class",
            "created_at",
            "updated_at",
        )


class StandingQuery(Base):
    on = serializers.DateField(required=False, help_text="The day; today when left out.")


class StandingAnswer(Base):
    """The MSME class on a day, with what it was found from."""

    msme_class = serializers.ChoiceField(choices=MsmeClass.choices, allow_null=True)
    on = serializers.DateField()
    fiscal_year = serializers.CharField(allow_null=True)
    turnover_inr = MoneyField(help_text="Without exports, all businesses on the PAN together.")
    investment_inr = MoneyField()
    is_complete = serializers.BooleanField(help_text="false: some investment is not known; the class may be higher.")
    source = serializers.CharField(help_text="The notification whose limits were used.")  # type: ignore[assignment]


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


class ListingWrite(Base):
    intent = serializers.ChoiceField(choices=Intent.choices)
    title = serializers.CharField(max_length=120, help_text="Without anything that tells who the business is.")
    summary = serializers.CharField(max_length=2000)
    ask_inr = MoneyField()
    stake_pct = serializers.DecimalField(max_digits=5, decimal_places=2, required=False, allow_null=True)


class ListingCreate(ListingWrite):
    business_id = serializers.UUIDField()


class ListingAnswer(serializers.ModelSerializer[Listing]):
    """A listing as its owner sees it."""

    status = serializers.ChoiceField(choices=ListingStatus.choices)
    review_reason = serializers.ChoiceField(choices=ReviewReason.choices, allow_blank=True)
    review_message = serializers.SerializerMethodField()
    is_own = serializers.SerializerMethodField()

    class Meta:
        model = Listing
        fields = (
            "id",
            "business_id",
            "is_own",
            "intent",
            "title",
            "summary",
            "ask_inr",
            "stake_pct",
            "status",
            "version",
            "review_reason",
            "review_message",
            "review_note",
            "status_reason",
            "submitted_at",
            "published_at",
            "confirmed_at",
            "created_at",
            "updated_at",
        )

    def get_review_message(self, listing: Listing) -> str:
        """The reason as a sentence in the reader's language."""
        return translated(REVIEW_SENTENCES[ReviewReason(listing.review_reason)]) if listing.review_reason else ""

    def get_is_own(self, listing: Listing) -> bool:
        return True


class Reprice(Base):
    ask_inr = MoneyField()
    confirm = serializers.BooleanField(
        default=False, help_text="true: a price 20 times the one before, or a twentieth of it, is meant."
    )


class VersionChangeAnswer(Base):
    field = serializers.CharField()
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class VersionAnswer(serializers.ModelSerializer[ListingVersion]):
    """A published version, with what it changed."""

    changes = VersionChangeAnswer(many=True)

    class Meta:
        model = ListingVersion
        fields = ("number", "intent", "title", "summary", "ask_inr", "stake_pct", "published_at", "changes")


class PricePointAnswer(Base):
    at = serializers.DateTimeField()
    ask_inr = MoneyField()


class ListingTeaser(serializers.ModelSerializer[Listing]):
    """A live listing as everybody sees it: nothing that tells whose it is. `business_id` and the owner stay away."""

    state = serializers.CharField(source="business.state")
    nic_division = serializers.SerializerMethodField()
    is_own = serializers.SerializerMethodField()

    class Meta:
        model = Listing
        fields = (
            "id",
            "is_own",
            "intent",
            "title",
            "summary",
            "ask_inr",
            "stake_pct",
            "state",
            "nic_division",
            "published_at",
        )

    def get_nic_division(self, listing: Listing) -> str:
        """The first two digits of the industry: five would name a firm in a small place."""
        return listing.business.nic_code[:2]

    def get_is_own(self, listing: Listing) -> bool:
        return False


class ListingFilter(Base):
    """Query of the listing page; repeat a name for several values."""

    mine = serializers.BooleanField(default=False, help_text="Own listings in every state instead of the market.")
    state = serializers.ListField(child=serializers.RegexField(r"^[A-Z]{2}$"), default=list)
    nic = serializers.ListField(child=serializers.RegexField(r"^\d{2,5}$"), default=list, help_text="NIC prefix.")
    intent = serializers.ListField(child=serializers.ChoiceField(choices=Intent.choices), default=list)
    min_ask = MoneyField(required=False)
    max_ask = MoneyField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        lowest, highest = attrs.get("min_ask"), attrs.get("max_ask")
        if lowest is not None and highest is not None and lowest > highest:
            raise serializers.ValidationError({"max_ask": "max_ask is below min_ask."}, code="range")
        return attrs
