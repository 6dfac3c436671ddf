"""Reads over mandates and matches."""

from uuid import UUID

from django.db.models import QuerySet

from matching.exceptions import MandateNotFound
from matching.models import Mandate, Match
from matching.types import MatchCounts
from msme import selectors as listings
from msmebazaar.core.actor import Actor, Scope


def own_mandates(*, actor: Actor) -> QuerySet[Mandate]:
    return Mandate.objects.filter(organisation_id__in=actor.readable(Scope.MATCHING))


def get_own_mandate(*, actor: Actor, mandate_id: UUID) -> Mandate:
    mandate = own_mandates(actor=actor).filter(pk=mandate_id).first()
    if mandate is None:
        raise MandateNotFound
    return mandate


def own_matches(*, actor: Actor, mandate_id: UUID) -> QuerySet[Match]:
    """Stored matches of an own mandate, best first."""
    mandate = get_own_mandate(actor=actor, mandate_id=mandate_id)
    return Match.objects.filter(mandate=mandate).order_by("-rank_key")


def count_matches(*, actor: Actor) -> MatchCounts:
    """Matches with listings that are live now and that the actor may see, in both directions."""
    wanted = list(actor.organisation_ids)
    for_mandates = Match.objects.filter(mandate__organisation_id__in=wanted).values_list("listing_id", flat=True)
    own_live = listings.list_live_listing_ids(organisation_ids=wanted)
    live = {
        facts.listing_id for facts in listings.get_listing_facts(listing_ids=list(set(for_mandates)), seen_by=actor)
    }
    return MatchCounts(
        for_mandates=sum(listing_id in live for listing_id in for_mandates),
        for_listings=Match.objects.filter(listing_id__in=own_live).count(),
    )
