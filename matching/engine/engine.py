"""The engine as one: candidates in, scored and ordered matches out. Same input, same output, on every machine."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from matching.engine.behaviour import behaviour
from matching.engine.constraints import eligible
from matching.engine.model import Ranker
from matching.engine.models import DECLARED, OWNERS
from matching.engine.scoring import Side, joined, side_of
from matching.engine.stated import owner_side, seeker_side
from matching.engine.types import Acceptances, Floats, Market, Offers, Past, Whole, Wishes

ENGINE_VERSION = "match-1"
ENOUGH_DEALS = 3  # with fewer, what somebody says counts in full beside what they did


@dataclass(frozen=True)
class Scored:
    """Pairs that fail no condition, with both sides. `log_odds` is the seeker's side before points, `stated` what it rests on."""

    mandates: Whole
    listings: Whole
    log_odds: Floats
    seeker: Side
    owner: Side
    score: Floats
    stated: Mapping[str, Floats]


def score_pairs(
    wishes: Wishes,
    offers: Offers,
    acceptances: Acceptances,
    market: Market,
    mandates: Whole,
    listings: Whole,
    *,
    learned: Ranker | None = None,
    pasts: Mapping[int, Past] | None = None,
    also_failed: bool = False,
) -> Scored:
    """Score the pairs (mandates[p], listings[p]), rows of `wishes` and `offers`; those that fail a condition are left out.

    Args:
        learned: a trained model; it has a say for mandates in `pasts`, the others are what DECLARED makes of them.
        pasts: what the seekers of some mandates have done, by row of `wishes`.
        also_failed: score every pair, for explanations of what is no match.
    """
    fit = slice(None) if also_failed else eligible(wishes, offers, acceptances, mandates, listings)
    w, o = mandates[fit], listings[fit]
    stated = seeker_side(wishes, offers, market, w, o)
    contributions = seeker_contributions(stated, w, o, offers, market, learned=learned, pasts=pasts or {})
    seeker = side_of(contributions)
    owner = side_of(OWNERS.contributions(owner_side(wishes, offers, acceptances, w, o)))
    log_odds = sum(contributions.values(), np.zeros(len(w)))
    return Scored(w, o, log_odds, seeker, owner, joined(seeker, owner), stated)


def seeker_contributions(
    stated: Mapping[str, Floats],
    mandates: Whole,
    listings: Whole,
    offers: Offers,
    market: Market,
    *,
    learned: Ranker | None,
    pasts: Mapping[int, Past],
) -> dict[str, Floats]:
    """(p,) of each factor, in log-odds beyond the average pair."""
    found = DECLARED.contributions(stated)
    if learned is None:
        return found
    for mandate, past in pasts.items():
        rows = np.flatnonzero(mandates == mandate)
        if not len(past.offers) or not len(rows):
            continue
        keeps = learned.keeps if len(past.offers) >= ENOUGH_DEALS else 1.0
        trained = learned.behaviour.contributions(behaviour(past, offers.take(listings[rows]), market))
        for factor in found.keys() | trained.keys():
            column = found.setdefault(factor, np.zeros(len(mandates)))
            column[rows] = column[rows] * keeps + trained.get(factor, 0.0)
    return found
