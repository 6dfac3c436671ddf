"""The first page: today's queues, the market's pulse, what is out of the ordinary, how the system is."""

from typing import Any

from adminpanel import selectors
from adminpanel.models import Task
from adminpanel.types import TaskState
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor, Duty
from msmebazaar.core.http.problems import translated

WEEKS = 12
MOST_TASKS, MOST_ANOMALIES = 5, 5


def today(actor: Actor) -> dict[str, Any]:
    """What the first page shows a colleague, by their duties."""
    now = clock.now()
    day = clock.today_in_india()
    found: dict[str, Any] = {
        "queues": [
            {"today": each, "title": translated(each.queue.title)}
            for each in selectors.queues_today(actor=actor, now=now)
        ],
        "tasks": Task.objects.filter(owner_id=actor.user_id, state=TaskState.OPEN).order_by("due_at")[:MOST_TASKS],
        "now": now,
    }
    if actor.has_duty(Duty.REPORTS, Duty.OPERATIONS, Duty.STAFFING):
        found["pulse"] = [(each, translated(each.title)) for each in selectors.pulse(today=day)]
        found["anomalies"] = [
            (each, translated(each.title)) for each in selectors.anomalies(today=day)[:MOST_ANOMALIES]
        ]
        found["counted_at"] = selectors.counted_at()
    if actor.has_duty(Duty.OPERATIONS):
        found["system"] = selectors.system(now=now)
    return found
