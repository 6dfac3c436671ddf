"""Reads of stored matches, from either side."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from matching.models import Acceptance, Feedback, Introduction, ListingProfile, Match
from matching.selectors.mandates import get_own_mandate
from matching.types import FeedbackKind, MandateStatus, MatchCounts
from msme import selectors as listings
from msme.types import Intent
from msmebazaar.core.actor import Actor


def own_matches(*, actor: Actor, mandate_id: UUID, least_score: int = 0) -> QuerySet[Match]:
    """Stored matches of an own mandate, best first. Of another kind than the mandate wants there are none."""
    mandate = get_own_mandate(actor=actor, mandate_id=mandate_id)
    live = Exists(ListingProfile.objects.filter(pk=OuterRef("listing_id")))
    return mandate.matches.filter(live, score__gte=least_score).order_by("-rank_key")  # each knows its mandate


def matches_of_listing(*, actor: Actor, listing_id: UUID, least_score: int = 0) -> QuerySet[Match]:
    """Stored matches of an own listing: active mandates it fits, the best first. ListingNotFound for somebody else's.

    Of a request for a loan none: lenders are shown neutrally, by `services.lanes`, and never ranked.
    """
    terms = listings.get_own_price_terms(actor=actor, listing_id=listing_id)
    if terms.intent == Intent.LOAN:
        return Match.objects.none()
    rows = Match.objects.filter(listing_id=listing_id, mandate__status=MandateStatus.ACTIVE, score__gte=least_score)
    return rows.select_related("mandate").order_by("-score", "-id")


def count_matches(*, actor: Actor) -> MatchCounts:
    """Matches with listings that are live now and that the actor may see, in both directions."""
    wanted = list(actor.organisation_ids)
    for_mandates = list(Match.objects.filter(mandate__organisation_id__in=wanted).values_list("listing_id", flat=True))
    own_live = listings.list_live_listing_ids(organisation_ids=wanted)
    live = visible(for_mandates, actor)
    return MatchCounts(
        for_mandates=sum(listing_id in live for listing_id in for_mandates),
        for_listings=Match.objects.filter(listing_id__in=own_live).count(),
    )


def visible(listing_ids: Iterable[UUID], actor: Actor) -> set[UUID]:
    """Those of the listings that are live and that the actor may see now."""
    return listings.list_visible_listing_ids(among=set(listing_ids), actor=actor)


def get_acceptance(*, actor: Actor, listing_id: UUID) -> Acceptance:
    """Which seekers an own listing accepts; without a word of the owner, all. Raises: ListingNotFound."""
    listings.get_own_price_terms(actor=actor, listing_id=listing_id)
    return Acceptance.objects.filter(pk=listing_id).first() or Acceptance(listing_id=listing_id)


def saved_listings(mandate_ids: Iterable[UUID]) -> set[UUID]:
    """Listings whose last word on saving was to save them."""
    rows = Feedback.objects.filter(
        mandate_id__in=list(set(mandate_ids)), kind__in=(FeedbackKind.SAVED, FeedbackKind.UNSAVED)
    )
    last = dict(rows.order_by("at", "id").values_list("listing_id", "kind"))
    return {listing_id for listing_id, kind in last.items() if kind == FeedbackKind.SAVED}


def introduction_states(pairs: Sequence[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], str]:
    """The state of the newest introduction of each (seeker's organisation, listing) that has one."""
    rows = Introduction.objects.filter(
        seeker_id__in={seeker for seeker, _ in pairs}, listing_id__in={listing for _, listing in pairs}
    )
    return {
        (seeker_id, listing_id): state
        for seeker_id, listing_id, state in rows.order_by("created_at").values_list("seeker_id", "listing_id", "state")
    }
