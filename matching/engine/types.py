"""What the engine is given: offers and wishes as columns, what somebody has done before, and what the market is like.

Columns are arrays with one row an offer or wish, so that one line of arithmetic serves one pair and a million. Categories are
whole numbers that mean nothing by themselves; UNKNOWN stands for what is not told. Amounts are natural logarithms of rupees (of
any one currency, in fact), NaN where not told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

UNKNOWN = -1
DIMENSIONS = 384
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Offers:
    """Listings, n of them.

    Attributes:
        ids: their names, for breaking ties and for reading results.
        owners: (n,) who offers; `intents`: (n,) which kind of deal.
        sectors: (n, 2) wide and narrow: NIC section and division.
        places: (n, 3) country, state and district.
        amounts: (n,) what is asked; `revenues`: (n,) yearly revenue, rounded as the teaser tells it; both logarithms.
        stakes: (n,) percent offered, NaN where it does not apply.
        tokens: (n,) words of title and text.
        vectors: (n, 384) unit vectors of the text; a row of zeros has none.
        ages: (n,) days on the market; `quality`: (n,) 0 to 100; `tiers`: (n,) the owner's badge, 0 to 3.
    """

    ids: Sequence[str]
    owners: Whole
    intents: Whole
    sectors: Whole
    places: Whole
    amounts: Floats
    revenues: Floats
    stakes: Floats
    tokens: Sequence[frozenset[str]]
    vectors: Vectors
    ages: Floats
    quality: Floats
    tiers: Whole

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: Whole) -> "Offers":
        """Those rows, in that order."""
        return Offers(
            [self.ids[row] for row in rows],
            self.owners[rows],
            self.intents[rows],
            self.sectors[rows],
            self.places[rows],
            self.amounts[rows],
            self.revenues[rows],
            self.stakes[rows],
            [self.tokens[row] for row in rows],
            self.vectors[rows],
            self.ages[rows],
            self.quality[rows],
            self.tiers[rows],
        )


@dataclass(frozen=True)
class Wishes:
    """Mandates, m of them. Wishes of several values are padded with UNKNOWN to the longest, k.

    Attributes:
        intents: (m,) kinds of deal wanted, one bit each.
        sectors: (m, k, 2) wanted, wide and narrow (narrow UNKNOWN: everything in the wide one); `excluded`: (m, k, 2) unwanted.
        places: (m, k, 2) wanted state and district (UNKNOWN: the whole state).
        lowest, highest: (m,) the ticket's ends, logarithms.
        revenue_floors, stake_lowest, stake_highest: (m,) NaN where open.
        strict: (m,) which wishes are conditions, one bit each (`constraints.Strict`).
        tokens, vectors: of the thesis, as for offers.
        kinds: (m,) buyer, investor, lender, advisor as bits of `Acceptances.kinds`; `tiers`: (m,) the seeker's badge.
        completeness: (m,) 0 to 1, how much of the mandate is filled in.
    """

    ids: Sequence[str]
    owners: Whole
    intents: Whole
    sectors: Whole
    excluded: Whole
    places: Whole
    lowest: Floats
    highest: Floats
    revenue_floors: Floats
    stake_lowest: Floats
    stake_highest: Floats
    strict: Whole
    tokens: Sequence[frozenset[str]]
    vectors: Vectors
    kinds: Whole
    tiers: Whole
    completeness: Floats

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Acceptances:
    """What the owners of the offers accept, one row an offer.

    Attributes:
        kinds: (n,) kinds of seekers wanted, one bit each; 0: all.
        least_tier: (n,) the badge that a seeker must have; 0: none.
        least_share: (n,) the share of the asking price that a seeker's highest amount must reach, NaN: open.
    """

    kinds: Whole
    least_tier: Whole
    least_share: Floats


@dataclass(frozen=True)
class Past:
    """What one seeker has done: rows of `offers` they went for, how much each counts, and how many days ago."""

    offers: Offers
    weights: Floats
    ages: Floats


@dataclass(frozen=True)
class Market:
    """What is common, so that what is special can be told from it. Made once a day and kept; its version goes with every match.

    Attributes:
        version: names it.
        centre: (384,) mean of the texts' vectors; e5's cosines lie so close together that only differences from it tell.
        rarity: a word's inverse document frequency; `unseen` is that of a word nobody has used.
        words: in how many of the past deals a word occurred; `deals`: how many past deals there were.
        counts: how often each value of a category occurred in past deals, by feature.
        popularity: how many seekers went for an offer of a value, as a logarithm, by feature.
        amount_mean, amount_sd: of the logarithms of the amounts.
    """

    version: str
    centre: Vectors
    rarity: Mapping[str, float]
    unseen: float
    words: Mapping[str, int] = field(default_factory=dict)
    deals: int = 0
    counts: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    popularity: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    usual_popularity: float = 0.0
    amount_mean: float = 0.0
    amount_sd: float = 1.0


def padded(wanted: Sequence[Sequence[tuple[int, int]]]) -> Whole:
    """(m, k, 2) with UNKNOWN where a wish has fewer than the most."""
    longest = max((len(values) for values in wanted), default=0) or 1
    filled = [[*values, *[(UNKNOWN, UNKNOWN)] * (longest - len(values))] for values in wanted]
    return np.array(filled, dtype=np.int64).reshape(len(wanted), longest, 2)
