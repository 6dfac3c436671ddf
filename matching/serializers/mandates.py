"""Shapes of mandates."""

from typing import Any

from rest_framework import serializers

from matching.models import Mandate
from matching.reasons import hint_texts
from matching.selectors import strength_of
from matching.types import Condition, MandateKind, MandateStatus, Structure
from msme.types import Frequency, Intent
from msmebazaar.core.http.serializers import Base, MoneyField

SETTABLE = [(status.value, status.label) for status in (MandateStatus.ACTIVE, MandateStatus.PAUSED)]


class NicPrefix(serializers.RegexField):
    def __init__(self) -> None:
        super().__init__(
            r"^\d{2,5}$",
            help_text="Two to five digits of NIC-2008; the market tells trades by two, so a longer one counts by its division.",
        )


class Percent(serializers.DecimalField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=5, decimal_places=2, min_value=0, max_value=100, **kwargs)


class MandateWrite(Base):
    name = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(choices=MandateKind.choices)
    intents = serializers.ListField(
        child=serializers.ChoiceField(choices=Intent.choices), allow_empty=False, max_length=5
    )
    nic_include = serializers.ListField(child=NicPrefix(), default=list, max_length=50)
    nic_exclude = serializers.ListField(child=NicPrefix(), default=list, max_length=50)
    states = serializers.ListField(
        child=serializers.RegexField(r"^[A-Z]{2}$"), default=list, max_length=40, help_text="Empty: anywhere in India."
    )
    districts = serializers.ListField(
        child=serializers.RegexField(r"^[A-Z]{2}/[^/]{1,60}$"),
        default=list,
        max_length=40,
        help_text="State and district, such as MH/Pune.",
    )
    ticket_min_inr = MoneyField()
    ticket_max_inr = MoneyField()
    stake_min_pct = Percent(required=False, allow_null=True, default=None)
    stake_max_pct = Percent(required=False, allow_null=True, default=None)
    revenue_min_inr = MoneyField(required=False, allow_null=True, default=None)
    structures = serializers.ListField(
        child=serializers.ChoiceField(choices=Structure.choices), default=list, max_length=5
    )
    horizon_months = serializers.IntegerField(
        min_value=1, max_value=120, required=False, allow_null=True, default=None, help_text="Until when to close."
    )
    strict = serializers.ListField(
        child=serializers.ChoiceField(choices=Condition.choices),
        default=list,
        max_length=5,
        help_text="Deal-breakers: wishes that are conditions. What is not here only counts against a listing.",
    )
    thesis = serializers.CharField(
        max_length=2000,
        required=False,
        allow_blank=True,
        default="",
        help_text="In your own words, English or Hindi; listings are compared with it by meaning.",
    )
    status = serializers.ChoiceField(choices=SETTABLE, default=MandateStatus.ACTIVE.value)
    alerts = serializers.ChoiceField(choices=Frequency.choices, default=Frequency.DAILY)


class MandateCreate(MandateWrite):
    organisation_id = serializers.UUIDField(
        required=False,
        help_text="Who looks; one's own first organisation when left out. It needs the role of the kind.",
    )


class HintAnswer(Base):
    code = serializers.CharField()
    text = serializers.CharField()


class StrengthAnswer(Base):
    score = serializers.IntegerField(help_text="0 to 100: how much the mandate tells.")
    hints = HintAnswer(many=True, help_text="What to add, the most useful first.")


class MandateAnswer(serializers.ModelSerializer[Mandate]):
    matches_are_fresh = serializers.SerializerMethodField(
        help_text="False for the seconds until a worker has matched the latest version."
    )
    strength = serializers.SerializerMethodField()

    class Meta:
        model = Mandate
        fields = (
            "id",
            "organisation_id",
            "name",
            "kind",
            "intents",
            "nic_include",
            "nic_exclude",
            "states",
            "districts",
            "ticket_min_inr",
            "ticket_max_inr",
            "stake_min_pct",
            "stake_max_pct",
            "revenue_min_inr",
            "structures",
            "horizon_months",
            "strict",
            "thesis",
            "status",
            "expires_at",
            "alerts",
            "version",
            "matches_are_fresh",
            "strength",
            "created_at",
            "updated_at",
        )

    def get_matches_are_fresh(self, mandate: Mandate) -> bool:
        return mandate.matched_version == mandate.version

    def get_strength(self, mandate: Mandate) -> StrengthAnswer:
        strength = strength_of(mandate)
        return StrengthAnswer({"score": strength.score, "hints": hint_texts(strength.hints)}).data  # type: ignore[return-value]
