"""What a mandate says, compared with what an offer says: one number a comparison, for many pairs at once.

Each comparison has a neutral value of 0, which it has when one side says nothing.
"""

import math

import numpy as np

from matching.engine.constraints import DISTRICT, FULL, NEAR, OTHER, STATE, place_level, sector_level
from matching.engine.types import UNKNOWN, Acceptances, Floats, Market, Offers, Vectors, Whole, Wishes

LOG2 = math.log(2)
MOST_WORDS_TELL = 3.0  # repeating a word, or every word of the trade, cannot bring more than this
FRESH_DAYS = 30.0


def seeker_side(
    wishes: Wishes,
    offers: Offers,
    market: Market,
    mandates: Whole,
    listings: Whole,
    *,
    meaning: Floats | None = None,
    words: Floats | None = None,
) -> dict[str, Floats]:
    """How far each pair's offer is what its mandate asks for.

    Args:
        meaning, words: where they are known already, or are not to be looked at.
    Returns:
        By name, (p,) each: `sector_full`, `sector_near`, `sector_other`, `place_district`, `place_state`, `place_other`: 0 or 1;
        `ticket_in`: 1 inside the range; `ticket_out`: doublings outside of it; `size_in`, `size_out`, `stake_in`, `stake_out`:
        0 or 1; `meaning`: cosine of the centred texts, 0 where one has no vector; `words`: shared words by their rarity;
        `fresh`: 1 new on the market, falling by half every 30 days; `quality`: -1 to 1.
    """
    w, o = mandates, listings
    sector = sector_level(wishes.sectors[w], offers.sectors[o])
    names_sector = (wishes.sectors[w] != UNKNOWN).any((1, 2))
    place = place_level(wishes.places[w], offers.places[o])
    names_place = (wishes.places[w] != UNKNOWN).any((1, 2))
    amount, low, high = offers.amounts[o], wishes.lowest[w], wishes.highest[w]
    with np.errstate(invalid="ignore"):
        beyond = np.maximum(np.maximum(amount - high, low - amount), 0) / LOG2
        floor = wishes.revenue_floors[w]
        big = offers.revenues[o] >= floor
        stake = offers.stakes[o]
        right_stake = ~(stake < wishes.stake_lowest[w]) & ~(stake > wishes.stake_highest[w])
    size_told = ~np.isnan(floor) & ~np.isnan(offers.revenues[o])
    stake_told = ~np.isnan(stake) & ~(np.isnan(wishes.stake_lowest[w]) & np.isnan(wishes.stake_highest[w]))
    return {
        "sector_full": _one(names_sector & (sector == FULL)),
        "sector_near": _one(names_sector & (sector == NEAR)),
        "sector_other": _one(names_sector & (sector == OTHER)),
        "place_district": _one(names_place & (place == DISTRICT)),
        "place_state": _one(names_place & (place == STATE)),
        "place_other": _one(names_place & (place == OTHER)),
        "ticket_in": _one(beyond == 0),
        "ticket_out": np.nan_to_num(beyond),
        "size_in": _one(size_told & big),
        "size_out": _one(size_told & ~big),
        "stake_in": _one(stake_told & right_stake),
        "stake_out": _one(stake_told & ~right_stake),
        "meaning": meaning
        if meaning is not None
        else cosines(centred(wishes.vectors[w], market), centred(offers.vectors[o], market)),
        "words": words if words is not None else shared_words(wishes, offers, market, w, o),
        "fresh": np.exp2(-np.maximum(offers.ages[o], 0) / FRESH_DAYS),
        "quality": offers.quality[o] / 50 - 1,
    }


def owner_side(
    wishes: Wishes, offers: Offers, acceptances: Acceptances, mandates: Whole, listings: Whole
) -> dict[str, Floats]:
    """How far each pair's seeker is what the offer's owner can want.

    Returns:
        By name, (p,) each: `funds`: 1 when the ticket reaches the price, less by the doublings it lacks; `proven`: the seeker's
        badge, 0 to 3; `complete`: -1 to 1, how much the mandate tells; `wanted_kind`: 1 when the owner named this kind;
        `same_trade`: 1 when the mandate names the offer's industry; `same_state`: 1 when it names its state.
    """
    w, o = mandates, listings
    with np.errstate(invalid="ignore"):
        lacks = np.maximum(offers.amounts[o] - wishes.highest[w], 0) / LOG2
    kinds = acceptances.kinds[o]
    return {
        "funds": np.where(np.isnan(offers.amounts[o]), 0, 1 - np.nan_to_num(lacks)),
        "proven": wishes.tiers[w].astype(np.float64),
        "complete": wishes.completeness[w] * 2 - 1,
        "wanted_kind": _one((kinds != 0) & ((kinds & wishes.kinds[w]) != 0)),
        "same_trade": _one(sector_level(wishes.sectors[w], offers.sectors[o]) == FULL),
        "same_state": _one(place_level(wishes.places[w], offers.places[o]) >= STATE),
    }


def centred(vectors: Vectors, market: Market) -> Vectors:
    """Unit vectors of the differences from the market's centre; a row of zeros stays one."""
    has = np.abs(vectors).sum(axis=1, keepdims=True) > 0
    moved = np.where(has, vectors - market.centre, 0)
    length = np.linalg.norm(moved, axis=1, keepdims=True)
    unit: Vectors = (moved / np.where(length == 0, 1, length)).astype(np.float32)
    return unit


def cosines(first: Vectors, second: Vectors) -> Floats:
    """(p,) of rows of unit vectors."""
    found: Floats = np.einsum("pd,pd->p", first, second, dtype=np.float64)
    return found


def shared_words(wishes: Wishes, offers: Offers, market: Market, mandates: Whole, listings: Whole) -> Floats:
    """(p,) words that both texts have, by how rare they are, beside how long the offer's text is."""
    found: Floats = np.zeros(len(mandates))
    for row, (mandate, listing) in enumerate(zip(mandates.tolist(), listings.tolist(), strict=True)):
        asked, told = wishes.tokens[mandate], offers.tokens[listing]
        if asked and told and (both := asked & told):
            found[row] = sum(market.rarity.get(word, market.unseen) for word in sorted(both)) / (
                1 + math.sqrt(len(told))
            )
    most: Floats = np.minimum(found, MOST_WORDS_TELL)
    return most


def _one(flags: object) -> Floats:
    return np.asarray(flags, dtype=np.float64)
