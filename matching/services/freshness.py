"""What missed its moment: found every few minutes and put right, a bounded number at a time."""

import time
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef

from matching.models import ListingProfile, Mandate, MarketSnapshot, TextVector
from matching.services import vectors
from matching.services.market import take_snapshot
from matching.services.scoring import match_listing, match_mandate

GRACE = timedelta(minutes=2)  # what is newer is being matched right now
SNAPSHOT_HOLDS = timedelta(days=1)
ROUND = 500
SECONDS = 40.0  # below a task's time limit


def keep_matches_fresh(*, now: datetime) -> int:
    """Match mandates whose last version was missed and listings whose text has no vector or whose profile is old.

    Returns how many were matched. The nightly sweep (`manage.py match_market`) does everything.
    """
    started, done = time.monotonic(), 0
    newest = MarketSnapshot.objects.order_by("-id").values_list("taken_at", flat=True).first()
    if newest is None or newest < now - SNAPSHOT_HOLDS:
        take_snapshot(now=now)
    stale = Mandate.objects.exclude(matched_version=F("version")).filter(updated_at__lt=now - GRACE)
    for mandate_id in list(stale.order_by("updated_at").values_list("pk", flat=True)[:ROUND]):
        if time.monotonic() - started > SECONDS:
            break
        match_mandate(mandate_id=mandate_id)
        done += 1
    known = TextVector.objects.filter(text_key=OuterRef("text_key"), model=vectors.current_model())
    without = ListingProfile.objects.exclude(Exists(known)).order_by("listing_id").values_list("pk", flat=True)
    for listing_id in list(without[:ROUND]):
        if time.monotonic() - started > SECONDS:
            break
        match_listing(listing_id=listing_id)
        done += 1
    return done
