"""Matches in a few words, for a chat: score, title, price, the strongest reasons."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.utils import translation

from matching.models import ListingProfile, Match
from matching.reasons import highlights_of
from matching.selectors.matches import introduction_states, visible
from matching.services.explaining import explain_many
from matching.types import MandateStatus
from msme import selectors as listings
from msmebazaar.core.actor import Actor, Scope


@dataclass(frozen=True)
class MatchCard:
    """A listing that fits an own mandate. `code`: four signs to type; the price asked in rupees."""

    code: str
    mandate_id: UUID
    listing_id: UUID
    score: int
    title: str
    ask_inr: Decimal
    reasons: tuple[str, ...]


def best_cards(*, actor: Actor, limit: int, language: str) -> list[MatchCard]:
    """The best stored matches of the actor's active mandates, with listings that may be seen now and were not asked about."""
    rows = list(
        Match.objects.filter(
            mandate__organisation_id__in=actor.readable(Scope.MATCHING), mandate__status=MandateStatus.ACTIVE
        )
        .select_related("mandate")
        .order_by("-rank_key")[: limit * 4]
    )
    can_see = visible([row.listing_id for row in rows], actor)
    asked = introduction_states([(row.mandate.organisation_id, row.listing_id) for row in rows])
    kept: dict[UUID, Match] = {}
    for row in rows:
        if row.listing_id in can_see and (row.mandate.organisation_id, row.listing_id) not in asked:
            kept.setdefault(row.listing_id, row)
    best = list(kept.values())[:limit]
    profiles = ListingProfile.objects.in_bulk([row.listing_id for row in best])
    pairs = [(row.mandate, profiles[row.listing_id]) for row in best if row.listing_id in profiles]
    titles = listings.titles_of(listing_ids=[profile.listing_id for _, profile in pairs])
    with translation.override(language):
        return [
            MatchCard(
                card_code(explained.mandate.id, explained.profile.listing_id),
                explained.mandate.id,
                explained.profile.listing_id,
                explained.score,
                titles.get(explained.profile.listing_id, ""),
                explained.profile.ask_inr,
                tuple(reason.text for reason in highlights_of(explained)),
            )
            for explained in explain_many(pairs)
        ]


def card_code(mandate_id: UUID, listing_id: UUID) -> str:
    """Four signs of the pair, which stay the same."""
    return f"{(mandate_id.int ^ listing_id.int) & 0xFFFF:04X}"
