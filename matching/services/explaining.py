"""Why a pair scores what it scores: the same engine on the same inputs, with its parts kept."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.columns import acceptances_of, offers_of, wishes_of
from matching.engine.constraints import Failed, failures
from matching.engine.engine import score_pairs
from matching.engine.scoring import Part, band_of, parts_of
from matching.engine.text import text_key
from matching.models import ListingProfile, Mandate
from matching.services import vectors
from matching.services.scoring import Basis, basis_of_today, pasts_of, tiers_of


@dataclass(frozen=True)
class Explained:
    """A pair in full.

    Attributes:
        failed: conditions that are not met; such a pair is no match, and its score is what it would be without them.
        unknown: facts that one side does not tell and the other asks about.
        states: which comparison each factor rests on (`sector_full`, `ticket_out` …), for its sentence.
    """

    mandate: Mandate
    profile: ListingProfile
    score: int
    seeker_score: int
    owner_score: int
    band: str
    parts: tuple[Part, ...]
    failed: tuple[str, ...]
    unknown: tuple[str, ...]
    states: dict[str, str]
    seeker_tier: int
    is_degraded: bool


def explain(mandate: Mandate, profile: ListingProfile) -> Explained:
    """One pair, also one that fails a condition."""
    return explain_many([(mandate, profile)])[0]


def explain_many(pairs: Sequence[tuple[Mandate, ListingProfile]], basis: Basis | None = None) -> list[Explained]:
    """Pairs in order, with two queries for all of their vectors."""
    if not pairs:
        return []
    basis = basis or basis_of_today()
    mandates = [mandate for mandate, _ in pairs]
    profiles = [profile for _, profile in pairs]
    keys = [text_key(mandate.thesis) for mandate in mandates]
    known = vectors.vectors_of([*keys, *(profile.text_key for profile in profiles)])
    wishes = wishes_of(mandates, tiers_of(mandates), known, keys)
    offers = offers_of(profiles, known, basis.today)
    acceptances = acceptances_of(profiles)
    every = np.arange(len(pairs))
    failed = failures(wishes, offers, acceptances, every, every)
    scored = score_pairs(
        wishes,
        offers,
        acceptances,
        basis.market,
        every,
        every,
        learned=basis.ranker,
        pasts=pasts_of(mandates, basis),
        also_failed=True,
    )
    found = []
    for row, (mandate, profile) in enumerate(pairs):
        score, parts = parts_of(scored.seeker, scored.owner, row)
        found.append(
            Explained(
                mandate,
                profile,
                score,
                round(float(scored.seeker.score[row])),
                round(float(scored.owner.score[row])),
                band_of(score),
                parts,
                tuple(code.value for code in Failed if failed[code][row]),
                tuple(_unknown(mandate, profile)),
                {name.split("_")[0]: name for name, values in scored.stated.items() if "_" in name and values[row] > 0},
                int(wishes.tiers[row]),
                bool(mandate.thesis) and keys[row] not in known,
            )
        )
    return found


def _unknown(mandate: Mandate, profile: ListingProfile) -> list[str]:
    found = []
    if mandate.nic_include and not profile.division:
        found.append("sector")
    if mandate.districts and not profile.district:
        found.append("district")
    if (mandate.stake_min_pct or mandate.stake_max_pct) and profile.stake_pct is None:
        found.append("stake")
    return found
