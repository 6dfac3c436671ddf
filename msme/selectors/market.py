"""Searching the market: filters, text in two languages, counts by facet. Reads market entries only."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.core.cache import cache
from django.db.models import F, IntegerField, Q, QuerySet
from django.db.models.functions import Cast

from msme import places
from msme.models import MarketEntry, SavedSearch
from msme.types import Intent
from msme.understanding import Understood, reference_words, understand, words_of
from msmebazaar.core import replica
from msmebazaar.core.actor import Actor

LIKE_ENOUGH = 0.4
SHORTEST_CORRECTED = 5
MOST_RANKED = 5000
BAND_FACETS = ("ask_band", "revenue_band", "ebitda_band", "stake_band")
FACETS = ("intent", "state", "section", "division", *BAND_FACETS, "msme_class", "tier")


@dataclass(frozen=True)
class MarketQuery:
    """What is sought. An empty tuple or None leaves it open; values within one field are alternatives.

    `industries` are NIC sections (a letter) or divisions (two digits), bands numbers of `msme.types.BANDS`, amounts rupees.
    `corrected`: words as typed and as taken. `relaxed`: filters that were widened because nothing fitted.
    """

    intents: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    districts: tuple[places.District, ...] = ()
    industries: tuple[str, ...] = ()
    ask_min: Decimal | None = None
    ask_max: Decimal | None = None
    revenue_min: Decimal | None = None
    revenue_max: Decimal | None = None
    bands: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    msme_classes: tuple[str, ...] = ()
    tier_min: int | None = None
    text: str = ""
    corrected: tuple[tuple[str, str], ...] = ()
    relaxed: tuple[str, ...] = ()

    def key(self) -> str:
        """The same for the same query, in every process."""
        content = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        return hashlib.sha256(json.dumps(content, default=str, sort_keys=True).encode()).hexdigest()


def query_of(parameters: Mapping[str, Any]) -> MarketQuery:
    """Filters from the parameters of `GET /listings/`, checked by a serializer or as a saved search keeps them."""

    def amount(name: str) -> Decimal | None:
        return None if parameters.get(name) is None else Decimal(parameters[name])

    return MarketQuery(
        intents=tuple(parameters.get("intent", ())),
        states=tuple(parameters.get("state", ())),
        districts=tuple(places.District(*text.split("/", 1)) for text in parameters.get("district", ())),
        industries=tuple(parameters.get("nic", ())),
        ask_min=amount("min_ask"),
        ask_max=amount("max_ask"),
        revenue_min=amount("min_revenue"),
        revenue_max=amount("max_revenue"),
        bands={name: tuple(sorted(set(parameters[name]))) for name in BAND_FACETS if parameters.get(name)},
        msme_classes=tuple(parameters.get("msme_class", ())),
        tier_min=1 if parameters.get("verified") else None,
    )


def read_query(given: MarketQuery, text: str, *, actor: Actor | None) -> MarketQuery:
    """Add to the filters what a buyer's words mean. What was mistyped is taken as the nearest known word.

    Filters that were given hold; words only add filters of kinds that were not given. A district without a listing
    becomes its state, and `relaxed` says so.
    """
    if not text.strip():
        return given
    corrections = _corrections(words_of(text))
    for typed, taken in corrections:
        text = text.lower().replace(typed, taken)
    found = understand(text)
    query = replace(
        given,
        intents=given.intents or found.intents,
        states=given.states or found.states,
        districts=given.districts or found.districts,
        industries=given.industries or found.industries,
        ask_min=given.ask_min if given.ask_min is not None else found.ask_min,
        ask_max=given.ask_max if given.ask_max is not None else found.ask_max,
        text=found.rest,
        corrected=tuple(corrections),
    )
    return _relaxed(query, found, actor)


def _relaxed(query: MarketQuery, found: Understood, actor: Actor | None) -> MarketQuery:
    if not found.districts or query.districts != found.districts or entries(query, actor=actor).exists():
        return query
    states = tuple(dict.fromkeys(district.state for district in found.districts))
    return replace(query, districts=(), states=query.states or states, relaxed=("district",))


def _corrections(words: Sequence[str]) -> list[tuple[str, str]]:
    """For each word nobody uses, the most similar one somebody does (trigrams)."""
    unknown = [
        word
        for word in dict.fromkeys(words)
        if len(word) >= SHORTEST_CORRECTED and not word[0].isdigit() and word not in reference_words()
    ]
    if not unknown:
        return []
    with replica.link().cursor() as cursor:
        cursor.execute(
            """
            SELECT typed.word, near.word
              FROM unnest(%s::text[]) AS typed(word)
              CROSS JOIN LATERAL (
                  SELECT known.word, known.is_reference FROM msme_searchword AS known
                   WHERE known.word %% typed.word AND similarity(known.word, typed.word) >= %s
                   ORDER BY similarity(known.word, typed.word) DESC, known.is_reference DESC, known.word
                   LIMIT 1
              ) AS near
             WHERE near.is_reference  -- another form of a word of the texts is no mistake: they are compared by their stems
                OR to_tsvector('hindi', near.word) <> to_tsvector('hindi', typed.word)
            """,
            [unknown, LIKE_ENOUGH],
        )
        return [(typed, taken) for typed, taken in cursor.fetchall()]


def key_of(query: MarketQuery, *, actor: Actor | None) -> str:
    """The same for all who find the same."""
    return f"{bool(actor and actor.verified_investor_of)}:{query.key()}"


def may_browse(actor: Actor | None) -> Q:
    """Who asks for equity may not do so in public (Companies Act s.42(7)): those are for verified investors only."""
    return Q() if actor and actor.verified_investor_of else ~Q(intent=Intent.EQUITY_INVESTMENT)


def entries(query: MarketQuery, *, actor: Actor | None, without: str = "") -> QuerySet[MarketEntry]:
    """What fits and what this actor (None: nobody in particular) may browse.

    Args:
        without: a facet whose own filter is left out, for its counts.
    """
    wanted = may_browse(actor)
    for facet, condition in _conditions(query).items():
        if facet != without:
            wanted &= condition
    return MarketEntry.objects.filter(wanted)


def _conditions(query: MarketQuery) -> dict[str, Q]:
    """By the facet it belongs to; filters that are no facet have names of their own."""
    found: dict[str, Q] = {}
    if query.intents:
        found["intent"] = Q(intent__in=query.intents)
    if query.states:
        found["state"] = Q(state__in=query.states)
    if query.districts:
        somewhere = Q()
        for district in query.districts:
            somewhere |= Q(state=district.state, district=district.name)
        found["district"] = somewhere
    sections = [code for code in query.industries if code.isalpha()]
    divisions = [code for code in query.industries if code.isdigit()]
    if sections and divisions:
        found["industry"] = Q(section__in=sections) | Q(division__in=divisions)
    elif sections:
        found["section"] = Q(section__in=sections)
    elif divisions:
        found["division"] = Q(division__in=divisions)
    for name, lowest, highest in (
        ("ask_inr", query.ask_min, query.ask_max),
        ("revenue_inr", query.revenue_min, query.revenue_max),
    ):
        if lowest is not None:
            found[f"{name} from"] = Q(**{f"{name}__gte": lowest})
        if highest is not None:
            found[f"{name} to"] = Q(**{f"{name}__lte": highest})
    for name, numbers in query.bands.items():
        found[name] = Q(**{f"{name}__in": numbers})
    if query.msme_classes:
        found["msme_class"] = Q(msme_class__in=query.msme_classes)
    if query.tier_min is not None:
        found["tier"] = Q(tier__gte=query.tier_min)
    if query.text:
        found["text"] = Q(words=_text_query(query.text))
    return found


def _text_query(text: str) -> SearchQuery:
    return SearchQuery(text, search_type="plain", config="hindi")


def ranked(query: MarketQuery, *, actor: Actor | None) -> QuerySet[MarketEntry]:
    """The same with `rank`, a whole number that is larger the better the text fits.

    Of a text that fits more than MOST_RANKED, the newest so many: words that common tell little, and ranking them costs most.
    """
    newest = entries(query, actor=actor).order_by("-published_at").values("pk")[:MOST_RANKED]
    rank = SearchRank(F("words"), _text_query(query.text)) * 1_000_000
    return MarketEntry.objects.filter(pk__in=newest).annotate(rank=Cast(rank, IntegerField()))


def own_searches(*, actor: Actor) -> QuerySet[SavedSearch]:
    return SavedSearch.objects.filter(user_id=actor.user_id)


@dataclass(frozen=True)
class FacetCount:
    """How many listings a value of a facet has under all other filters."""

    value: str
    count: int


@dataclass(frozen=True)
class Facets:
    """`count` is of the whole query."""

    count: int
    facets: Mapping[str, tuple[FacetCount, ...]]


def count_facets(query: MarketQuery, *, actor: Actor | None) -> Facets:
    """Counts of all facets. A facet that is filtered on is counted without its own filter, the others in one pass.

    Counts hold for half a minute: they are for orientation, and the same for everybody with the same rights.
    """
    key = f"facets:{key_of(query, actor=actor)}"
    known: Facets | None = cache.get(key)
    if known is None:
        known = _count_facets(query, actor)
        cache.set(key, known, settings.FACET_COUNTS_HOLD_S)
    return known


def _count_facets(query: MarketQuery, actor: Actor | None) -> Facets:
    conditions = _conditions(query)
    filtered = [facet for facet in FACETS if facet in conditions]
    open_ones = [facet for facet in FACETS if facet not in filtered]
    total, counted = _count(entries(query, actor=actor), open_ones)
    for facet in filtered:
        counted |= _count(entries(query, actor=actor, without=facet), [facet])[1]
    return Facets(total, {facet: counted[facet] for facet in FACETS})


def _count(found: QuerySet[MarketEntry], names: Sequence[str]) -> tuple[int, dict[str, tuple[FacetCount, ...]]]:
    """One pass over what was found, counting by each name apart (GROUPING SETS)."""
    inner, parameters = found.order_by().values(*names).query.sql_with_params()
    columns = ", ".join(f'"{name}"' for name in names)
    sets = ", ".join(f'("{name}")' for name in names)
    with replica.link().cursor() as cursor:
        cursor.execute(
            f"SELECT GROUPING({columns}), {columns}, count(*) FROM ({inner}) AS found "  # noqa: S608 - names are ours
            f"GROUP BY GROUPING SETS ({sets}, ())",
            parameters,
        )
        rows = cursor.fetchall()
    counted: dict[str, list[FacetCount]] = {name: [] for name in names}
    total = 0
    everything = (1 << len(names)) - 1
    for mask, *values, count in rows:
        if mask == everything:
            total = count
            continue
        position = next(place for place in range(len(names)) if not mask & (1 << (len(names) - 1 - place)))
        value: Any = values[position]
        if value is not None and value != "":
            counted[names[position]].append(FacetCount(str(value), count))
    return total, {name: tuple(_in_order(name, found)) for name, found in counted.items()}


def _in_order(name: str, found: list[FacetCount]) -> list[FacetCount]:
    """Bands and tiers by their number, the rest by count."""
    if name in (*BAND_FACETS, "tier"):
        return sorted(found, key=lambda row: int(row.value))
    return sorted(found, key=lambda row: (-row.count, row.value))
