"""Shapes of mandates and matches."""

from rest_framework import serializers

from matching.models import Mandate
from matching.types import MandateKind, MandateStatus
from msme.types import Intent
from msmebazaar.core.http.serializers import Base, MoneyField


class NicPrefix(serializers.RegexField):
    def __init__(self) -> None:
        super().__init__(r"^\d{2,5}$", help_text="Two to five digits of NIC-2008.")


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
    ticket_min_inr = MoneyField()
    ticket_max_inr = MoneyField()
    thesis = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    status = serializers.ChoiceField(choices=MandateStatus.choices, default=MandateStatus.ACTIVE)


class MandateCreate(MandateWrite):
    organisation_id = serializers.UUIDField(
        required=False,
        help_text="Who looks; one's own first organisation when left out. It needs the role of the kind.",
    )


class MandateAnswer(serializers.ModelSerializer[Mandate]):
    matches_are_fresh = serializers.SerializerMethodField(
        help_text="False for the seconds until a worker has matched the latest version."
    )

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
            "ticket_min_inr",
            "ticket_max_inr",
            "thesis",
            "status",
            "version",
            "matches_are_fresh",
            "created_at",
            "updated_at",
        )

    def get_matches_are_fresh(self, mandate: Mandate) -> bool:
        return mandate.matched_version == mandate.version


class ReasonAnswer(Base):
    code = serializers.CharField()
    points = serializers.IntegerField()
    most = serializers.IntegerField(help_text="The points this factor can give.")
    text = serializers.CharField()


class MatchedListing(Base):
    """The listing as a teaser."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    summary = serializers.CharField()
    intent = serializers.CharField()
    ask_inr = serializers.CharField()
    state = serializers.CharField()
    nic_division = serializers.CharField()


class MatchAnswer(Base):
    id = serializers.UUIDField()
    score = serializers.IntegerField(help_text="0 to 100, the sum of the reasons' points.")
    reasons = ReasonAnswer(many=True)
    listing = MatchedListing()
    engine_version = serializers.CharField()
    computed_at = serializers.DateTimeField()
