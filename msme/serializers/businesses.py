"""Shapes of businesses."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.masking import masked_identifier
from msme.models import Business
from msme.selectors import weak_contradictions
from msme.types import Constitution, MsmeClass
from msmebazaar.core.http.problems import translated
from msmebazaar.core.http.serializers import (
    Base,
    CINField,
    GSTINField,
    LLPINField,
    MoneyField,
    PANField,
    PincodeField,
    UdyamField,
)


class OwnerShape(Base):
    """Somebody who owns a part of the business."""

    full_name = serializers.CharField(max_length=120)
    share_pct = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=Decimal("0.01"), max_value=100, required=False, allow_null=True
    )
    is_active = serializers.BooleanField(default=True, help_text="Works in the business.")


class BusinessWrite(Base):
    legal_name = serializers.CharField(max_length=200)
    trade_name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    constitution = serializers.ChoiceField(choices=Constitution.choices)
    nic_code = serializers.RegexField(r"^\d{5}$", help_text="NIC-2008 sub-class, five digits.")
    gstin = GSTINField(required=False, allow_blank=True)
    pan = PANField(required=False, allow_blank=True, help_text="Taken from the GSTIN when left out.")
    udyam = UdyamField(required=False, allow_blank=True)
    cin = CINField(required=False, allow_blank=True)
    llpin = LLPINField(required=False, allow_blank=True)
    nic_2025 = serializers.RegexField(
        r"^\d{6}$",
        required=False,
        allow_blank=True,
        help_text="NIC-2025 sub-class, six digits, where you know it. Kept beside NIC-2008; its shape is checked, not its list.",
    )
    other_gstins = serializers.ListField(
        child=GSTINField(),
        required=False,
        max_length=40,
        help_text="Registrations in other states, all on the same PAN.",
    )
    owners = OwnerShape(many=True, required=False, help_text="The whole list; left out, it stays as it is.")
    address = serializers.CharField(max_length=300, required=False, allow_blank=True)
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


class WarningAnswer(Base):
    """Something that does not fit but proves nothing."""

    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class BusinessAnswer(serializers.ModelSerializer[Business]):
    """A business as its owner sees it. Identifiers are masked unless `reveal=true`."""

    gstin = MaskedField(allow_null=True)
    pan = MaskedField(allow_null=True)
    udyam = MaskedField(allow_null=True)
    other_gstins = serializers.SerializerMethodField()
    owners = OwnerShape(many=True)
    address = serializers.CharField(allow_null=True)
    warnings = serializers.SerializerMethodField()

    class Meta:
        model = Business
        fields = (
            "id",
            "organisation_id",
            "legal_name",
            "trade_name",
            "constitution",
            "nic_code",
            "nic_2025",
            "gstin",
            "other_gstins",
            "pan",
            "udyam",
            "cin",
            "llpin",
            "owners",
            "address",
            "state",
            "city",
            "pincode",
            "district",
            "established_year",
            "employees",
            "msme_class",
            "warnings",
            "created_at",
            "updated_at",
        )

    @extend_schema_field(serializers.ListSerializer(child=serializers.CharField()))
    def get_other_gstins(self, business: Business) -> list[str]:
        reveal = self.context.get("reveal")
        texts = [row.gstin for row in business.registrations.all()]
        return [text if reveal else masked_identifier(text) for text in texts]

    @extend_schema_field(WarningAnswer(many=True))
    def get_warnings(self, business: Business) -> list[dict[str, Any]]:
        """Weak facts that do not fit: worth a look, never a refusal."""
        return [
            {"field": fault.field, "code": fault.code, "message": translated(fault.message, fault.params)}
            for fault in weak_contradictions(business)
        ]


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
