"""Reads of mandates, and what would make one stronger."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from matching.columns import FILLED_IN, filled_in
from matching.exceptions import MandateNotFound
from matching.models import Mandate
from msmebazaar.core.actor import Actor, Scope

WIDE = 10  # times the lowest amount: a ticket beyond this says little


def own_mandates(*, actor: Actor) -> QuerySet[Mandate]:
    return Mandate.objects.filter(organisation_id__in=actor.readable(Scope.MATCHING))


def get_own_mandate(*, actor: Actor, mandate_id: UUID) -> Mandate:
    """MandateNotFound when it is somebody else's."""
    mandate = own_mandates(actor=actor).filter(pk=mandate_id).first()
    if mandate is None:
        raise MandateNotFound
    return mandate


@dataclass(frozen=True)
class Strength:
    """How much a mandate tells, 0 to 100, and what to add next, the most useful first (codes of `reasons.HINTS`)."""

    score: int
    hints: tuple[str, ...]


def strength_of(mandate: Mandate) -> Strength:
    """Owners see how complete a mandate is before they answer; the hints say what is missing."""
    wanted = (
        ("sector", not mandate.nic_include),
        ("place", not (mandate.states or mandate.districts)),
        ("ticket", mandate.ticket_max_inr > mandate.ticket_min_inr * WIDE),
        ("thesis", len(mandate.thesis) < 40),
        ("longer_thesis", 40 <= len(mandate.thesis) < 200),
        ("revenue", mandate.revenue_min_inr is None),
        ("structures", not mandate.structures),
        ("horizon", mandate.horizon_months is None),
        ("stake", mandate.stake_min_pct is None and mandate.stake_max_pct is None and "stake_sale" in mandate.intents),
    )
    return Strength(
        round(100 * filled_in(mandate) / FILLED_IN), tuple(code for code, is_missing in wanted if is_missing)
    )
