"""Rows of the database as the engine's columns. Every category's number follows from its name, so no table of codes is kept."""

import math
import zlib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import numpy as np

from matching.engine.constraints import Strict
from matching.engine.text import words_of
from matching.engine.types import DIMENSIONS, UNKNOWN, Acceptances, Offers, Vectors, Whole, Wishes, padded
from matching.models import ListingProfile, Mandate
from matching.types import Condition, MandateKind
from msme import selectors as listings
from msme.types import Intent
from msmebazaar.core.types import STATES

INTENTS: dict[str, int] = {intent.value: number for number, intent in enumerate(Intent)}
KINDS: dict[str, int] = {kind.value: 1 << number for number, kind in enumerate(MandateKind)}
STRICT: dict[str, int] = {
    Condition.SECTOR: Strict.SECTOR,
    Condition.PLACE: Strict.PLACE,
    Condition.TICKET: Strict.TICKET,
    Condition.REVENUE: Strict.REVENUE,
    Condition.STAKE: Strict.STAKE,
}
STATE_CODES: dict[str, int] = {state.letters: number for number, state in enumerate(STATES)}
INDIA = 0
WIDE = 10  # times the lowest amount: a ticket beyond this says little
SHORT_THESIS, LONG_THESIS = 40, 200  # characters


def section_code(letter: str) -> int:
    return ord(letter) if letter else UNKNOWN


def division_code(digits: str) -> int:
    return int(digits) if digits else UNKNOWN


def district_code(state: str, name: str) -> int:
    return zlib.crc32(f"{state}/{name}".encode()) if name else UNKNOWN


def owner_code(organisation_id: UUID) -> int:
    return organisation_id.int & (2**62 - 1)


def logarithm(amount: Decimal | None) -> float:
    """NaN for nothing; of an amount of 0, that of a rupee."""
    return math.nan if amount is None else math.log(max(float(amount), 1.0))


def offers_of(profiles: Sequence[ListingProfile], vectors: Mapping[str, Vectors], today: date) -> Offers:
    """Args: vectors: by text key; a text without one has zeros."""
    return Offers(
        ids=[str(row.listing_id) for row in profiles],
        owners=_whole([owner_code(row.organisation_id) for row in profiles]),
        intents=_whole([INTENTS[row.intent] for row in profiles]),
        sectors=_whole([(section_code(row.section), division_code(row.division)) for row in profiles], 2),
        places=_whole(
            [(INDIA, STATE_CODES.get(row.state, UNKNOWN), district_code(row.state, row.district)) for row in profiles],
            3,
        ),
        amounts=np.array([logarithm(row.ask_inr) for row in profiles], dtype=np.float64),
        revenues=np.array([logarithm(row.revenue_about_inr) for row in profiles], dtype=np.float64),
        stakes=np.array(
            [math.nan if row.stake_pct is None else float(row.stake_pct) for row in profiles], dtype=np.float64
        ),
        tokens=[words_of(row.text) for row in profiles],
        vectors=_vectors([row.text_key for row in profiles], vectors),
        ages=np.array([(today - row.published_at.date()).days for row in profiles], dtype=np.float64),
        quality=np.array([row.quality for row in profiles], dtype=np.float64),
        tiers=_whole([row.tier for row in profiles]),
    )


def acceptances_of(profiles: Sequence[ListingProfile]) -> Acceptances:
    return Acceptances(
        kinds=_whole([sum(KINDS[kind] for kind in row.accepts_kinds) for row in profiles]),
        least_tier=_whole([row.accepts_tier for row in profiles]),
        least_share=np.array(
            [math.nan if row.accepts_share_pct is None else row.accepts_share_pct / 100 for row in profiles],
            dtype=np.float64,
        ),
    )


def wishes_of(
    mandates: Sequence[Mandate], tiers: Mapping[UUID, int], vectors: Mapping[str, Vectors], text_keys: Sequence[str]
) -> Wishes:
    """Args: tiers: the highest badge of each organisation; text_keys: of the theses, one a mandate."""
    sections = listings.sections_of_divisions()

    def sectors(codes: Sequence[str]) -> list[tuple[int, int]]:
        wanted = dict.fromkeys(code[:2] for code in codes)
        return [(section_code(sections.get(code, "")), division_code(code)) for code in wanted]

    return Wishes(
        ids=[str(mandate.id) for mandate in mandates],
        owners=_whole([owner_code(mandate.organisation_id) for mandate in mandates]),
        intents=_whole([sum(1 << INTENTS[intent] for intent in mandate.intents) for mandate in mandates]),
        sectors=padded([sectors(mandate.nic_include) for mandate in mandates]),
        excluded=padded([sectors(mandate.nic_exclude) for mandate in mandates]),
        places=padded([_places(mandate) for mandate in mandates]),
        lowest=np.array([logarithm(mandate.ticket_min_inr) for mandate in mandates], dtype=np.float64),
        highest=np.array([logarithm(mandate.ticket_max_inr) for mandate in mandates], dtype=np.float64),
        revenue_floors=np.array([logarithm(mandate.revenue_min_inr) for mandate in mandates], dtype=np.float64),
        stake_lowest=_percents([mandate.stake_min_pct for mandate in mandates]),
        stake_highest=_percents([mandate.stake_max_pct for mandate in mandates]),
        strict=_whole([sum(STRICT[name] for name in mandate.strict) for mandate in mandates]),
        tokens=[words_of(mandate.thesis) for mandate in mandates],
        vectors=_vectors(text_keys, vectors),
        kinds=_whole([KINDS[mandate.kind] for mandate in mandates]),
        tiers=_whole([tiers.get(mandate.organisation_id, 0) for mandate in mandates]),
        completeness=np.array([completeness_of(mandate) for mandate in mandates], dtype=np.float64),
    )


def wishes_told(mandate: Mandate) -> dict[str, bool]:
    """Each wish that makes a mandate stronger, and whether it is there."""
    return {
        "sector": bool(mandate.nic_include),
        "place": bool(mandate.states or mandate.districts),
        "ticket": mandate.ticket_max_inr <= mandate.ticket_min_inr * WIDE,
        "thesis": len(mandate.thesis) >= SHORT_THESIS,
        "longer_thesis": len(mandate.thesis) >= LONG_THESIS,
        "revenue": mandate.revenue_min_inr is not None,
        "structures": bool(mandate.structures),
        "horizon": mandate.horizon_months is not None,
        "stake": mandate.stake_min_pct is not None or mandate.stake_max_pct is not None,
    }


def completeness_of(mandate: Mandate) -> float:
    """0 to 1: the share of these wishes that a mandate has."""
    told = wishes_told(mandate)
    return sum(told.values()) / len(told)


def _places(mandate: Mandate) -> list[tuple[int, int]]:
    found = [(STATE_CODES.get(state, UNKNOWN), UNKNOWN) for state in mandate.states]
    for place in mandate.districts:
        state, _, name = place.partition("/")
        found.append((STATE_CODES.get(state, UNKNOWN), district_code(state, name)))
    return found


def _whole(values: Sequence[object], width: int = 0) -> Whole:
    found = np.array(values, dtype=np.int64)
    return found.reshape(len(values), width) if width else found


def _percents(values: Sequence[Decimal | None]) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.array([math.nan if value is None else float(value) for value in values], dtype=np.float64)


def _vectors(keys: Sequence[str], vectors: Mapping[str, Vectors]) -> Vectors:
    found = np.zeros((len(keys), DIMENSIONS), dtype=np.float32)
    for row, key in enumerate(keys):
        if key in vectors:
            found[row] = vectors[key]
    return found
