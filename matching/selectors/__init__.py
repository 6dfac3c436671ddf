"""Reads. Querysets stay inside this app; other apps get the frozen facts of `matching.types`."""

from matching.selectors.introductions import (
    get_own_introduction,
    level_of,
    levels_of,
    own_introductions,
    waiting_introductions,
)
from matching.selectors.mandates import Strength, get_own_mandate, has_mandates, own_mandates, strength_of
from matching.selectors.matches import count_matches, get_acceptance, matches_of_listing, own_matches

__all__ = [
    "Strength",
    "count_matches",
    "get_acceptance",
    "get_own_introduction",
    "get_own_mandate",
    "has_mandates",
    "level_of",
    "levels_of",
    "matches_of_listing",
    "own_introductions",
    "own_mandates",
    "own_matches",
    "strength_of",
    "waiting_introductions",
]
