"""Reads over the outbox."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from msmebazaar.core.outbox.models import Delivery


@dataclass(frozen=True)
class OutboxDepth:
    """`oldest_age_s` is 0 when nothing waits."""

    pending: int
    dead: int
    oldest_age_s: float


def outbox_depth(*, now: datetime) -> OutboxDepth:
    found = Delivery.objects.exclude(state=Delivery.State.DONE).aggregate(
        pending=Count("id", filter=Q(state=Delivery.State.PENDING)),
        dead=Count("id", filter=Q(state=Delivery.State.DEAD)),
        oldest=Min("event__occurred_at", filter=Q(state=Delivery.State.PENDING)),
    )
    age = (now - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    return OutboxDepth(found["pending"], found["dead"], max(age, 0.0))
