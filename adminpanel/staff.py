"""The queues that the kernel has for staff: jobs that were given up."""

from datetime import timedelta

from msmebazaar.core.actor import Duty
from msmebazaar.core.exceptions import N_
from msmebazaar.core.models import Delivery
from msmebazaar.core.staff import Queue, register_queues

register_queues(
    Queue(
        "dead_letters",
        N_("Jobs given up"),
        Duty.OPERATIONS,
        timedelta(hours=4),
        lambda: Delivery.objects.filter(state=Delivery.State.DEAD).select_related("event"),
        lambda row: f"{row.handler} · {row.event.name}",
        since="due_at",
        note_of=lambda row: str(row.last_error),
    ),
)
