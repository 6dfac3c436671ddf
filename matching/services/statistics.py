"""How matching does, in numbers: for one's own organisations, and for staff."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Avg, Count, F, Q

from matching.engine.scoring import GOOD, STRONG
from matching.models import Feedback, Match
from matching.selectors import own_introductions, own_mandates
from matching.types import FeedbackKind, IntroductionState, MandateStatus
from msme import selectors as listings
from msmebazaar.core.actor import Actor

RECENT = timedelta(days=30)


@dataclass(frozen=True)
class Statistics:
    """Counts of the actor's own mandates and listings; `answered_within_hours` is a mean over introductions they answered."""

    mandates_active: int
    matches: int
    matches_good: int
    matches_strong: int
    mandates_for_listings: int
    viewed: int
    saved: int
    declined: int
    contacted: int
    introductions_asked: int
    introductions_approved: int
    introductions_waiting: int
    answered_within_hours: float | None
    since: datetime


def get_statistics(*, actor: Actor, now: datetime) -> Statistics:
    """Matches as they are now; what was done about them in the last 30 days."""
    since = now - RECENT
    mandates = own_mandates(actor=actor)
    matched = Match.objects.filter(mandate__in=mandates).aggregate(
        every=Count("id"),
        good=Count("id", filter=Q(score__gte=GOOD)),
        strong=Count("id", filter=Q(score__gte=STRONG)),
    )
    done = dict(
        Feedback.objects.filter(mandate__in=mandates, at__gte=since)
        .values_list("kind")
        .annotate(count=Count("id"))
        .order_by()
    )
    introductions = own_introductions(actor=actor)
    recent = introductions.filter(created_at__gte=since)
    answered = introductions.filter(moves__move__in=("approve", "decline"), moves__at__gte=since).aggregate(
        mean=Avg(F("moves__at") - F("created_at"))
    )["mean"]
    live = listings.list_live_listing_ids(organisation_ids=actor.organisation_ids)
    return Statistics(
        mandates_active=mandates.filter(status=MandateStatus.ACTIVE).count(),
        matches=matched["every"],
        matches_good=matched["good"],
        matches_strong=matched["strong"],
        mandates_for_listings=Match.objects.filter(listing_id__in=live).values("mandate_id").distinct().count(),
        viewed=done.get(FeedbackKind.VIEWED, 0),
        saved=done.get(FeedbackKind.SAVED, 0),
        declined=done.get(FeedbackKind.DECLINED, 0),
        contacted=done.get(FeedbackKind.CONTACTED, 0),
        introductions_asked=recent.count(),
        introductions_approved=recent.filter(moves__move="approve").distinct().count(),
        introductions_waiting=introductions.filter(state=IntroductionState.ASKED).count(),
        answered_within_hours=None if answered is None else round(answered.total_seconds() / 3600, 1),
        since=since,
    )
