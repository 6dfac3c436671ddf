"""Candidates out of a whole market in memory, for the nightly sweep: what one mandate costs hardly grows with the market.

Two ways in. By trade: listings lie in buckets of kind of deal, industry and state, each sorted by price, and a mandate reads the
buckets it names, then wider ones, until there are enough. By meaning: texts are clustered, and a mandate reads only the clusters
nearest to its thesis (an inverted file, as in Jegou et al. 2011); with the square root of the market as the number of clusters
both their number and their size grow slowly. What was read is judged by all that needs no reading of texts, and the best of it
is worth a full comparison.
"""

import math
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from matching.engine.constraints import STRETCH
from matching.engine.models import DECLARED
from matching.engine.stated import centred, seeker_side
from matching.engine.types import UNKNOWN, Floats, Market, Offers, Vectors, Whole, Wishes

ENOUGH, NEWEST, WORTH_IT = 300, 30, 400
PROBES = 16
MOST_READ = 2000  # of one bucket's rows; a broader mandate is served by meaning and by what is new
ROUNDS = 6
SAMPLE_A_CLUSTER = 40


@dataclass
class MarketIndex:
    """What the sweep looks candidates up in."""

    offers: Offers
    market: Market
    buckets: dict[tuple[int, int, int], Whole] = field(default_factory=dict)
    states_of: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    divisions_of: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    newest: dict[int, Whole] = field(default_factory=dict)
    unit: Vectors = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))
    middles: Vectors = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))
    members: list[Whole] = field(default_factory=list)


def index_of(offers: Offers, market: Market) -> MarketIndex:
    """Args: offers: with vectors; those without one are found by trade alone."""
    index = MarketIndex(offers, market)
    rows_by: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    keys = zip(offers.intents.tolist(), offers.sectors[:, 1].tolist(), offers.places[:, 1].tolist(), strict=True)
    for row, key in enumerate(keys):
        rows_by[key].append(row)
    for key, rows in rows_by.items():
        of_bucket = np.array(rows, dtype=np.int64)
        index.buckets[key] = of_bucket[np.argsort(offers.amounts[of_bucket], kind="stable")]
        index.states_of.setdefault(key[:2], []).append(key[2])
        index.divisions_of.setdefault((key[0], key[2]), []).append(key[1])
    for intent in sorted(set(offers.intents.tolist())):
        of_intent = np.flatnonzero(offers.intents == intent)
        index.newest[intent] = of_intent[np.argsort(offers.ages[of_intent], kind="stable")][: NEWEST * 10]
    index.unit = centred(offers.vectors, market)
    index.middles, index.members = _clusters(index.unit)
    return index


def candidates(index: MarketIndex, wishes: Wishes, row: int, unit: Vectors) -> Whole:
    """Rows that are worth a full comparison, each once. Args: unit: (384,) the centred thesis, zeros where there is none."""
    lowest, highest = float(wishes.lowest[row]) - STRETCH, float(wishes.highest[row]) + STRETCH
    intents = [intent for intent in index.newest if int(wishes.intents[row]) >> intent & 1]
    found = [_by_trade(index, wishes, row, intents, lowest, highest)]
    if unit.any():
        found.append(_by_meaning(index, unit, intents, lowest, highest))
    for intent in intents:
        newest = index.newest[intent]
        found.append(newest[_affordable(index.offers.amounts[newest], lowest, highest)][:NEWEST])
    rows = np.unique(np.concatenate(found))
    if len(rows) <= WORTH_IT:
        return rows
    return np.sort(rows[np.argpartition(-_at_a_glance(index, wishes, row, rows, unit), WORTH_IT)[:WORTH_IT]])


def _at_a_glance(index: MarketIndex, wishes: Wishes, row: int, rows: Whole, unit: Vectors) -> Floats:
    """The seeker's log-odds without a look at the words."""
    nothing = np.zeros(len(rows))
    meaning = (index.unit[rows] @ unit).astype(np.float64)
    told = seeker_side(
        wishes, index.offers, index.market, np.full(len(rows), row), rows, meaning=meaning, words=nothing
    )
    return DECLARED.log_odds(told)


def _by_trade(index: MarketIndex, wishes: Wishes, row: int, intents: list[int], lowest: float, highest: float) -> Whole:
    divisions = [int(code) for code in wishes.sectors[row, :, 1] if code != UNKNOWN]
    states = sorted({int(code) for code in wishes.places[row, :, 0] if code != UNKNOWN})
    found: list[Whole] = []
    seen: set[tuple[int, int, int]] = set()
    count = 0
    # named industries in named states, then either alone
    for wide_states, wide_divisions in ((False, False), (True, False), (False, True)):
        for intent in intents:
            keys = _keys(index, intent, divisions, states, wide_states=wide_states, wide_divisions=wide_divisions)
            for key in keys:
                if key in seen or count >= ENOUGH:
                    continue
                seen.add(key)
                rows = index.buckets.get(key)
                if rows is None:
                    continue
                amounts = index.offers.amounts[rows]
                part = rows[np.searchsorted(amounts, lowest) : np.searchsorted(amounts, highest, side="right")]
                found.append(part[:MOST_READ])
                count += len(part)
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def _keys(
    index: MarketIndex, intent: int, divisions: list[int], states: list[int], *, wide_states: bool, wide_divisions: bool
) -> list[tuple[int, int, int]]:
    if wide_states or not states:
        return [
            (intent, division, state) for division in divisions for state in index.states_of.get((intent, division), [])
        ]
    if wide_divisions or not divisions:
        return [
            (intent, division, state) for state in states for division in index.divisions_of.get((intent, state), [])
        ]
    return [(intent, division, state) for division in divisions for state in states]


def _by_meaning(index: MarketIndex, unit: Vectors, intents: list[int], lowest: float, highest: float) -> Whole:
    if not index.members:
        return np.zeros(0, dtype=np.int64)
    nearest = np.argsort(-(index.middles @ unit), kind="stable")[:PROBES]
    rows = np.concatenate([index.members[cluster] for cluster in nearest])
    offers = index.offers
    return rows[np.isin(offers.intents[rows], intents) & _affordable(offers.amounts[rows], lowest, highest)]


def _affordable(amounts: Floats, lowest: float, highest: float) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    return (amounts >= lowest) & (amounts <= highest)


def _clusters(unit: Vectors) -> tuple[Vectors, list[Whole]]:
    """Spherical k-means on a sample, the same every time; every vector then goes to its nearest middle."""
    has = np.flatnonzero(np.abs(unit).sum(axis=1) > 0)
    if not len(has):
        return unit[:0], []
    count = max(1, math.isqrt(len(has)))
    draw = np.random.default_rng(0)
    sample = unit[draw.permutation(has)[: count * SAMPLE_A_CLUSTER]]
    middles = sample[:count].copy()
    for _ in range(ROUNDS):
        nearest = _nearest(sample, middles)
        for cluster in range(count):
            members = sample[nearest == cluster]
            if len(members):
                middle = members.sum(axis=0)
                middles[cluster] = middle / (np.linalg.norm(middle) or 1.0)
    nearest = _nearest(unit[has], middles)
    order = np.argsort(nearest, kind="stable")
    edges = np.searchsorted(nearest[order], np.arange(count + 1))
    return middles, [has[order[edges[cluster] : edges[cluster + 1]]] for cluster in range(count)]


def _nearest(vectors: Vectors, middles: Vectors, block: int = 4096) -> Whole:
    found = np.zeros(len(vectors), dtype=np.int64)
    for start in range(0, len(vectors), block):
        found[start : start + block] = (vectors[start : start + block] @ middles.T).argmax(axis=1)
    return found
