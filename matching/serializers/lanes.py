"""Shapes of loan products and their comparison."""

from typing import Any

from rest_framework import serializers

from matching.models import LoanProduct
from msme.types import Collateral
from msmebazaar.core.http.serializers import Base, MoneyField


class Rate(serializers.DecimalField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=5, decimal_places=2, min_value=0, max_value=100, **kwargs)


class LoanProductWrite(Base):
    name = serializers.CharField(max_length=120)
    lender_name = serializers.CharField(max_length=160, help_text="The regulated entity that lends.")
    amount_min_inr = MoneyField()
    amount_max_inr = MoneyField()
    tenor_min_months = serializers.IntegerField(min_value=1, max_value=360)
    tenor_max_months = serializers.IntegerField(min_value=1, max_value=360)
    rate_pct = Rate(help_text="Percent a year, on the falling balance.")
    fee_pct = Rate(help_text="Percent of the amount, once; all fees and charges together.")
    penalties = serializers.CharField(max_length=500, help_text="What late payment and early repayment cost, in words.")
    key_facts_url = serializers.URLField(max_length=300, help_text="Link to the key facts statement.")
    states = serializers.ListField(
        child=serializers.RegexField(r"^[A-Z]{2}$"), default=list, max_length=40, help_text="Empty: anywhere in India."
    )
    collaterals = serializers.ListField(
        child=serializers.ChoiceField(choices=Collateral.choices), default=list, max_length=5, help_text="Empty: any."
    )
    is_active = serializers.BooleanField(default=True)


class LoanProductCreate(LoanProductWrite):
    organisation_id = serializers.UUIDField(required=False)


class LoanProductAnswer(serializers.ModelSerializer[LoanProduct]):
    class Meta:
        model = LoanProduct
        fields = (
            "id",
            "organisation_id",
            "name",
            "lender_name",
            "amount_min_inr",
            "amount_max_inr",
            "tenor_min_months",
            "tenor_max_months",
            "rate_pct",
            "fee_pct",
            "penalties",
            "key_facts_url",
            "states",
            "collaterals",
            "is_active",
            "created_at",
            "updated_at",
        )


class LoanOfferAnswer(Base):
    """What one lender's product would cost for this request: the same facts for each, none ahead of another."""

    product_id = serializers.UUIDField(source="product.id")
    name = serializers.CharField(source="product.name")
    lender_name = serializers.CharField(source="product.lender_name")
    amount_inr = serializers.CharField()
    tenor_months = serializers.IntegerField()
    rate_pct = serializers.CharField(source="product.rate_pct")
    apr_pct = serializers.CharField(help_text="Annual percentage rate with fees.")
    instalment_inr = serializers.CharField(help_text="A month.")
    fee_inr = serializers.CharField()
    total_inr = serializers.CharField(help_text="Instalments and fees together.")
    penalties = serializers.CharField(source="product.penalties")
    key_facts_url = serializers.CharField(source="product.key_facts_url")
