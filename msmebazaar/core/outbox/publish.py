"""Writing events."""

from datetime import datetime, timedelta
from functools import cache, partial
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu import Connection
from kombu.exceptions import OperationalError
from kombu.pools import producers
from redis.exceptions import RedisError

from msmebazaar.core import clock, context
from msmebazaar.core.breaker import REDIS
from msmebazaar.core.logging import get_logger
from msmebazaar.core.outbox.models import Delivery, OutboxEvent
from msmebazaar.core.outbox.registry import Event, subscriptions_of

log = get_logger(__name__)
HURRY_S = 0.2
NUDGE_GRACE = timedelta(seconds=5)  # the sweeper leaves a new row to the nudge for this long


class OutsideTransaction(RuntimeError):
    """An event must be committed together with the change it tells of."""


def publish(event: Event, *, not_before: datetime | None = None) -> UUID:
    """Write the event and one delivery per subscriber; after the commit, wake workers (best effort).

    Args:
        not_before: leave it to the sweeper until then, instead of waking a worker.
    Returns:
        the event's id.
    Raises:
        OutsideTransaction: there is no open transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise OutsideTransaction(f"publish({event.name}) outside a transaction")
    now = clock.now()
    row = OutboxEvent.objects.create(
        name=event.name,
        version=event.version,
        payload=event.payload(),
        request_id=context.request_id(),
        occurred_at=now,
    )
    deliveries = Delivery.objects.bulk_create(
        Delivery(
            event=row,
            handler=subscription.name,
            queue=subscription.queue,
            wanted_at=not_before or now,
            due_at=not_before or now + NUDGE_GRACE,
        )
        for subscription in subscriptions_of(event.name)
    )
    for delivery in deliveries if not_before is None else ():
        transaction.on_commit(partial(nudge, delivery.id, delivery.queue), robust=True)
    return row.id


@cache
def _hurried_connection() -> Connection:
    """To the broker, for whoever has a person waiting: a worker may wait ten seconds for it, a request may not."""
    patience = {"socket_timeout": HURRY_S, "socket_connect_timeout": HURRY_S}
    return current_app.connection_for_write().clone(
        transport_options={**settings.CELERY_BROKER_TRANSPORT_OPTIONS, **patience}
    )


def nudge(delivery_id: UUID, queue: str) -> bool:
    """Ask a worker to carry out one delivery now. False when the broker is away: the sweeper will find the row."""
    from msmebazaar.core.outbox.tasks import deliver_task

    if REDIS.is_open:
        return False
    try:
        with producers[_hurried_connection()].acquire(block=True) as producer:
            deliver_task.apply_async(
                kwargs={"delivery_id": str(delivery_id)}, queue=queue, retry=False, producer=producer
            )
    except (OperationalError, RedisError, OSError) as error:
        REDIS.record(ok=False)
        log.warning("outbox nudge failed", delivery_id=str(delivery_id), error_type=type(error).__name__)
        return False
    return True
