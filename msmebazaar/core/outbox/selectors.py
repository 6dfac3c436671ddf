"""Reads over the outbox."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from msmebazaar.core.outbox.models import Delivery


@dataclass(frozen=True)
class OutboxDepth:
    """`pending`: wanted by now; `planned`: wanted later. `oldest_age_s` counts from when it was wanted, 0 when nothing waits."""

    pending: int
    planned: int
    dead: int
    oldest_age_s: float


def outbox_depth(*, now: datetime) -> OutboxDepth:
    found = Delivery.objects.exclude(state=Delivery.State.DONE).aggregate(
        pending=Count("id", filter=Q(state=Delivery.State.PENDING, wanted_at__lte=now)),
        planned=Count("id", filter=Q(state=Delivery.State.PENDING, wanted_at__gt=now)),
        dead=Count("id", filter=Q(state=Delivery.State.DEAD)),
        oldest=Min("wanted_at", filter=Q(state=Delivery.State.PENDING, wanted_at__lte=now)),
    )
    age = (now - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    return OutboxDepth(found["pending"], found["planned"], found["dead"], age)
