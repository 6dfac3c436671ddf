"""Shapes of listings."""

from decimal import Decimal

from rest_framework import serializers

from msme.models import Listing, ListingVersion
from msme.texts import REVIEW_SENTENCES
from msme.types import ALL_TERMS, Collateral, Intent, ListingStatus, ReviewReason, SaleReason
from msmebazaar.core.http.problems import translated
from msmebazaar.core.http.serializers import (
    Base,
    MoneyField,
)

TERM_FIELDS = tuple(sorted(ALL_TERMS))


class ListingWrite(Base):
    intent = serializers.ChoiceField(choices=Intent.choices)
    title = serializers.CharField(max_length=120, help_text="Without anything that tells who the business is.")
    summary = serializers.CharField(max_length=2000)
    ask_inr = MoneyField()
    stake_pct = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=Decimal("0.01"), max_value=100, required=False, allow_null=True
    )
    reason = serializers.ChoiceField(choices=SaleReason.choices, required=False, allow_blank=True)
    handover_months = serializers.IntegerField(min_value=0, max_value=60, required=False, allow_null=True)
    seller_finance_pct = serializers.DecimalField(
        max_digits=5,
        decimal_places=2,
        min_value=0,
        max_value=100,
        required=False,
        allow_null=True,
        help_text="Part of the price that the seller lets the buyer pay later.",
    )
    includes_property = serializers.BooleanField(required=False, allow_null=True)
    assets = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    use_of_funds = serializers.CharField(max_length=500, required=False, allow_blank=True)
    tenor_months = serializers.IntegerField(min_value=1, max_value=360, required=False, allow_null=True)
    collateral = serializers.ChoiceField(choices=Collateral.choices, required=False, allow_blank=True)


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
            *TERM_FIELDS,
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
        fields = ("number", "intent", "title", "summary", "ask_inr", *TERM_FIELDS, "published_at", "changes")


class PricePointAnswer(Base):
    at = serializers.DateTimeField()
    ask_inr = MoneyField()
