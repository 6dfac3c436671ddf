"""Reads of mandates, and what would make one stronger."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from matching.columns import completeness_of, wishes_told
from matching.exceptions import MandateNotFound
from matching.models import Mandate
from msme.types import Intent
from msmebazaar.core.actor import Actor, Scope


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
    told = wishes_told(mandate)
    missing = [code for code, is_told in told.items() if not is_told]
    if not told["thesis"]:
        missing.remove("longer_thesis")  # one thing at a time
    if "stake" in missing and Intent.STAKE_SALE not in mandate.intents:
        missing.remove("stake")
    return Strength(round(100 * completeness_of(mandate)), tuple(missing))


def has_mandates(*, actor: Actor) -> bool:
    return own_mandates(actor=actor).exists()
