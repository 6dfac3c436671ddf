"""Telling seekers of new matches, as often as they want to hear."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import selectors as people
from accounts import services as accounts
from matching.engine.scoring import GOOD
from matching.models import Mandate, Match
from matching.selectors.matches import visible
from matching.types import MandateStatus
from msme.types import PERIODS

ROUND = 500
MOST_NAMED = 20  # more than this is told as "20"


def tell_of_new_matches(*, now: datetime) -> int:
    """Look at the mandates that are due, tell their members of good matches found since. Returns how many mandates told.

    A mandate another worker holds is left to it; one that fails stays due.
    """
    due = Mandate.objects.filter(alert_due_at__lte=now, status=MandateStatus.ACTIVE).order_by("alert_due_at")
    return sum(_look(mandate_id, now) for mandate_id in list(due.values_list("pk", flat=True)[:ROUND]))


@transaction.atomic
def _look(mandate_id: UUID, now: datetime) -> int:
    mandate = Mandate.objects.select_for_update(skip_locked=True).filter(pk=mandate_id, alert_due_at__lte=now).first()
    if mandate is None:
        return 0
    since = mandate.alerted_until or mandate.created_at
    new = Match.objects.filter(mandate=mandate, created_at__gt=since, created_at__lte=now, score__gte=GOOD)
    listing_ids = list(new.order_by("-rank_key").values_list("listing_id", flat=True)[: MOST_NAMED * 2])
    told = 0
    for user_id in people.list_member_ids(organisation_id=mandate.organisation_id):
        seen = visible(listing_ids, people.actor_of(user_id=user_id))
        if seen:
            params = {"count": min(len(seen), MOST_NAMED), "name": mandate.name, "mandate_id": str(mandate.id)}
            accounts.notify(user_ids=[user_id], kind="matching.new_matches", now=now, params=params)
            told = 1
    period = PERIODS.get(mandate.alerts)
    mandate.alerted_until, mandate.alert_due_at = now, now + period if period else None
    mandate.save(update_fields=["alerted_until", "alert_due_at", "updated_at"])
    return told
