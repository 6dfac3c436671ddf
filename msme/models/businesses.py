"""Firms, and the industry codes they refer to."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from msme.types import (
    Constitution,
    MsmeClass,
)
from msmebazaar.core.crypto import EncryptedTextField
from msmebazaar.core.history import tracked
from msmebazaar.core.models import TimeStamped


def rupees(**options: object) -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(max_digits=18, decimal_places=2, **options)  # type: ignore[arg-type]


class NicCode(models.Model):
    """National Industrial Classification; loaded by `manage.py load_reference_data`."""

    code = models.CharField(max_length=5, primary_key=True)
    level = models.CharField(max_length=10)
    division = models.CharField(max_length=2)
    section = models.CharField(max_length=1)
    title_en = models.CharField(max_length=300)
    title_hi = models.CharField(max_length=300, blank=True)
    revision = models.CharField(max_length=10, default="2008")

    class Meta:
        verbose_name = "NIC code"

    def __str__(self) -> str:
        return f"{self.code} {self.title_en}"


@tracked("organisation", "constitution", "nic_code", "state", "employees", "merged_into")
class Business(TimeStamped):
    """A firm, with its identifiers encrypted and a blind index where one must be found again."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    legal_name = models.CharField(max_length=200)
    trade_name = models.CharField(max_length=200, blank=True)
    constitution = models.CharField(max_length=20, choices=Constitution.choices)
    gstin = EncryptedTextField()
    gstin_index = models.CharField(max_length=64, blank=True)
    pan = EncryptedTextField()
    pan_index = models.CharField(max_length=64, blank=True, db_index=True)
    udyam = EncryptedTextField()
    cin = models.CharField(max_length=21, blank=True)
    llpin = models.CharField(max_length=8, blank=True, db_default="")
    nic_code = models.CharField(max_length=5)
    nic_2025 = models.CharField(max_length=6, blank=True, db_default="")
    address = EncryptedTextField()
    state = models.CharField(max_length=2)
    city = models.CharField(max_length=80, blank=True)
    pincode = models.CharField(max_length=6, blank=True)
    district = models.CharField(
        max_length=60, blank=True, db_default="", help_text="Found from the PIN code or the city."
    )
    msme_class = models.CharField(max_length=6, choices=MsmeClass.choices, blank=True, db_default="")
    established_year = models.PositiveSmallIntegerField(null=True)
    employees = models.PositiveIntegerField(null=True)

    merged_into = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, db_index=False, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["state", "district", "nic_code"], name="msme_business_place_industry"),
            models.Index(fields=["pincode"], condition=~Q(pincode=""), name="msme_business_pincode"),
            models.Index(fields=["gstin_index"], condition=~Q(gstin_index=""), name="msme_business_gstin"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "gstin_index"],
                condition=~Q(gstin_index=""),
                name="msme_business_gstin_once_per_organisation",
            )
        ]
        verbose_name_plural = "businesses"

    def __str__(self) -> str:
        return self.legal_name


class GstRegistration(TimeStamped):
    """A further GSTIN of a business, in another state or a second one in the same; `Business.gstin` is the principal one."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="registrations")
    gstin = EncryptedTextField()
    gstin_index = models.CharField(max_length=64, db_index=True)
    state = models.CharField(max_length=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business", "gstin_index"], name="msme_gstregistration_once"),
        ]
        verbose_name = "GST registration"

    def __str__(self) -> str:
        return f"a registration in {self.state}"


class BusinessOwner(TimeStamped):
    """Who owns how much of a business. Their names must not stand in a teaser."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="owners")
    full_name = EncryptedTextField()
    share_pct = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    is_active = models.BooleanField(help_text="Works in the business.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(share_pct__isnull=True) | Q(share_pct__gt=0, share_pct__lte=100),
                name="msme_businessowner_share",
            ),
        ]

    def __str__(self) -> str:
        return f"an owner of {self.business_id}"
