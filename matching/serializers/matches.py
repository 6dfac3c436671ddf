"""Shapes of matches, feedback, search and statistics."""

from rest_framework import serializers

from matching.types import FeedbackKind, MandateKind, RefusalReason
from msme.types import Intent
from msmebazaar.core.http.serializers import Base, MoneyField

GIVEN = [
    (kind.value, kind.label)
    for kind in FeedbackKind
    if kind not in (FeedbackKind.ACCEPTED, FeedbackKind.CONTACTED)  # those follow from introductions
]


SIDES = [("", "both"), ("seeker", "seeker"), ("owner", "owner")]


class ReasonAnswer(Base):
    side = serializers.ChoiceField(
        choices=SIDES,
        help_text="Whose interest it is about: what the seeker asks for, or what the owner can want.",
    )
    factor = serializers.CharField()
    code = serializers.CharField()
    points = serializers.FloatField(help_text="With one decimal.")
    text = serializers.CharField()


class MatchedListing(Base):
    """The listing as a teaser."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    summary = serializers.CharField()
    intent = serializers.ChoiceField(choices=Intent.choices)
    ask_inr = serializers.CharField()
    state = serializers.CharField()
    district = serializers.CharField()
    nic_division = serializers.CharField()


class MatchAnswer(Base):
    id = serializers.UUIDField()
    score = serializers.IntegerField(
        help_text="0 to 100: 50 is a pair like any other, ten more mean doubled odds. No probability of a sale."
    )
    band = serializers.ChoiceField(choices=[(name, name) for name in ("strong", "good", "fair", "weak")])
    seeker_score = serializers.IntegerField(help_text="How far the listing is what the mandate asks for.")
    owner_score = serializers.IntegerField(help_text="How far the seeker is what the owner can want.")
    reasons = ReasonAnswer(many=True, help_text="At most three for and two against; the explanation has all of them.")
    listing = MatchedListing()
    is_saved = serializers.BooleanField()
    introduction_state = serializers.CharField(help_text='"" when no introduction was asked for.')
    engine_version = serializers.CharField()
    computed_at = serializers.DateTimeField()


class SeekerShown(Base):
    """A seeker as an owner sees them before agreeing: what they look for, not who they are."""

    kind = serializers.ChoiceField(choices=MandateKind.choices)
    tier = serializers.IntegerField(help_text="Badge of their organisation, 0 to 3.")
    intents = serializers.ListField(child=serializers.ChoiceField(choices=Intent.choices))
    states = serializers.ListField(child=serializers.CharField())
    ticket_min_about_inr = serializers.CharField()
    ticket_max_about_inr = serializers.CharField()
    structures = serializers.ListField(child=serializers.CharField())
    horizon_months = serializers.IntegerField(allow_null=True)
    strength = serializers.IntegerField(help_text="0 to 100: how much the mandate tells.")


class ListingMatchAnswer(Base):
    id = serializers.UUIDField()
    score = serializers.IntegerField()
    band = serializers.ChoiceField(choices=[(name, name) for name in ("strong", "good", "fair", "weak")])
    seeker = SeekerShown()
    introduction_state = serializers.CharField(help_text='"" when no introduction was asked for.')
    computed_at = serializers.DateTimeField()


class FailureAnswer(Base):
    code = serializers.CharField()
    text = serializers.CharField()


class ExplanationAnswer(Base):
    """A pair in full. The points of all reasons sum to the score."""

    is_match = serializers.BooleanField(help_text="False when a condition is not met; `failed` says which.")
    score = serializers.IntegerField()
    band = serializers.CharField()
    seeker_score = serializers.IntegerField()
    owner_score = serializers.IntegerField()
    reasons = ReasonAnswer(many=True)
    failed = FailureAnswer(many=True)
    unknown = serializers.ListField(
        child=serializers.CharField(), help_text="What the mandate asks and the teaser does not tell."
    )
    degraded = serializers.ListField(
        child=serializers.CharField(), help_text="`embedding`: texts were not compared by meaning yet."
    )
    listing = MatchedListing()
    engine_version = serializers.CharField()
    ranker = serializers.CharField(help_text='"" for the untrained engine.')


class FeedbackWrite(Base):
    kind = serializers.ChoiceField(choices=GIVEN)
    reason = serializers.ChoiceField(
        choices=RefusalReason.choices, required=False, allow_blank=True, default="", help_text="Of a refusal."
    )
    shown_rank = serializers.IntegerField(
        min_value=1, max_value=1000, required=False, allow_null=True, default=None, help_text="Its place on the page."
    )


class FeedbackAnswer(Base):
    id = serializers.UUIDField()
    listing_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=FeedbackKind.choices)
    reason = serializers.CharField()
    at = serializers.DateTimeField()


class AcceptanceShape(Base):
    kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=MandateKind.choices), default=list, max_length=4, help_text="Empty: all."
    )
    tier = serializers.IntegerField(min_value=0, max_value=3, default=0, help_text="The badge a seeker must have.")
    share_pct = serializers.IntegerField(
        min_value=10,
        max_value=100,
        required=False,
        allow_null=True,
        default=None,
        help_text="Of the asking price, that a seeker's highest amount must reach.",
    )


class SearchWrite(Base):
    text = serializers.CharField(max_length=500, help_text="What is sought, in English or Hindi.")
    intent = serializers.ListField(child=serializers.ChoiceField(choices=Intent.choices), default=list, max_length=5)
    nic = serializers.ListField(child=serializers.RegexField(r"^\d{2}$"), default=list, max_length=20)
    state = serializers.ListField(child=serializers.RegexField(r"^[A-Z]{2}$"), default=list, max_length=40)
    min_ask = MoneyField(required=False, allow_null=True, default=None)
    max_ask = MoneyField(required=False, allow_null=True, default=None)
    page = serializers.IntegerField(min_value=1, max_value=20, default=1)
    page_size = serializers.IntegerField(min_value=1, max_value=50, default=20)


class FoundListing(Base):
    listing = MatchedListing()
    found_by = serializers.ListField(
        child=serializers.ChoiceField(choices=[("meaning", "meaning"), ("words", "words")])
    )


class SearchAnswer(Base):
    results = FoundListing(many=True)
    count = serializers.IntegerField(help_text="How many were found in all; at most 400.")
    page = serializers.IntegerField()
    has_more = serializers.BooleanField()
    degraded = serializers.ListField(
        child=serializers.CharField(), help_text="`embedding` or `pgvector`: found by words alone."
    )


class StatisticsAnswer(Base):
    mandates_active = serializers.IntegerField()
    matches = serializers.IntegerField()
    matches_good = serializers.IntegerField(help_text="Of 65 and more.")
    matches_strong = serializers.IntegerField(help_text="Of 80 and more.")
    mandates_for_listings = serializers.IntegerField(help_text="Mandates of others that match one's live listings.")
    viewed = serializers.IntegerField()
    saved = serializers.IntegerField()
    declined = serializers.IntegerField()
    contacted = serializers.IntegerField()
    introductions_asked = serializers.IntegerField()
    introductions_approved = serializers.IntegerField()
    introductions_waiting = serializers.IntegerField()
    answered_within_hours = serializers.FloatField(allow_null=True)
    since = serializers.DateTimeField()
