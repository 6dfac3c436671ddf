"""Proof of life of each queue's worker, in the database so that every process can see it."""

from datetime import datetime, timedelta

from msmebazaar.core import clock
from msmebazaar.core.models import WorkerHeartbeat

STALE_AFTER = timedelta(seconds=60)


def record_heartbeat(queue: str) -> None:
    WorkerHeartbeat.objects.update_or_create(queue=queue, defaults={"at": clock.now()})


def forget_heartbeat(queue: str) -> None:
    WorkerHeartbeat.objects.filter(queue=queue).delete()


def heartbeat_ages(*, now: datetime) -> dict[str, float]:
    """Seconds since each queue's worker last beat; a queue that never did, or left in order, is missing."""
    return {queue: (now - at).total_seconds() for queue, at in WorkerHeartbeat.objects.values_list("queue", "at")}
