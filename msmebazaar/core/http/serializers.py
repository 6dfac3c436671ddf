"""Serializer fields of the value types: text in, canonical text out, the faulty part as the error's code."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from msmebazaar.core.exceptions import InvalidValue
from msmebazaar.core.http.problems import translated
from msmebazaar.core.types import CIN, GSTIN, LLPIN, PAN, FinancialYear, Money, Phone, Pincode, Udyam


class ValueField(serializers.CharField):
    """Text that a value type must accept. The validated value is the canonical text."""

    parse: Callable[[str], Any]

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 60)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if text == "" and self.allow_blank:
            return ""
        return str(parsed(type(self).parse, text))


def parsed(parse: Callable[[str], Any], text: str) -> Any:
    """`parse(text)`, its refusal as DRF's validation error with the part as code."""
    try:
        return parse(text)
    except InvalidValue as refused:
        raise serializers.ValidationError(translated(refused.message, refused.params), code=refused.part) from refused


class PhoneField(ValueField):
    parse = Phone.parse


class GSTINField(ValueField):
    parse = GSTIN.parse


class PANField(ValueField):
    parse = PAN.parse


class UdyamField(ValueField):
    parse = Udyam.parse


class CINField(ValueField):
    parse = CIN.parse


class LLPINField(ValueField):
    parse = LLPIN.parse


class PincodeField(ValueField):
    parse = Pincode.parse


class FinancialYearField(ValueField):
    parse = FinancialYear.parse


@extend_schema_field(OpenApiTypes.STR)
class MoneyField(serializers.Field[Decimal, Any, str, Any]):
    """Rupees. In: a number, or text such as `2.5 cr`, `50 lakh`, `५० लाख`. Out: a decimal string."""

    default_error_messages = {
        "negative": _("This amount cannot be negative."),
        "invalid": _("This amount was not understood. Write it like 50 lakh, 2.5 crore or 1,25,000."),
    }

    def __init__(self, *, allow_negative: bool = False, **kwargs: Any) -> None:
        self.allow_negative = allow_negative
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, (str, int, float, Decimal)):
            self.fail("invalid")
        text = data if isinstance(data, str) else format(Decimal(str(data)), "f")
        amount: Decimal = parsed(Money.parse, text).amount
        if amount < 0 and not self.allow_negative:
            self.fail("negative")
        return amount

    def to_representation(self, value: Decimal) -> str:
        return str(Money(value))


class Base(serializers.Serializer[Any]):
    """A serializer that shapes and checks only; services write."""

    def create(self, validated_data: Any) -> Any:
        raise NotImplementedError("services write")

    def update(self, instance: Any, validated_data: Any) -> Any:
        raise NotImplementedError("services write")


class Reveal(Base):
    reveal = serializers.BooleanField(default=False, help_text="Show personal data in clear; each time is recorded.")
