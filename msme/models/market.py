"""What the market may know of live listings, prepared for search, and the words it is searched by."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from msme.models.businesses import rupees
from msme.models.listings import Listing
from msme.types import Frequency, Intent, MsmeClass
from msmebazaar.core.models import TimeStamped


class MarketEntry(models.Model):
    """A live listing as the market may know it; a listing that is not live has none.

    Place and industry are as wide as `msme.widening` makes them, so whatever reads only this row cannot tell too much.
    `district` and `division` are "" where they would. Bands are numbers of `msme.types.BANDS`.
    """

    listing = models.OneToOneField(Listing, on_delete=models.CASCADE, primary_key=True, related_name="entry")
    business_id = models.UUIDField(db_index=True)
    organisation_id = models.UUIDField(db_index=True)
    intent = models.CharField(max_length=20, choices=Intent.choices)
    state = models.CharField(max_length=2)
    district = models.CharField(max_length=60, blank=True)
    section = models.CharField(max_length=1, blank=True)
    division = models.CharField(max_length=2, blank=True)
    ask_inr = rupees()
    revenue_inr = rupees()
    ebitda_inr = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    stake_pct = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    ask_band = models.PositiveSmallIntegerField()
    revenue_band = models.PositiveSmallIntegerField()
    ebitda_band = models.PositiveSmallIntegerField(null=True)
    stake_band = models.PositiveSmallIntegerField(null=True)
    employees_band = models.PositiveSmallIntegerField(null=True)
    decade = models.PositiveSmallIntegerField(null=True, help_text="In which the firm was founded.")
    msme_class = models.CharField(max_length=6, choices=MsmeClass.choices, blank=True)
    tier = models.PositiveSmallIntegerField(help_text="Highest badge of its organisation.")
    quality = models.PositiveSmallIntegerField(help_text="0 to 100.")
    published_at = models.DateTimeField()
    refreshed_at = models.DateTimeField()
    words = SearchVectorField()

    class Meta:
        verbose_name_plural = "market entries"
        constraints = [models.CheckConstraint(condition=Q(quality__lte=100), name="msme_marketentry_quality")]
        indexes = [
            GinIndex(fields=["words"], name="msme_marketentry_words", fastupdate=False),
            # one per order of a page, so that a page is read off an index
            models.Index(fields=["-published_at", "-listing"], name="msme_marketentry_newest"),
            models.Index(fields=["ask_inr", "listing"], name="msme_marketentry_ask"),
            models.Index(fields=["revenue_inr", "listing"], name="msme_marketentry_revenue"),
            models.Index(fields=["quality", "listing"], name="msme_marketentry_best"),
            # narrow filters
            models.Index(fields=["state", "division", "-published_at"], name="msme_marketentry_place"),
            models.Index(fields=["division", "-published_at"], name="msme_marketentry_industry"),
            models.Index(fields=["refreshed_at"], name="msme_marketentry_stale"),
            # counting: everything a facet needs, without the rows
            models.Index(
                fields=[
                    "intent",
                    "state",
                    "section",
                    "division",
                    "ask_band",
                    "revenue_band",
                    "ebitda_band",
                    "stake_band",
                    "msme_class",
                    "tier",
                ],
                name="msme_marketentry_facets",
            ),
        ]

    def __str__(self) -> str:
        return f"entry of {self.listing_id}"


class SearchWord(models.Model):
    """A word that occurs in listings or in the reference tables; what was mistyped is compared with these."""

    word = models.CharField(max_length=40, primary_key=True)
    is_reference = models.BooleanField(default=False)

    class Meta:
        indexes = [GinIndex(fields=["word"], name="msme_searchword_trigram", opclasses=["gin_trgm_ops"])]

    def __str__(self) -> str:
        return self.word


class SavedSearch(TimeStamped):
    """A search somebody wants to hear of. `query` is what `GET /listings/` takes, as checked."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    query = models.JSONField()
    frequency = models.CharField(max_length=10, choices=Frequency.choices)
    seen_until = models.DateTimeField(help_text="Listings published later are new to this search.")
    due_at = models.DateTimeField(null=True, help_text="When it is looked at next; none when it never tells.")

    class Meta:
        verbose_name_plural = "saved searches"
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="msme_savedsearch_due")]

    def __str__(self) -> str:
        return self.name
