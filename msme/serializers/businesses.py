"""Shapes of businesses."""

from rest_framework import serializers

from accounts.masking import masked_identifier
from msme.models import Business
from msme.types import Constitution, MsmeClass
from msmebazaar.core.http.serializers import (
    Base,
    CINField,
    GSTINField,
    MoneyField,
    PANField,
    PincodeField,
    UdyamField,
)


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
