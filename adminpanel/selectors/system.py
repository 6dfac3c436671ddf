"""Reads over queues and over the system's own health."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q

from msmebazaar.core import health, staff
from msmebazaar.core.actor import Actor
from msmebazaar.core.models import Delivery, WorkerHeartbeat
from msmebazaar.core.outbox import selectors as outbox
from msmebazaar.core.outbox.selectors import OutboxDepth
from msmebazaar.core.staff import Colour, Depth, Queue

LATE_HEARTBEAT = timedelta(seconds=60)


@dataclass(frozen=True)
class QueueToday:
    """A queue with its depth; `colour` is that of its oldest item."""

    queue: Queue
    depth: Depth
    colour: str


@dataclass(frozen=True)
class Part:
    """A part of the system: whether it is well, and a fact about it."""

    name: str
    is_well: bool
    fact: str


@dataclass(frozen=True)
class System:
    parts: tuple[Part, ...]
    workers: tuple[Part, ...]
    vendors: tuple[Part, ...]
    outbox: OutboxDepth


def queues_today(*, actor: Actor, now: datetime) -> list[QueueToday]:
    """The colleague's queues, those with something late first."""
    found = []
    for queue in staff.queues_for(actor):
        depth = queue.depth(actor=actor, now=now)
        colour = Colour.GREEN
        if depth.late:
            colour = Colour.RED
        elif depth.oldest and not queue.due and now - depth.oldest >= queue.answer_within / 2:
            colour = Colour.AMBER
        found.append(QueueToday(queue, depth, colour))
    return sorted(found, key=lambda each: (-each.depth.late, -each.depth.count))


def system(*, now: datetime) -> System:
    """Database, cache, broker and store as readiness asks them; workers by their heartbeat; vendors by their last jobs."""
    parts = tuple(
        Part(name, probe.ok, f"{probe.latency_ms} ms" if probe.ok else probe.error or "")
        for name, probe in health.readiness().items()
    )
    beats = dict(WorkerHeartbeat.objects.values_list("queue", "at"))
    workers = tuple(
        Part(
            queue,
            queue in beats and now - beats[queue] < LATE_HEARTBEAT,
            f"{(now - beats[queue]).total_seconds():.0f} s" if queue in beats else "–",
        )
        for queue in settings.QUEUES
    )
    return System(parts, workers, _vendors(now), outbox.outbox_depth(now=now))


VENDOR_JOBS = {
    "Twilio": ("whatsapp.send", "accounts.dispatch"),
    "OpenAI": ("valuation.write_narrative",),
    "S3": ("accounts.make_export", "adminpanel.make_sheet"),
}


def _vendors(now: datetime) -> tuple[Part, ...]:
    """Jobs of the last hour that call a vendor: how many were done, and how many wait after a failure."""
    hour = now - timedelta(hours=1)
    is_failing = Q(state=Delivery.State.PENDING, attempts__gt=0) | Q(state=Delivery.State.DEAD, due_at__gt=hour)
    found = []
    for vendor, handlers in VENDOR_JOBS.items():
        names = Q()
        for handler in handlers:
            names |= Q(handler__startswith=handler)
        counts = Delivery.objects.filter(names).aggregate(
            done=Count("id", filter=Q(done_at__gt=hour)), failing=Count("id", filter=is_failing)
        )
        found.append(Part(vendor, not counts["failing"], f"{counts['done']} / {counts['failing']}"))
    return tuple(found)
