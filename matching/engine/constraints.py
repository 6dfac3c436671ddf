"""What must not be: the only things that take an offer out of a mandate's sight. Everything else is a matter of degree.

Equality of sectors as a filter would have removed more than nine in ten of the deals Indian investors later made, a state of
an earlier deal one in six, a ticket stretched threefold one in twenty (measured on public deals, docs/matching.md). So only
what somebody declared, and what nobody would call a matter of degree, is a condition.
"""

import enum
import math

import numpy as np
from numpy.typing import NDArray

from matching.engine.types import UNKNOWN, Acceptances, Offers, Whole, Wishes

STRETCH = math.log(3)  # a price of up to three times the ticket, or a third of it, is still shown
ROUNDING = 1e-9


class Strict(enum.IntFlag):
    """Wishes that a mandate may make conditions."""

    SECTOR = 1
    PLACE = 2
    TICKET = 4
    REVENUE = 8
    STAKE = 16


class Failed(enum.StrEnum):
    """Why a pair is no match. The first five are never relaxed."""

    OWN = "own_listing"
    INTENT = "intent"
    EXCLUDED = "excluded"
    NOT_ACCEPTED = "not_accepted"
    TIER = "tier"
    TICKET_FAR = "ticket_far"
    TICKET = "ticket"
    SECTOR = "sector"
    PLACE = "place"
    REVENUE = "revenue"
    STAKE = "stake"


def failures(
    wishes: Wishes, offers: Offers, acceptances: Acceptances, mandates: Whole, listings: Whole
) -> dict[Failed, NDArray[np.bool_]]:
    """For each condition, which of the pairs (mandates[p], listings[p]) fail it.

    A fact that is not told passes a wish and fails a condition.
    """
    w, o = mandates, listings
    strict = wishes.strict[w]
    amount, low, high = offers.amounts[o], wishes.lowest[w], wishes.highest[w]
    kinds = acceptances.kinds[o]
    covered = ~(amount + np.log(acceptances.least_share[o]) > high + ROUNDING)  # NaN: open
    with np.errstate(invalid="ignore"):
        far = (amount > high + STRETCH + ROUNDING) | (amount < low - STRETCH - ROUNDING)
        outside = ~((amount >= low - ROUNDING) & (amount <= high + ROUNDING))
        too_small = ~(offers.revenues[o] >= wishes.revenue_floors[w]) & ~np.isnan(wishes.revenue_floors[w])
        stake = offers.stakes[o]
        other_stake = ~(
            (np.isnan(wishes.stake_lowest[w]) | (stake >= wishes.stake_lowest[w]))
            & (np.isnan(wishes.stake_highest[w]) | (stake <= wishes.stake_highest[w]))
        )
    return {
        Failed.OWN: wishes.owners[w] == offers.owners[o],
        Failed.INTENT: (wishes.intents[w] & (1 << np.maximum(offers.intents[o], 0))) == 0,
        Failed.EXCLUDED: sector_level(wishes.excluded[w], offers.sectors[o]) == FULL,
        Failed.NOT_ACCEPTED: ((kinds != 0) & ((kinds & wishes.kinds[w]) == 0)) | ~covered,
        Failed.TIER: wishes.tiers[w] < acceptances.least_tier[o],
        Failed.TICKET_FAR: far,
        Failed.TICKET: outside & _has(strict, Strict.TICKET),
        Failed.SECTOR: (sector_level(wishes.sectors[w], offers.sectors[o]) < FULL)
        & _is_named(wishes.sectors[w])
        & _has(strict, Strict.SECTOR),
        Failed.PLACE: (place_level(wishes.places[w], offers.places[o]) < STATE)
        & _is_named(wishes.places[w])
        & _has(strict, Strict.PLACE),
        Failed.REVENUE: too_small & _has(strict, Strict.REVENUE),
        Failed.STAKE: other_stake & _has(strict, Strict.STAKE),
    }


def eligible(
    wishes: Wishes, offers: Offers, acceptances: Acceptances, mandates: Whole, listings: Whole
) -> NDArray[np.bool_]:
    """Which of the pairs fail nothing."""
    failed = np.zeros(len(mandates), dtype=bool)
    for fails in failures(wishes, offers, acceptances, mandates, listings).values():
        failed |= fails
    return ~failed


HIDDEN, OTHER, NEAR, FULL = -1, 0, 1, 2
STATE, DISTRICT = 1, 2


def sector_level(wanted: Whole, given: Whole) -> Whole:
    """(p,) FULL within a wanted industry, NEAR in the same wide one, OTHER, HIDDEN where the offer does not tell.

    Args:
        wanted: (p, k, 2). given: (p, 2).
    """
    wide, narrow = given[:, None, 0], given[:, None, 1]
    same_wide = (wanted[..., 0] == wide) & (wanted[..., 0] != UNKNOWN)
    same_narrow = (wanted[..., 1] == narrow) & (narrow != UNKNOWN)
    whole_wide = same_wide & (wanted[..., 1] == UNKNOWN)
    level = np.where((same_narrow | whole_wide).any(1), FULL, np.where(same_wide.any(1), NEAR, OTHER))
    return np.where((given == UNKNOWN).all(1), HIDDEN, level)


def place_level(wanted: Whole, given: Whole) -> Whole:
    """(p,) DISTRICT or STATE that is wanted, OTHER, HIDDEN. A district that an offer does not tell counts as its state.

    Args:
        wanted: (p, k, 2) state and district. given: (p, 3) country, state, district.
    """
    state, district = given[:, None, 1], given[:, None, 2]
    same_state = (wanted[..., 0] == state) & (state != UNKNOWN)
    same_district = same_state & (wanted[..., 1] == district) & (district != UNKNOWN)
    state_will_do = same_state & ((wanted[..., 1] == UNKNOWN) | (district == UNKNOWN))
    level = np.where(same_district.any(1), DISTRICT, np.where(state_will_do.any(1), STATE, OTHER))
    return np.where(given[:, 1] == UNKNOWN, HIDDEN, level)


def _is_named(wanted: Whole) -> NDArray[np.bool_]:
    named: NDArray[np.bool_] = (wanted != UNKNOWN).any((1, 2))
    return named


def _has(strict: Whole, bit: Strict) -> NDArray[np.bool_]:
    has: NDArray[np.bool_] = (strict & bit) != 0
    return has
