"""Keeping the market's entries true to the listings behind them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import Count, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Substr

from accounts import selectors as people
from msme import places, selectors
from msme.models import Business, Listing, MarketEntry, SearchWord
from msme.quality import assess
from msme.types import Intent, ListingStatus, band_of
from msme.understanding import reference_words, searchable, words_of
from msme.widening import Cell, is_crowded, ladder, widened
from msmebazaar.core.types import state_by_letters

BATCH = 1000
ROUND, HELD_AT_ONCE, HOLDS = 2000, 100, timedelta(days=1)
SHORTEST_WORD, LONGEST_WORD = 4, 40
REFRESHED = [field.name for field in MarketEntry._meta.concrete_fields if not field.primary_key]


@transaction.atomic
def refresh_entries(*, listing_ids: Iterable[UUID], now: datetime) -> int:
    """Make the entries of these listings what they should be now; those that are not live lose theirs.

    Returns how many are on the market. Called wherever a listing enters the market or changes on it.
    """
    ids = list(listing_ids)
    live = list(
        Listing.objects.filter(pk__in=ids, status=ListingStatus.LIVE)
        .select_for_update(of=("self",))  # or what changes meanwhile would be overwritten with what was
        .order_by("pk")
        .select_related("business")
        .prefetch_related("business__statements__add_backs")
    )
    MarketEntry.objects.filter(pk__in=set(ids) - {listing.id for listing in live}).delete()
    entries = _entries(live, now)
    MarketEntry.objects.bulk_create(
        entries, batch_size=BATCH, update_conflicts=True, unique_fields=["listing"], update_fields=REFRESHED
    )
    _learn_words(f"{listing.title} {listing.summary}" for listing in live)
    return len(entries)


def entry_off_market(listing: Listing, *, now: datetime) -> MarketEntry:
    """What the entry of a listing that is not live would be, for those whom an introduction has brought close; not kept."""
    [entry] = _entries([listing], now)
    return entry


def _entries(listings: Sequence[Listing], now: datetime) -> list[MarketEntry]:
    sections = selectors.sections_of_divisions()
    exact = {listing.id: _cell(listing.business, sections) for listing in listings}
    firms = _count_firms(exact.values())
    tiers = people.live_tiers(organisation_ids=[listing.organisation_id for listing in listings], now=now)
    documents = selectors.count_documents(business_ids=[listing.business_id for listing in listings])
    return [
        _entry(
            listing,
            widened(exact[listing.id], firms),
            tier=max(tiers.get(listing.organisation_id, [0])),
            documents=documents.get(listing.business_id, 0),
            now=now,
        )
        for listing in listings
    ]


@transaction.atomic
def refresh_business(*, business_id: UUID, now: datetime) -> int:
    """After facts or figures of a business changed: its entries tell them."""
    ids = MarketEntry.objects.filter(business_id=business_id).values_list("listing_id", flat=True)
    return refresh_entries(listing_ids=list(ids), now=now)


def refresh_stale(*, now: datetime) -> int:
    """The entries that are oldest, and live listings without one, a bounded number at a time. Returns how many.

    Every entry's turn comes once a day: who else is registered decides how wide its place and industry must be.
    """
    without = Listing.objects.filter(status=ListingStatus.LIVE, entry__isnull=True).values_list("pk", flat=True)[:ROUND]
    stale = MarketEntry.objects.filter(refreshed_at__lt=now - HOLDS).order_by("refreshed_at")
    ids = [*without, *stale.values_list("pk", flat=True)[:ROUND]]
    held = (ids[start : start + HELD_AT_ONCE] for start in range(0, len(ids), HELD_AT_ONCE))
    return sum(refresh_entries(listing_ids=some, now=now) for some in held)


def load_reference_words() -> int:
    """The words of the dated tables, for the comparison with what was mistyped. Repeatable."""
    words = [
        SearchWord(word=word, is_reference=True) for word in sorted(reference_words()) if len(word) >= SHORTEST_WORD
    ]
    SearchWord.objects.bulk_create(words, ignore_conflicts=True)
    return len(words)


def _cell(business: Business, sections: Mapping[str, str]) -> Cell:
    division = business.nic_code[:2]
    return Cell(business.state, business.district, sections.get(division, ""), division)


def _count_firms(cells: Iterable[Cell]) -> dict[Cell, int]:
    """How many organisations have a business in each cell of the ladders that is not crowded anyway, each counted once."""
    wanted = {step for cell in cells for step in ladder(cell) if not is_crowded(step)}
    sections = selectors.sections_of_divisions()
    businesses = Business.objects.filter(merged_into__isnull=True).annotate(division=Substr("nic_code", 1, 2))
    in_districts = (
        businesses.filter(
            state__in={step.state for step in wanted},
            district__in={step.district for step in wanted if step.district},
            division__in={step.division for step in wanted if step.division},
        )
        .values_list("state", "district", "division")
        .annotate(firms=Count("organisation", distinct=True))
        .order_by()
    )
    counted = {
        Cell(state, district, sections.get(division, ""), division): firms
        for state, district, division, firms in in_districts
    }
    small = {step.state for step in wanted if not step.district}
    members: dict[Cell, set[UUID]] = defaultdict(set)
    in_states = businesses.filter(state__in=small).values_list("state", "division", "organisation_id").distinct()
    for state, division, organisation_id in in_states.order_by() if small else ():
        section = sections.get(division, "")
        for step in (Cell(state, "", section, division), Cell(state, "", section, "")):
            members[step].add(organisation_id)
    return counted | {step: len(organisations) for step, organisations in members.items()}


def _entry(listing: Listing, shown: Cell, *, tier: int, documents: int, now: datetime) -> MarketEntry:
    business = listing.business
    statements = sorted(business.statements.all(), key=lambda row: -row.fiscal_year)
    latest = next((row for row in statements if row.months == 12), statements[0])
    revenue = latest.revenue_inr * 12 / latest.months
    earned = selectors.earnings_of(latest).adjusted_ebitda_inr
    ebitda = None if earned is None else (earned * 12 / latest.months).quantize(Decimal("0.01"))
    facts = selectors.quality_facts(listing, statements, tier=tier, documents=documents)
    return MarketEntry(
        listing=listing,
        business_id=business.id,
        organisation_id=listing.organisation_id,
        intent=listing.intent,
        state=shown.state,
        district=shown.district,
        section=shown.section,
        division=shown.division,
        ask_inr=listing.ask_inr,
        revenue_inr=revenue.quantize(Decimal("0.01")),
        ebitda_inr=ebitda,
        stake_pct=listing.stake_pct,
        ask_band=band_of("ask", listing.ask_inr),
        revenue_band=band_of("revenue", revenue),
        ebitda_band=None if ebitda is None else band_of("ebitda", ebitda),
        stake_band=None if listing.stake_pct is None else band_of("stake", listing.stake_pct),
        employees_band=None if business.employees is None else band_of("employees", Decimal(business.employees)),
        decade=business.established_year // 10 * 10 if business.established_year else None,
        msme_class=business.msme_class,
        tier=tier,
        quality=assess(facts).score,
        published_at=listing.published_at or now,
        refreshed_at=now,
        words=_vector(listing, shown),
    )


INTENT_WORDS: dict[str, str] = {
    Intent.FULL_SALE: "full sale पूरी बिक्री",
    Intent.STAKE_SALE: "stake partner हिस्सेदारी साझेदार",
    Intent.ASSET_SALE: "assets संपत्ति",
    Intent.EQUITY_INVESTMENT: "equity investment निवेश",
    Intent.LOAN: "loan ऋण लोन",
}


def _vector(listing: Listing, shown: Cell) -> CombinedExpression:
    """What the listing is found by: only words that its teaser shows, in both languages."""
    state = state_by_letters(shown.state)
    district = places.District(shown.state, shown.district)
    titles = selectors.division_titles().get(shown.division, ("", ""))
    named = [
        *titles,
        *((state.name_en, state.name_hi) if state else ()),
        shown.district,
        places.hindi_names().get(district, "") if shown.district else "",
    ]
    body = searchable(f"{listing.summary} {listing.assets} {listing.use_of_funds}")
    return (
        SearchVector(Value(searchable(listing.title)), weight="A", config="hindi")
        + SearchVector(Value(" ".join(named)), weight="B", config="hindi")
        + SearchVector(Value(body), weight="C", config="hindi")
        + SearchVector(Value(INTENT_WORDS[listing.intent]), weight="D", config="hindi")
    )


def _learn_words(texts: Iterable[str]) -> None:
    found = {word for text in texts for word in words_of(text) if SHORTEST_WORD <= len(word) <= LONGEST_WORD}
    plain: Sequence[str] = sorted(word for word in found if not word[0].isdigit())
    known = set(SearchWord.objects.filter(word__in=plain).values_list("word", flat=True))
    SearchWord.objects.bulk_create(
        [SearchWord(word=word) for word in plain if word not in known], ignore_conflicts=True
    )
