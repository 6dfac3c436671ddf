"""What somebody did about a match."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from matching import selectors
from matching.events import FeedbackGiven
from matching.exceptions import MatchNotFound
from matching.models import Feedback, ListingProfile, Mandate, Match
from matching.selectors.matches import visible
from matching.services.scoring import facts_of
from matching.types import FeedbackKind
from msmebazaar.core.actor import Actor, Scope
from msmebazaar.core.outbox import publish

CHANGES_THE_LIST = frozenset({FeedbackKind.DECLINED, FeedbackKind.RESTORED})


@dataclass(frozen=True)
class FeedbackInput:
    """What was done; `reason` belongs to a refusal. `shown_rank`: on which place of the page it stood, from 1."""

    kind: str
    reason: str = ""
    shown_rank: int | None = None


@transaction.atomic
def give_feedback(*, actor: Actor, mandate_id: UUID, listing_id: UUID, given: FeedbackInput, now: datetime) -> Feedback:
    """Keep what a mandate's owner did about a listing. A declined one vanishes from the list at once.

    Saying the same again as the last time keeps the first row.

    Raises:
        MandateNotFound, ReadOnly.
        MatchNotFound: the actor cannot see such a listing.
    """
    mandate, profile = own_pair(actor=actor, mandate_id=mandate_id, listing_id=listing_id)
    actor.require_writable(Scope.MATCHING, mandate.organisation_id)
    Mandate.objects.select_for_update().get(pk=mandate.pk)
    rows = Feedback.objects.filter(mandate=mandate, listing_id=listing_id).order_by("-at", "-id")
    last = rows.first() if given.kind != FeedbackKind.VIEWED else rows.filter(kind=FeedbackKind.VIEWED).first()
    if last is not None and (last.kind, last.reason) == (given.kind, given.reason):
        return last
    return write_feedback(mandate, profile, given, user_id=actor.user_id, now=now)


def write_feedback(
    mandate: Mandate, profile: ListingProfile, given: FeedbackInput, *, user_id: UUID, now: datetime
) -> Feedback:
    """Keep it, in the caller's transaction, and what follows from it for the list."""
    match = Match.objects.filter(mandate=mandate, listing_id=profile.listing_id).first()
    row = Feedback.objects.create(
        mandate=mandate,
        listing_id=profile.listing_id,
        kind=given.kind,
        reason=given.reason,
        ask_inr=profile.ask_inr,
        shown_rank=given.shown_rank,
        ranker=match.ranker if match else "",
        facts=facts_of(profile),
        user_id=user_id,
        at=now,
    )
    if given.kind == FeedbackKind.DECLINED and match is not None:
        match.delete()
    if given.kind in CHANGES_THE_LIST:
        publish(FeedbackGiven(mandate.id))
    return row


def own_pair(*, actor: Actor, mandate_id: UUID, listing_id: UUID) -> tuple[Mandate, ListingProfile]:
    """An own mandate and a live listing the actor may see, whether they match or not.

    Raises:
        MandateNotFound, MatchNotFound.
    """
    mandate = selectors.get_own_mandate(actor=actor, mandate_id=mandate_id)
    profile = ListingProfile.objects.filter(pk=listing_id).first()
    if profile is None or not visible([listing_id], actor):
        raise MatchNotFound
    return mandate, profile
