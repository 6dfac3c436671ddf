"""What somebody has gone for before, compared with an offer.

A lift is a logarithm: how much more often than others this seeker went for such offers. It is smoothed by DRAWN_IN imagined
deals of the market's own mix, so that one deal says little and none says nothing. Older deals count less, by half every three
years for what they say about taste.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from matching.engine.stated import centred
from matching.engine.types import UNKNOWN, Floats, Market, Offers, Past, Whole

HALF_LIFE_DAYS = 3 * 365.0
DRAWN_IN = 2.0
CATEGORIES: dict[str, Callable[[Offers], Whole]] = {
    "sector": lambda offers: offers.sectors[:, 1],
    "state": lambda offers: offers.places[:, 1],
    "district": lambda offers: offers.places[:, 2],
    "intent": lambda offers: offers.intents,
}
FARTHEST = 9.0  # squared distance of an amount in standard deviations, beyond which farther says no more
NEVER_DAYS = 3000.0


def behaviour(past: Past, offers: Offers, market: Market) -> dict[str, Floats]:
    """(n,) numbers by name: one seeker's past beside each offer."""
    weights = past.weights * np.exp2(-past.ages / HALF_LIFE_DAYS)
    total = float(weights.sum())
    found: dict[str, Floats] = {}
    for name, read in CATEGORIES.items():
        found |= _category(name, read(past.offers), weights, read(offers), market)
    country = _weight_by_value(past.offers.places[:, 0], weights)
    found["share_country"] = _looked_up(country, offers.places[:, 0]) / (total + 1)
    found |= _texts(past, weights, total, offers, market)
    found |= _amounts(past, offers, market)
    found |= _activity(past, len(offers))
    found["text_length"] = np.array([math.log1p(len(words)) for words in offers.tokens])
    found["active_and_popular"] = found["deals_two_years"] * found["popular_intent"]
    found["active_and_large"] = found["deals"] * found["amount"]
    return found


def _category(name: str, had: Whole, weights: Floats, given: Whole, market: Market) -> dict[str, Floats]:
    counted = _weight_by_value(had, weights)
    usual = market.counts.get(name, {})
    everything = sum(usual.values()) + 1
    total = float(weights.sum())
    base = _looked_up({value: count + 0.5 for value, count in usual.items()}, given, missing=0.5) / everything
    own = _looked_up(counted, given)
    known = given != UNKNOWN
    return {
        f"lift_{name}": np.where(known, np.log((own + DRAWN_IN * base) / (total + DRAWN_IN) / base), 0),
        f"share_{name}": np.where(known, own / (total + 1), 0),
        f"seen_{name}": np.where(known & (own > 0), 1.0, 0.0),
        f"popular_{name}": _looked_up(market.popularity.get(name, {}), given, missing=market.usual_popularity),
    }


def _texts(past: Past, weights: Floats, total: float, offers: Offers, market: Market) -> dict[str, Floats]:
    nothing = np.zeros(len(offers))
    if not len(past.offers):
        return dict.fromkeys(("near_centre", "near_nearest", "near_three", "word_lift", "words_of_past"), nothing)
    theirs, ours = centred(past.offers.vectors, market), centred(offers.vectors, market)
    alike = (ours @ theirs.T).astype(np.float64)
    middle = (theirs * weights[:, None]).sum(axis=0)
    middle = middle / (np.linalg.norm(middle) or 1.0)
    three = min(3, alike.shape[1])
    counted: Counter[str] = Counter()
    for words, weight in zip(past.offers.tokens, weights.tolist(), strict=True):
        for word in words:
            counted[word] += weight
    lifts = {
        word: _word_lift(weight, market.words.get(word, 0), total, market.deals) for word, weight in counted.items()
    }
    return {
        "near_centre": (ours @ middle).astype(np.float64),
        "near_nearest": alike.max(axis=1),
        "near_three": np.sort(alike, axis=1)[:, -three:].mean(axis=1),
        "word_lift": np.array([_mean_lift(words, lifts, market) for words in offers.tokens]),
        "words_of_past": np.array([_saturated(words, counted, market) for words in offers.tokens]),
    }


def _word_lift(own: float, others: int, total: float, deals: int) -> float:
    base = (others + 0.5) / (deals + 1)
    return max(math.log((own + base) / (total + 1) / base), 0.0)


def _mean_lift(words: frozenset[str], lifts: dict[str, float], market: Market) -> float:
    """Mean of the words' lifts, the rarer a word the more it counts."""
    rarity = {word: market.rarity.get(word, market.unseen) for word in sorted(words)}
    return sum(lifts.get(word, 0.0) * weight for word, weight in rarity.items()) / (1 + sum(rarity.values()))


def _saturated(words: frozenset[str], counted: Counter[str], market: Market) -> float:
    """BM25 with the past as the query (Robertson and Zaragoza 2009, k1 = 1.2); a word again and again counts little more."""
    found = sum(
        market.rarity.get(word, market.unseen) * counted[word] / (counted[word] + 1.2)
        for word in sorted(words)
        if word in counted
    )
    return found / (1 + math.sqrt(len(words)))


def _amounts(past: Past, offers: Offers, market: Market) -> dict[str, Floats]:
    """Where an amount lies beside those of the past, drawn in by two imagined deals of the market's own mean and spread."""
    had = past.offers.amounts[~np.isnan(past.offers.amounts)]
    middle = (had.sum() + DRAWN_IN * market.amount_mean) / (len(had) + DRAWN_IN)
    spread = math.sqrt((((had - middle) ** 2).sum() + DRAWN_IN * market.amount_sd**2) / (len(had) + DRAWN_IN))
    missing = np.isnan(offers.amounts)
    given = np.where(missing, market.amount_mean, offers.amounts)
    beside_all = (given - market.amount_mean) / market.amount_sd
    beside_own = (given - middle) / spread
    likelihood = -0.5 * beside_own**2 - math.log(spread) + 0.5 * beside_all**2 + math.log(market.amount_sd)
    lowest, highest = np.quantile(had, (0.1, 0.9)) if len(had) else (-math.inf, math.inf)
    outside = np.maximum(np.maximum(lowest - given, given - highest), 0)
    return {
        "amount": np.where(missing, 0, beside_all),
        "amount_missing": missing.astype(np.float64),
        "ticket_likelihood": np.where(missing, 0, likelihood),
        "ticket_distance": np.where(missing, 0, np.minimum(beside_own**2, FARTHEST)),
        "ticket_outside": np.where(missing, 0, outside),
        "ticket_unknown": np.full(len(offers), 0.0 if len(had) else 1.0),
    }


def _activity(past: Past, count: int) -> dict[str, Floats]:
    ages = past.ages
    last = float(ages.min()) if len(ages) else NEVER_DAYS
    told = {
        "deals": math.log1p(len(ages)),
        "deals_two_years": math.log1p(int((ages < 730).sum())),
        "deals_one_year": math.log1p(int((ages < 365).sum())),
        "last_deal": math.log1p(last / 30),
    }
    return {name: np.full(count, value) for name, value in told.items()}


def _weight_by_value(values: Whole, weights: Floats) -> dict[int, float]:
    found: dict[int, float] = {}
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        found[value] = found.get(value, 0.0) + weight
    return found


def _looked_up(table: object, values: Whole, missing: float = 0.0) -> Floats:
    assert isinstance(table, dict)
    return np.array([table.get(value, missing) for value in values.tolist()], dtype=np.float64)


def market_of(version: str, offers: Offers, deals: Sequence[tuple[int, int]]) -> Market:
    """What is common among offers and past deals (seeker, row of `offers`)."""
    has = np.abs(offers.vectors).sum(axis=1) > 0
    told = offers.vectors[has]
    centre = told.mean(axis=0) if len(told) else np.zeros(offers.vectors.shape[1])
    used: Counter[str] = Counter()
    for words in offers.tokens:
        used.update(words)
    n = len(offers)
    rarity = {word: math.log(1 + (n - count + 0.5) / (count + 0.5)) for word, count in used.items()}
    in_deals: Counter[str] = Counter()
    for _, row in deals:
        in_deals.update(offers.tokens[row])
    amounts = offers.amounts[~np.isnan(offers.amounts)]
    counts, popularity, usual = _counts(offers, deals)
    return Market(
        version=version,
        centre=centre.astype(np.float32),
        rarity=rarity,
        unseen=math.log(1 + (n + 0.5) / 0.5),
        words=in_deals,
        deals=len(deals),
        counts=counts,
        popularity=popularity,
        usual_popularity=usual,
        amount_mean=float(amounts.mean()) if len(amounts) else 0.0,
        amount_sd=float(amounts.std()) or 1.0 if len(amounts) else 1.0,
    )


def _counts(
    offers: Offers, deals: Sequence[tuple[int, int]]
) -> tuple[dict[str, dict[int, int]], dict[str, dict[int, float]], float]:
    """By category: deals of each value, and the logarithm of how many seekers its offers had, drawn towards the usual by 5."""
    seekers: dict[int, set[int]] = {}
    for seeker, row in deals:
        seekers.setdefault(row, set()).add(seeker)
    mean = sum(map(len, seekers.values())) / len(seekers) if seekers else 1.0
    counts: dict[str, dict[int, int]] = {}
    popularity: dict[str, dict[int, float]] = {}
    for name, read in CATEGORIES.items():
        values = read(offers).tolist()
        counts[name] = Counter(values[row] for _, row in deals)
        offered: Counter[int] = Counter()
        gone_for: Counter[int] = Counter()
        for row, who in seekers.items():
            offered[values[row]] += 1
            gone_for[values[row]] += len(who)
        popularity[name] = {
            value: math.log((gone_for[value] + 5 * mean) / (count + 5)) for value, count in offered.items()
        }
    return counts, popularity, math.log(mean)
