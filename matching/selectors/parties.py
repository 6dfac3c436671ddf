"""Seekers as owners see them before they agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from accounts import selectors as people
from matching.models import Mandate
from matching.selectors.mandates import strength_of
from msmebazaar.core import clock
from msmebazaar.core.types import Money

ABOUT_DIGITS = 1  # of a seeker's amounts: enough to judge, too little to recognise a mandate by


@dataclass(frozen=True)
class SeekerShown:
    """What somebody looks for, rounded, without who they are."""

    kind: str
    tier: int
    intents: list[str]
    states: list[str]
    ticket_min_about_inr: str
    ticket_max_about_inr: str
    structures: list[str]
    horizon_months: int | None
    strength: int


def seekers_shown(mandates: Sequence[Mandate]) -> dict[UUID, SeekerShown]:
    """By mandate."""
    ids = list({mandate.organisation_id for mandate in mandates})
    tiers = people.live_tiers(organisation_ids=ids, now=clock.now())
    return {
        mandate.id: SeekerShown(
            mandate.kind,
            max(tiers.get(mandate.organisation_id, [0])),
            mandate.intents,
            sorted({*mandate.states, *(place.split("/")[0] for place in mandate.districts)}),
            str(Money(mandate.ticket_min_inr).rounded(ABOUT_DIGITS)),
            str(Money(mandate.ticket_max_inr).rounded(ABOUT_DIGITS)),
            mandate.structures,
            mandate.horizon_months,
            strength_of(mandate).score,
        )
        for mandate in mandates
    }
