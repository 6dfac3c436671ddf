"""The outbox: nothing lost, nothing done twice, what fails is tried again and in the end said to be dead."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
from django.db import transaction

from msmebazaar.core import clock, context
from msmebazaar.core.models import IdempotencyRecord, WorkerHeartbeat
from msmebazaar.core.outbox import Event, publish, registry, relay, selectors, subscribe
from msmebazaar.core.outbox.models import Delivery, OutboxEvent
from msmebazaar.core.outbox.publish import NUDGE_GRACE, OutsideTransaction
from tests.at_once import at_once


@dataclass(frozen=True)
class ThingHappened(Event):
    name: ClassVar[str] = "tests.ThingHappened"
    thing_id: uuid.UUID
    count: int = 1


@dataclass
class Handler:
    """What a test's subscriber saw; `fail` makes it raise."""

    calls: list[dict[str, object]]
    fail: bool = False

    def __call__(self, **payload: object) -> None:
        self.calls.append(payload)
        WorkerHeartbeat.objects.update_or_create(queue="tests-effect", defaults={"at": clock.now()})
        if self.fail:
            raise RuntimeError("the handler failed; this text holds personal data")


@pytest.fixture
def handler() -> Iterator[Handler]:
    made = Handler([])
    subscribe(ThingHappened, name="tests.handle", queue="default")(made)
    yield made
    del registry._subscriptions["tests.handle"]


@pytest.fixture
def vendor_handler() -> Iterator[Handler]:
    made = Handler([])
    subscribe(ThingHappened, name="tests.vendor", queue="messages", transactional=False)(made)
    yield made
    del registry._subscriptions["tests.vendor"]


def publish_one() -> uuid.UUID:
    with transaction.atomic():
        publish(ThingHappened(uuid.uuid4()))
    return Delivery.objects.latest("id").id


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_is_refused(handler: Handler) -> None:
    with pytest.raises(OutsideTransaction):
        publish(ThingHappened(uuid.uuid4()))

    assert not OutboxEvent.objects.exists()


@pytest.mark.django_db
def test_an_event_carries_ids_as_text_and_the_request_id(handler: Handler) -> None:
    context.bind_request_id("request-12345")
    thing_id = uuid.uuid4()

    publish(ThingHappened(thing_id, count=3))

    event = OutboxEvent.objects.get()
    assert event.payload == {"thing_id": str(thing_id), "count": 3}
    assert event.request_id == "request-12345"
    assert event.deliveries.get().handler == "tests.handle"


@pytest.mark.django_db
def test_a_delivery_is_done_once_however_often_it_is_carried(handler: Handler) -> None:
    delivery_id = publish_one()

    outcomes = [relay.deliver(delivery_id, now=clock.now()) for _ in range(3)]

    assert outcomes == ["done", "skipped", "skipped"]
    assert len(handler.calls) == 1


@pytest.mark.django_db
def test_the_handler_works_under_the_request_id_of_the_event(handler: Handler) -> None:
    context.bind_request_id("request-of-the-change")
    delivery_id = publish_one()
    context.bind_request_id("another-request")

    relay.deliver(delivery_id, now=clock.now())

    assert context.request_id() == "request-of-the-change"


@pytest.mark.django_db
def test_a_failure_undoes_its_effects_and_plans_the_next_try(handler: Handler) -> None:
    handler.fail = True
    delivery_id = publish_one()
    before = clock.now()

    assert relay.deliver(delivery_id, now=before) == "failed"

    row = Delivery.objects.get(pk=delivery_id)
    assert (row.state, row.attempts, row.last_error) == ("pending", 1, "RuntimeError")
    assert row.due_at >= before + relay.FIRST_BACKOFF
    assert not WorkerHeartbeat.objects.exists()


def test_backoff_doubles_up_to_an_hour() -> None:
    seconds = [relay.backoff(attempt).total_seconds() for attempt in range(1, 13)]

    assert seconds[:4] == [10, 20, 40, 80]
    assert seconds[-1] == 3600


@pytest.mark.django_db
def test_after_twelve_attempts_it_is_dead_and_can_be_replayed(handler: Handler) -> None:
    handler.fail = True
    delivery_id = publish_one()
    for _ in range(relay.MOST_ATTEMPTS):
        relay.deliver(delivery_id, now=clock.now())
    assert Delivery.objects.get(pk=delivery_id).state == "dead"
    assert selectors.outbox_depth(now=clock.now()).dead == 1

    handler.fail = False
    assert relay.replay([delivery_id], now=clock.now()) == 1

    assert relay.deliver(delivery_id, now=clock.now()) == "done"
    assert relay.replay([delivery_id], now=clock.now()) == 0


@pytest.mark.django_db
def test_a_handler_that_kills_its_worker_each_time_ends_as_dead(handler: Handler) -> None:
    delivery_id = publish_one()
    Delivery.objects.filter(pk=delivery_id).update(attempts=relay.MOST_ATTEMPTS)

    assert relay.deliver(delivery_id, now=clock.now()) == "dead"
    assert not handler.calls


@pytest.mark.django_db
def test_a_delivery_without_a_handler_is_kept_not_lost(handler: Handler) -> None:
    delivery_id = publish_one()
    Delivery.objects.filter(pk=delivery_id).update(handler="tests.gone")

    assert relay.deliver(delivery_id, now=clock.now()) == "failed"
    assert Delivery.objects.get(pk=delivery_id).last_error == "LookupError"


@pytest.mark.django_db
def test_the_sweeper_takes_what_is_due_and_leaves_it_to_the_queue_for_a_while(handler: Handler) -> None:
    publish_one()
    later = clock.now() + NUDGE_GRACE + timedelta(seconds=1)

    assert relay.sweep(now=clock.now()) == 0
    assert relay.sweep(now=later) == 1
    assert relay.sweep(now=later + timedelta(seconds=1)) == 0
    assert relay.sweep(now=later + relay.HANDED_OVER) == 1


@pytest.mark.django_db
def test_a_vendor_call_in_progress_is_not_made_a_second_time(vendor_handler: Handler) -> None:
    delivery_id = publish_one()
    now = clock.now()
    Delivery.objects.filter(pk=delivery_id).update(claimed_until=now + timedelta(seconds=30), attempts=1)

    assert relay.deliver(delivery_id, now=now) == "skipped"
    assert relay.deliver(delivery_id, now=now + timedelta(seconds=31)) == "done"
    assert len(vendor_handler.calls) == 1


@pytest.mark.django_db(transaction=True)
def test_ten_workers_at_once_have_one_effect(handler: Handler) -> None:
    delivery_id = publish_one()

    outcomes = at_once(10, lambda: relay.deliver(delivery_id, now=clock.now()))

    assert outcomes.count("done") == 1
    assert len(handler.calls) == 1


@pytest.mark.django_db
def test_depth_counts_what_waits_and_how_long(handler: Handler) -> None:
    publish_one()

    depth = selectors.outbox_depth(now=clock.now() + timedelta(seconds=90))

    assert (depth.pending, depth.dead) == (1, 0)
    assert 89 < depth.oldest_age_s < 92


@pytest.mark.django_db
def test_the_periodic_tasks_do_their_work(handler: Handler, drain: Callable[[], int]) -> None:
    from msmebazaar.core.outbox import tasks

    delivery_id = publish_one()
    tasks.deliver_task(delivery_id=str(delivery_id), from_a_newer_release=1)
    tasks.record_heartbeat_task(queue="valuation")
    tasks.sweep_outbox_task()
    old = IdempotencyRecord.objects.create(scope="s", route="r", key_hash="k", request_hash="h")
    IdempotencyRecord.objects.filter(pk=old.pk).update(created_at=clock.now() - timedelta(hours=25))
    tasks.apply_retention_task()

    assert Delivery.objects.get(pk=delivery_id).state == "done"
    assert WorkerHeartbeat.objects.filter(queue="valuation").exists()
    assert not IdempotencyRecord.objects.exists()


@pytest.mark.django_db
def test_what_is_wanted_later_is_planned_and_not_late(handler: Handler) -> None:
    tomorrow = clock.now() + timedelta(days=1)
    with transaction.atomic():
        publish(ThingHappened(uuid.uuid4(), 1), not_before=tomorrow)

    tonight = selectors.outbox_depth(now=tomorrow - timedelta(hours=1))
    next_day = selectors.outbox_depth(now=tomorrow + timedelta(seconds=30))

    assert (tonight.pending, tonight.planned, tonight.oldest_age_s) == (0, 1, 0.0)
    assert (next_day.pending, next_day.planned, round(next_day.oldest_age_s)) == (1, 0, 30)
    assert relay.sweep(now=tomorrow - timedelta(seconds=1)) == 0
    assert relay.sweep(now=tomorrow) == 1
