"""Carrying out deliveries: claim, run, mark done or plan the next try; and finding what nobody carried out."""

import time
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from msmebazaar.core import clock, context, history, sentry, tracing
from msmebazaar.core.logging import get_logger
from msmebazaar.core.metrics import JOB_DURATION, JOB_LAG, JOB_TOTAL
from msmebazaar.core.outbox.models import Delivery
from msmebazaar.core.outbox.publish import nudge
from msmebazaar.core.outbox.registry import Subscription, subscription

log = get_logger(__name__)
MOST_ATTEMPTS = 12
FIRST_BACKOFF = timedelta(seconds=10)
LONGEST_BACKOFF = timedelta(hours=1)
CLAIM = timedelta(seconds=75)  # longer than a task may run
SWEEP_BATCH = 500
HANDED_OVER = timedelta(seconds=30)  # a swept row is left to the queue this long


def backoff(attempts: int) -> timedelta:
    """10 s, 20 s, 40 s … one hour."""
    return min(FIRST_BACKOFF * (1 << (attempts - 1)), LONGEST_BACKOFF)


def deliver(delivery_id: UUID, *, now: datetime) -> str:
    """Carry out one delivery, at most one at a time.

    The claim commits first, so that a handler that kills its worker uses up its attempts and ends as dead.

    Returns:
        `done`, `failed`, `dead`, or `skipped` when it is not pending or another worker has it.
    """
    with transaction.atomic():
        row = _locked_pending(delivery_id)
        if row is None:
            return "skipped"
        handler = subscription(row.handler)
        # A transactional handler needs no claim: the row's lock lasts as long as its work.
        if handler and not handler.transactional and row.claimed_until and row.claimed_until > now:
            return "skipped"
        if row.attempts >= MOST_ATTEMPTS:
            row.state = Delivery.State.DEAD
            row.save(update_fields=["state"])
            JOB_TOTAL.labels(row.handler, "dead").inc()
            log.error("delivery is dead", handler=row.handler, delivery_id=str(row.id), attempt=row.attempts)
            return "dead"
        row.attempts += 1
        row.due_at = row.claimed_until = now + CLAIM
        row.save(update_fields=["attempts", "due_at", "claimed_until"])
    context.bind_request_id(row.event.request_id)
    started = time.perf_counter()
    with tracing.delivery(row.handler, row.queue, row.attempts) as span, history.because(handler=row.handler):
        outcome = _run(row, handler)
        tracing.describe(span, outcome=outcome)
    JOB_TOTAL.labels(row.handler, outcome).inc()
    JOB_DURATION.labels(row.handler).observe(time.perf_counter() - started)
    if outcome == "done":
        JOB_LAG.labels(row.queue).observe((clock.now() - row.wanted_at).total_seconds())
    log.info(
        "job",
        job=row.event.name,
        handler=row.handler,
        delivery_id=str(row.id),
        queue=row.queue,
        attempt=row.attempts,
        outcome=outcome,
        duration_ms=round((time.perf_counter() - started) * 1000, 1),
        lag_ms=round((now - row.wanted_at).total_seconds() * 1000),
    )
    return outcome


def _locked_pending(delivery_id: UUID) -> Delivery | None:
    return (
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("event")
        .filter(pk=delivery_id, state=Delivery.State.PENDING)
        .first()
    )


def _run(row: Delivery, handler: Subscription | None) -> str:
    try:
        if handler is None:
            raise LookupError(f"no handler is named {row.handler}")
        if handler.transactional:
            with transaction.atomic():
                if _locked_pending(row.id) is None:
                    return "skipped"
                handler.run(**row.event.payload)
                _mark_done(row.id)
        else:
            handler.run(**row.event.payload)
            _mark_done(row.id)
    except Exception as error:  # noqa: BLE001 - whatever a handler meets, the row says so and is tried again
        _plan_retry(row, error)
        return "failed"
    return "done"


def _mark_done(delivery_id: UUID) -> None:
    Delivery.objects.filter(pk=delivery_id, state=Delivery.State.PENDING).update(
        state=Delivery.State.DONE, done_at=clock.now(), last_error=""
    )


def _plan_retry(row: Delivery, error: Exception) -> None:
    """The kind of the error is kept, not its text: texts quote personal data."""
    is_last = row.attempts >= MOST_ATTEMPTS
    if is_last:
        sentry.report(error)
    Delivery.objects.filter(pk=row.id, state=Delivery.State.PENDING).update(
        state=Delivery.State.DEAD if is_last else Delivery.State.PENDING,
        due_at=clock.now() + backoff(row.attempts),
        claimed_until=None,
        last_error=type(error).__name__,
    )
    log.error("delivery failed", handler=row.handler, delivery_id=str(row.id), attempt=row.attempts, exc_info=error)


def sweep(*, now: datetime) -> int:
    """Hand over every due delivery whose nudge was lost, whose worker died or whose back-off is over.

    Returns:
        how many were handed to the broker.
    """
    statement = """
        UPDATE core_delivery SET due_at = %(later)s
        WHERE id IN (
            SELECT id FROM core_delivery WHERE state = 'pending' AND due_at <= %(now)s
            ORDER BY due_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
        )
        RETURNING id, queue
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, {"now": now, "later": now + HANDED_OVER, "batch": SWEEP_BATCH})
        due = cursor.fetchall()
    return sum(nudge(delivery_id, queue) for delivery_id, queue in due)


def replay(delivery_ids: list[UUID], *, now: datetime) -> int:
    """Give dead deliveries a fresh set of attempts. Returns how many were dead and now wait again."""
    return Delivery.objects.filter(pk__in=delivery_ids, state=Delivery.State.DEAD).update(
        state=Delivery.State.PENDING, attempts=F("attempts") * 0, due_at=now
    )
