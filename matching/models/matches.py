"""What is compared, what came of it, and what people did about it."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from pgvector.django import HalfVectorField

from matching.models.mandates import Mandate
from matching.types import FeedbackKind, RefusalReason
from msmebazaar.core.models import TimeStamped
from msmebazaar.core.uuid7 import uuid7

DIMENSIONS = 384


class ListingProfile(models.Model):
    """A live listing as matching compares it: what its teaser tells, and what its owner accepts. Nothing here is more exact.

    `version` is the listing's own; `text_key` names the text whose vector belongs to it.
    """

    listing_id = models.UUIDField(primary_key=True)
    organisation_id = models.UUIDField()
    version = models.PositiveIntegerField()
    intent = models.CharField(max_length=20)
    section = models.CharField(max_length=1, blank=True)
    division = models.CharField(max_length=2, blank=True)
    state = models.CharField(max_length=2)
    district = models.CharField(max_length=60, blank=True)
    ask_inr = models.DecimalField(max_digits=18, decimal_places=2)
    revenue_about_inr = models.DecimalField(max_digits=18, decimal_places=2)
    stake_pct = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    quality = models.PositiveSmallIntegerField()
    tier = models.PositiveSmallIntegerField()
    published_at = models.DateTimeField()
    title = models.CharField(max_length=200)
    summary = models.TextField()
    text_key = models.CharField(max_length=32)
    words = SearchVectorField()
    accepts_kinds = ArrayField(models.CharField(max_length=10), default=list)
    accepts_tier = models.PositiveSmallIntegerField(default=0)
    accepts_share_pct = models.PositiveSmallIntegerField(null=True)
    exposure = models.FloatField(
        default=0.0, help_text="Logarithm of how much more often than others it led lists at the last sweep."
    )

    class Meta:
        indexes = [
            GinIndex(fields=["words"], name="matching_profile_words", fastupdate=False),
            models.Index(fields=["intent", "division", "state", "ask_inr"], name="matching_profile_trade"),
            models.Index(fields=["intent", "ask_inr"], name="matching_profile_ask"),
            models.Index(fields=["organisation_id"], name="matching_profile_owner"),
            models.Index(fields=["-published_at"], name="matching_profile_newest"),
        ]

    def __str__(self) -> str:
        return f"profile of {self.listing_id}"

    @property
    def text(self) -> str:
        """What is compared by meaning and words."""
        return f"{self.title}. {self.summary}"


class Acceptance(models.Model):
    """Which seekers the owner of a listing accepts; without a row, all."""

    listing = models.OneToOneField("msme.Listing", on_delete=models.CASCADE, primary_key=True, related_name="+")
    kinds = ArrayField(models.CharField(max_length=10), default=list)
    tier = models.PositiveSmallIntegerField(default=0, help_text="The badge a seeker must have.")
    share_pct = models.PositiveSmallIntegerField(
        null=True, help_text="Of the asking price, that a seeker's highest amount must reach."
    )

    def __str__(self) -> str:
        return f"acceptance of {self.listing_id}"


class TextVector(models.Model):
    """The vector of a text, by the model that made it: 384 half-precision numbers. Texts are known by their hash alone.

    A text is embedded once for each model, whoever wrote it.
    """

    text_key = models.CharField(max_length=32)
    model = models.CharField(max_length=60)
    vector = models.BinaryField()
    used_on = models.DateField(help_text="The last day on which something had this text.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["text_key", "model"], name="matching_textvector_once")]
        indexes = [models.Index(fields=["used_on"], name="matching_textvector_unused")]

    def __str__(self) -> str:
        return f"{self.model} {self.text_key}"


class ListingVector(models.Model):
    """The vector of a live listing where SQL can order by it. The table is there only where PostgreSQL has pgvector."""

    listing_id = models.UUIDField(primary_key=True)
    model = models.CharField(max_length=60)
    vector = HalfVectorField(dimensions=DIMENSIONS)

    class Meta:
        db_table = "matching_listingvector"

    def __str__(self) -> str:
        return f"vector of {self.listing_id}"


class MarketSnapshot(models.Model):
    """What was common on the market when it was taken (`matching.engine.types.Market`); every match names its own."""

    id = models.BigAutoField(primary_key=True)
    taken_at = models.DateTimeField()
    embedding_model = models.CharField(max_length=60)
    content = models.BinaryField(help_text="Compressed JSON.")

    class Meta:
        get_latest_by = "id"

    def __str__(self) -> str:
        return f"market of {self.taken_at:%Y-%m-%d %H:%M}"


class Match(TimeStamped):
    """A listing that fits a mandate: its score, and which versions of everything it was made from.

    The parts of a score are not kept but made again from the same inputs (`services.explaining`).
    """

    mandate = models.ForeignKey(Mandate, on_delete=models.CASCADE, related_name="matches")
    listing = models.ForeignKey("msme.Listing", on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField()
    seeker_score = models.PositiveSmallIntegerField(default=50, db_default=50)
    owner_score = models.PositiveSmallIntegerField(default=50, db_default=50)
    rank_key = models.CharField(max_length=30)
    engine_version = models.CharField(max_length=20)
    ranker = models.CharField(max_length=40, blank=True, default="", db_default="")
    snapshot_id = models.BigIntegerField(null=True)
    mandate_version = models.PositiveIntegerField()
    listing_version = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mandate", "listing"], name="matching_match_once"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=100), name="matching_match_score"),
        ]
        indexes = [models.Index(fields=["mandate", "-rank_key"], name="matching_match_order")]
        verbose_name_plural = "matches"

    def __str__(self) -> str:
        return f"{self.score} {self.listing_id} for {self.mandate_id}"


class Feedback(models.Model):
    """What somebody did about a match. Append-only; goes with the mandate.

    `shown_rank` and `ranker` say what led to it, so that learning can tell liking from being shown. `facts` are the listing's
    own as they were: it may be gone when they are learned from.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mandate = models.ForeignKey(Mandate, on_delete=models.CASCADE, related_name="feedback")
    listing_id = models.UUIDField()
    kind = models.CharField(max_length=10, choices=FeedbackKind.choices)
    reason = models.CharField(max_length=15, choices=RefusalReason.choices, blank=True)
    ask_inr = models.DecimalField(max_digits=18, decimal_places=2)
    shown_rank = models.PositiveSmallIntegerField(null=True)
    ranker = models.CharField(max_length=40, blank=True)
    facts = models.JSONField()
    user_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "feedback"
        indexes = [models.Index(fields=["mandate", "listing_id", "-at"], name="matching_feedback_of_pair")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.kind} {self.listing_id}"


class RankerVersion(models.Model):
    """A trained ranker. One at most is in use; none means the untrained engine."""

    version = models.CharField(max_length=40, primary_key=True)
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    examples = models.PositiveIntegerField()
    positives = models.PositiveIntegerField()
    report = models.JSONField()
    is_in_use = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_in_use"], condition=Q(is_in_use=True), name="matching_rankerversion_in_use"
            )
        ]

    def __str__(self) -> str:
        return self.version
