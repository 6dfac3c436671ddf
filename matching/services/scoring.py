"""Keeping stored matches fresh, from either side."""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, cast
from uuid import UUID

import numpy as np
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection, transaction
from django.db.models import Case, F, IntegerField, QuerySet, Value, When

from accounts import selectors as people
from matching.columns import acceptances_of, offers_of, wishes_of
from matching.engine.engine import ENGINE_VERSION, Scored, score_pairs
from matching.engine.model import DOUBLING, Ranker
from matching.engine.ranking import diversified, ordered, priced, tie_break
from matching.engine.stated import centred
from matching.engine.text import text_key, words_of
from matching.engine.types import Floats, Market, Offers, Past, Vectors, Whole
from matching.models import ListingProfile, Mandate, Match
from matching.selectors.feedback import WORTH, declined, wanted_by
from matching.services import vectors
from matching.services.market import current_market, current_ranker
from matching.services.profiles import refresh_profile
from matching.types import Condition, MandateStatus
from msmebazaar.core import clock, replica

MOST_MATCHES = 100
STRETCH = 3
BY_RULES, BY_MEANING, BY_WORDS, NEWEST = 300, 200, 200, 30
CHUNK = 5000
# What a comparison needs of a mandate; the rest of a hundred thousand rows is left where it is.
COMPARED = (
    "organisation_id",
    "kind",
    "intents",
    "nic_include",
    "nic_exclude",
    "states",
    "districts",
    "ticket_min_inr",
    "ticket_max_inr",
    "revenue_min_inr",
    "stake_min_pct",
    "stake_max_pct",
    "structures",
    "horizon_months",
    "strict",
    "thesis",
    "version",
    "list_floor",
)
MOST_WORDS = 24
UPSERTED = [
    "score",
    "seeker_score",
    "owner_score",
    "rank_key",
    "engine_version",
    "ranker",
    "snapshot_id",
    "mandate_version",
    "listing_version",
    "updated_at",
]


@dataclass(frozen=True)
class Basis:
    """What scores are made with on a day: the market's snapshot, the ranker in use, the day itself."""

    snapshot_id: int
    market: Market
    ranker: Ranker | None
    today: date


def basis_of_today() -> Basis:
    number, market = current_market()
    return Basis(number, market, current_ranker(), clock.today_in_india())


def match_mandate(*, mandate_id: UUID) -> int:
    """After a mandate changed: make the vector of its thesis, then find its matches. Returns how many."""
    thesis = Mandate.objects.filter(pk=mandate_id).values_list("thesis", flat=True).first()
    if thesis is None:
        return 0
    vectors.embed_if_possible([thesis])
    return score_mandate(mandate_id=mandate_id)


def match_listing(*, listing_id: UUID) -> int:
    """After a listing changed: refresh its profile and vector, then match it with every mandate. Returns how many fit."""
    profile = refresh_profile(listing_id=listing_id)
    if profile is not None and vectors.embed_if_possible([profile.text]):
        vectors.index_listings({profile.listing_id: profile.text_key})
    return score_listing(listing_id=listing_id)


@transaction.atomic
def score_mandate(*, mandate_id: UUID) -> int:
    """Find the matches of one mandate anew; returns how many. One that is paused or expired has none."""
    mandate = Mandate.objects.select_for_update().filter(pk=mandate_id).first()
    if mandate is None:
        return 0
    kept: list[Match] = []
    if mandate.status == MandateStatus.ACTIVE:
        basis = basis_of_today()
        key = text_key(mandate.thesis)
        thesis = vectors.vectors_of([key])
        profiles = _candidates(mandate, thesis.get(key))
        kept = _matches_of(mandate, profiles, thesis, basis)
    Match.objects.filter(mandate=mandate).exclude(listing_id__in=[match.listing_id for match in kept]).delete()
    upsert(kept)
    Mandate.objects.filter(pk=mandate.pk).update(matched_version=mandate.version, list_floor=floor_of(kept))
    return len(kept)


def floor_of(matches: Sequence[Match]) -> str:
    """Where a list ends that is full; "" for one with room."""
    return min(match.rank_key for match in matches) if len(matches) >= MOST_MATCHES else ""


def _matches_of(
    mandate: Mandate, profiles: Sequence[ListingProfile], thesis: Mapping[str, Vectors], basis: Basis
) -> list[Match]:
    known = vectors.vectors_of(profile.text_key for profile in profiles)
    offers = offers_of(profiles, known, basis.today)
    wishes = wishes_of([mandate], tiers_of([mandate]), thesis, [text_key(mandate.thesis)])
    rows = np.arange(len(profiles))
    scored = score_pairs(
        wishes,
        offers,
        acceptances_of(profiles),
        basis.market,
        np.zeros(len(profiles), dtype=np.int64),
        rows,
        learned=basis.ranker,
        pasts=pasts_of([mandate], basis),
    )
    exposure = np.array([profile.exposure for profile in profiles])
    keys = keys_of(scored, exposure)
    best = best_of(scored, keys, offers, basis.market, str(mandate.id))[:MOST_MATCHES]
    return [
        match_of(mandate, profiles[int(scored.listings[at])], scored, int(at), key, basis)
        for at, key in zip(best.tolist(), np.sort(keys[best])[::-1].tolist(), strict=True)
    ]


def keys_of(scored: Scored, exposure: Floats) -> Floats:
    """What matches are ordered by: the score, less a price for listings that lead everybody's list. Args: exposure by listing."""
    return np.maximum(priced(scored.score, exposure[scored.listings] * DOUBLING), 0)


def best_of(scored: Scored, keys: Floats, offers: Offers, market: Market, mandate_id: str) -> Whole:
    """Positions in `scored`, best first, the first of them spread so that a page is no list of twins."""
    names = [offers.ids[row] for row in scored.listings.tolist()]
    order = ordered(keys, names, mandate_id)
    unit = centred(offers.vectors[scored.listings], market)
    return diversified(order, keys, unit, offers.owners[scored.listings])


def match_of(mandate: Mandate, profile: ListingProfile, scored: Scored, at: int, key: float, basis: Basis) -> Match:
    return Match(**fields_of(mandate, profile, scored, at, key, basis))


def fields_of(
    mandate: Mandate, profile: ListingProfile, scored: Scored, at: int, key: float, basis: Basis
) -> dict[str, Any]:
    """What a stored match is made of."""
    return {
        "mandate_id": mandate.id,
        "listing_id": profile.listing_id,
        "score": round(float(scored.score[at])),
        "seeker_score": round(float(scored.seeker.score[at])),
        "owner_score": round(float(scored.owner.score[at])),
        "rank_key": rank_key(key, mandate.id, profile.listing_id),
        "engine_version": ENGINE_VERSION,
        "ranker": basis.ranker.version if basis.ranker else "",
        "snapshot_id": basis.snapshot_id,
        "mandate_version": mandate.version,
        "listing_version": profile.version,
    }


def rank_key(key: float, mandate_id: UUID, listing_id: UUID) -> str:
    """Text that sorts as the key does; ties by a hash, so that neither age nor name decides."""
    return f"{round(key * 10000):010d}{tie_break(str(mandate_id), str(listing_id))[:16]}"


def _candidates(mandate: Mandate, thesis: Vectors | None) -> list[ListingProfile]:
    """Listings worth a full comparison: by trade and place, by meaning, by words, and what is new; each source bounded."""
    within = _within_reach(mandate)
    wanted = {code[:2] for code in mandate.nic_include}
    rules = within.annotate(
        fit=Case(When(division__in=wanted, then=Value(9)), default=Value(0), output_field=IntegerField())
        + Case(When(state__in=_states(mandate), then=Value(6)), default=Value(0), output_field=IntegerField())
        + Case(
            When(ask_inr__range=(mandate.ticket_min_inr, mandate.ticket_max_inr), then=Value(4)),
            default=Value(0),
            output_field=IntegerField(),
        )
    ).order_by("-fit", "-published_at", "listing_id")
    ids = set(rules.values_list("listing_id", flat=True)[:BY_RULES])
    ids |= set(within.order_by("-published_at").values_list("listing_id", flat=True)[:NEWEST])
    ids |= set(by_words(within, mandate.thesis, most=BY_WORDS))
    if thesis is not None and vectors.has_pgvector():
        ids |= set(nearest(within, thesis, most=BY_MEANING))
    return list(ListingProfile.objects.filter(pk__in=ids).order_by("listing_id"))


def _within_reach(mandate: Mandate) -> QuerySet[ListingProfile]:
    """What fails no condition that SQL can tell; the engine asks all of them again."""
    reach = (mandate.ticket_min_inr / STRETCH, mandate.ticket_max_inr * STRETCH)
    rows = ListingProfile.objects.filter(intent__in=mandate.intents, ask_inr__range=reach)
    rows = rows.exclude(organisation_id=mandate.organisation_id)
    if Condition.PLACE in mandate.strict and _states(mandate):
        rows = rows.filter(state__in=_states(mandate))
    if Condition.SECTOR in mandate.strict and mandate.nic_include:
        rows = rows.filter(division__in={code[:2] for code in mandate.nic_include})
    hidden = declined([mandate.id], now=clock.now()).get(mandate.id, {})
    for listing_id, least in hidden.items():
        rows = rows.exclude(pk=listing_id, ask_inr__gt=least)
    return rows


def _states(mandate: Mandate) -> set[str]:
    return {*mandate.states, *(place.split("/")[0] for place in mandate.districts)}


def by_words(within: QuerySet[ListingProfile], text: str, *, most: int) -> list[UUID]:
    """The listings of a filter that have any of a text's longest words, the best first."""
    words = sorted(words_of(text), key=lambda word: (-len(word), word))[:MOST_WORDS]
    if not words:
        return []
    query = SearchQuery(" OR ".join(f'"{word}"' for word in words), search_type="websearch", config="hindi")
    found = within.filter(words=query).annotate(rank=SearchRank(F("words"), query)).order_by("-rank", "listing_id")
    return list(found.values_list("listing_id", flat=True)[:most])


def nearest(within: QuerySet[ListingProfile], vector: Vectors, *, most: int) -> list[UUID]:
    """The listings of a filter that are nearest to a vector, exactly: the filter first, then every distance.

    `+ 0` keeps the planner from any vector index: behind a filter of one percent, an index of a million rows answered with half
    a row instead of fifty, without an error (docs/matching.md).
    """
    sql, parameters = within.order_by().values("listing_id").query.sql_with_params()
    text = "[" + ",".join(f"{float(part):.6f}" for part in vector) + "]"
    with replica.link().cursor() as cursor:
        cursor.execute(
            f"SELECT v.listing_id FROM matching_listingvector AS v JOIN ({sql}) AS fit USING (listing_id) "  # noqa: S608
            "WHERE v.model = %s ORDER BY (v.vector <#> %s::halfvec) + 0, v.listing_id LIMIT %s",
            [*parameters, vectors.current_model(), text, most],
        )
        return [listing_id for (listing_id,) in cursor.fetchall()]


@transaction.atomic
def score_listing(*, listing_id: UUID) -> int:
    """Match one listing with every active mandate anew; returns how many it fits. One that is not live loses its matches."""
    profile = ListingProfile.objects.filter(pk=listing_id).first()
    if profile is None:
        _lock_lists(listing_id, [])
        _take_out(listing_id, [])
        return 0
    basis = basis_of_today()
    offers = offers_of([profile], vectors.vectors_of([profile.text_key]), basis.today)
    mandates = Mandate.objects.filter(
        status=MandateStatus.ACTIVE,
        intents__contains=[profile.intent],
        ticket_min_inr__lte=profile.ask_inr * STRETCH,
        ticket_max_inr__gte=profile.ask_inr / STRETCH,
    ).exclude(organisation_id=profile.organisation_id)
    kept: list[Match] = []
    # Plain rows with the attributes of a mandate: of fifty thousand model instances half the time goes into making them.
    rows = mandates.order_by("id").values_list("id", *COMPARED, named=True).iterator(CHUNK)
    with uncollected():
        while chunk := list(islice(rows, CHUNK)):
            kept += _fits(cast("Sequence[Mandate]", chunk), profile, offers, basis)
    _lock_lists(listing_id, kept)
    _take_out(listing_id, kept)
    upsert(kept)
    _trim([match.mandate_id for match in kept])
    return len(kept)


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for cyclic garbage meanwhile: rows by the ten thousand set it off again and again, and hold no cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _fits(mandates: Sequence[Mandate], profile: ListingProfile, offers: Offers, basis: Basis) -> list[Match]:
    """Matches of one listing with some mandates, without those that lie below what a full list holds already."""
    if not mandates:
        return []
    keys = [text_key(mandate.thesis) for mandate in mandates]
    wishes = wishes_of(mandates, tiers_of(mandates), vectors.vectors_of(keys), keys)
    scored = score_pairs(
        wishes,
        offers,
        acceptances_of([profile]),
        basis.market,
        np.arange(len(mandates)),
        np.zeros(len(mandates), dtype=np.int64),
        learned=basis.ranker,
        pasts=pasts_of(mandates, basis),
    )
    order = keys_of(scored, np.array([profile.exposure])).tolist()
    found = []
    for at, row in enumerate(scored.mandates.tolist()):
        mandate = mandates[row]
        if rank_key(order[at], mandate.id, profile.listing_id) >= mandate.list_floor:
            found.append(match_of(mandate, profile, scored, at, order[at], basis))
    hidden = declined([match.mandate_id for match in found], now=clock.now(), listing_id=profile.listing_id)
    return [match for match in found if not _is_hidden(match, hidden, profile)]


def _is_hidden(match: Match, hidden: Mapping[UUID, Mapping[UUID, Decimal]], profile: ListingProfile) -> bool:
    """Whether this mandate declined the listing, and it has not become cheaper since."""
    least = hidden.get(match.mandate_id, {}).get(profile.listing_id)
    return least is not None and profile.ask_inr > least


def _lock_lists(listing_id: UUID, kept: Sequence[Match]) -> None:
    """Lock the lists that change, in one order, so that two changes never wait for each other."""
    held = Match.objects.filter(listing_id=listing_id).values_list("mandate_id", flat=True)
    changing = {*held, *(match.mandate_id for match in kept)}
    list(Mandate.objects.filter(pk__in=changing).order_by("id").select_for_update(no_key=True).values_list("pk"))


def _take_out(listing_id: UUID, kept: Sequence[Match]) -> None:
    """Remove a listing from the lists it no longer belongs to; each of them has room now."""
    gone = Match.objects.filter(listing_id=listing_id).exclude(mandate_id__in=[match.mandate_id for match in kept])
    mandate_ids = list(gone.values_list("mandate_id", flat=True))
    Match.objects.filter(listing_id=listing_id, mandate_id__in=mandate_ids).delete()
    Mandate.objects.filter(pk__in=mandate_ids).exclude(list_floor="").update(list_floor="")


def _trim(mandate_ids: Sequence[UUID]) -> None:
    """Of lists that grew beyond MOST_MATCHES, remove the lowest, and write down where full ones end: two statements for all."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM matching_match WHERE id IN (
                SELECT id FROM (
                    SELECT id, row_number() OVER (PARTITION BY mandate_id ORDER BY rank_key DESC) AS place
                      FROM matching_match WHERE mandate_id = ANY(%s)
                ) AS ranked WHERE place > %s
            )
            """,
            [list(mandate_ids), MOST_MATCHES],
        )
        cursor.execute(
            """
            UPDATE matching_mandate SET list_floor = full_list.lowest
              FROM (
                  SELECT mandate_id, min(rank_key) AS lowest FROM matching_match WHERE mandate_id = ANY(%s)
                   GROUP BY mandate_id HAVING count(*) >= %s
              ) AS full_list
             WHERE matching_mandate.id = full_list.mandate_id
            """,
            [list(mandate_ids), MOST_MATCHES],
        )


@transaction.atomic
def drop_listing(*, listing_id: UUID) -> None:
    """Remove profile, vector and matches of a listing that left the market, unless it is back."""
    if refresh_profile(listing_id=listing_id) is None:
        _lock_lists(listing_id, [])
        _take_out(listing_id, [])


def upsert(matches: Sequence[Match]) -> None:
    Match.objects.bulk_create(
        matches,
        update_conflicts=True,
        unique_fields=["mandate", "listing"],
        update_fields=UPSERTED,
        batch_size=500,
    )


def tiers_of(mandates: Sequence[Mandate]) -> dict[UUID, int]:
    """The highest badge of each mandate's organisation."""
    ids = list({mandate.organisation_id for mandate in mandates})
    return {owner: max(tiers) for owner, tiers in people.live_tiers(organisation_ids=ids, now=clock.now()).items()}


def pasts_of(mandates: Sequence[Mandate], basis: Basis) -> dict[int, Past]:
    """What the seekers went for before, by row of `mandates`. Nothing is read where no trained ranker would use it."""
    if basis.ranker is None:
        return {}
    signs = wanted_by([mandate.id for mandate in mandates])
    keys = {sign.facts["text_key"] for of_mandate in signs.values() for sign in of_mandate}
    known = vectors.vectors_of(keys)
    rows = {mandate.id: row for row, mandate in enumerate(mandates)}
    found = {}
    for mandate_id, of_mandate in signs.items():
        profiles = [profile_as_it_was(sign.facts) for sign in of_mandate]
        ages = np.array([(basis.today - sign.at.date()).days for sign in of_mandate], dtype=np.float64)
        worth: Floats = np.array([WORTH[sign.kind] for sign in of_mandate])
        found[rows[mandate_id]] = Past(offers_of(profiles, known, basis.today), worth, np.maximum(ages, 0))
    return found


FACTS = ("intent", "section", "division", "state", "district", "quality", "tier", "text_key", "title", "summary")


def facts_of(profile: ListingProfile) -> dict[str, object]:
    """What is kept of a listing beside what was done about it."""
    amounts = {name: str(getattr(profile, name)) for name in ("ask_inr", "revenue_about_inr")}
    return {
        **{name: getattr(profile, name) for name in FACTS},
        **amounts,
        "stake_pct": None if profile.stake_pct is None else str(profile.stake_pct),
        "published_at": profile.published_at.isoformat(),
    }


def profile_as_it_was(facts: Mapping[str, object]) -> ListingProfile:
    text = {name: facts[name] for name in FACTS}
    stake = facts["stake_pct"]
    return ListingProfile(
        **text,
        listing_id=UUID(int=0),
        organisation_id=UUID(int=0),
        ask_inr=Decimal(str(facts["ask_inr"])),
        revenue_about_inr=Decimal(str(facts["revenue_about_inr"])),
        stake_pct=None if stake is None else Decimal(str(stake)),
        published_at=datetime.fromisoformat(str(facts["published_at"])),
    )
