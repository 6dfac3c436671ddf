"""Health, readiness, metrics."""

import re
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPMethod
from typing import Any

import pytest
import redis
from django.core.management import call_command
from django.test import Client
from django.urls import URLResolver, get_resolver
from pytest_django import DjangoAssertNumQueries, Settings

from msmebazaar.core import clock, health, metrics
from msmebazaar.core.breaker import REDIS
from msmebazaar.core.models import WorkerHeartbeat
from msmebazaar.core.outbox import heartbeats


def test_live_does_no_io(django_assert_num_queries: DjangoAssertNumQueries, db: None) -> None:
    with django_assert_num_queries(0):
        response = Client().get("/health/live")

    assert response.json() == {"status": "ok"}


def ready_soon() -> Any:
    """The first ready answer of ten: on a busy machine a probe may exceed its cap."""
    for _ in range(10):
        response = Client().get("/health/ready")
        if response.status_code == 200:
            break
    return response


@pytest.mark.django_db(transaction=True)
def test_ready_names_every_part_with_its_latency() -> None:
    response = ready_soon()

    checks = response.json()["checks"]
    assert response.status_code == 200, checks
    assert set(checks) == {"database", "migrations", "cache", "broker", "object_store"}
    assert all(check["ok"] and check["latency_ms"] >= 0 for check in checks.values())


@pytest.mark.django_db(transaction=True)
def test_a_part_that_hangs_is_not_waited_for_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setitem(health.PROBES, "broker", released.wait)

    response = Client().get("/health/ready")

    assert not released.is_set()
    released.set()
    assert response.status_code == 503
    broker = response.json()["checks"]["broker"]
    assert (broker["ok"], broker["error"]) == (False, "timeout")


@pytest.mark.django_db(transaction=True)
def test_it_is_ready_again_when_redis_is_though_nobody_asks_for_anything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is out of the round for it gets no other requests."""
    REDIS.record(ok=False)
    assert Client().get("/health/ready").json()["checks"]["cache"]["ok"] is False

    monkeypatch.setattr(REDIS, "_retry_at", time.monotonic() - 0.001)  # the cool-down is over

    assert ready_soon().status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_is_missing_makes_it_unready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "migrations_on_disk", lambda: frozenset({("msme", "9999_tomorrow")}))

    response = Client().get("/health/ready")

    assert response.status_code == 503
    assert response.json()["checks"]["migrations"]["error"] == "RuntimeError"


@pytest.mark.django_db
def test_workers_are_missed_after_a_minute(settings: Settings) -> None:
    assert Client().get("/health/workers").status_code == 503
    for queue in settings.QUEUES:
        heartbeats.record_heartbeat(queue)
    assert Client().get("/health/workers").status_code == 200

    WorkerHeartbeat.objects.filter(queue="valuation").update(at=clock.now() - timedelta(seconds=61))

    response = Client().get("/health/workers")
    assert response.status_code == 503
    assert response.json()["queues"]["valuation"]["ok"] is False
    heartbeats.forget_heartbeat("valuation")
    assert Client().get("/health/workers").json()["queues"]["valuation"]["age_s"] is None


@pytest.mark.django_db
def test_metrics_hold_requests_outbox_jobs_and_vendors() -> None:
    heartbeats.record_heartbeat("default")
    Client().get("/health/live")

    text = Client().get("/metrics").content.decode()

    for name in (
        'http_requests_total{code="200",method="GET",route="health-live"}',
        'http_request_duration_seconds_bucket{group="health",le="0.05"}',
        "django_http_responses_total_by_status_total",
        "outbox_pending",
        "outbox_oldest_age_seconds",
        "outbox_dead",
        'worker_heartbeat_age_seconds{queue="default"}',
        "# TYPE job_total counter",
        "# TYPE upstream_requests_total counter",
        "# TYPE otp_total counter",
        "# TYPE webhook_total counter",
    ):
        assert name in text
    assert "view=" not in text


def redis_client_that_is_away() -> redis.Redis:
    return redis.Redis(port=1)


@pytest.mark.django_db
def test_a_source_that_is_away_takes_nothing_else_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> Iterator[Any]:
        yield redis_client_that_is_away().ping()

    monkeypatch.setitem(metrics.SOURCES, "broker", (away, redis.RedisError))

    text = Client().get("/metrics").content.decode()

    assert 'scrape_source_up{source="broker"} 0.0' in text
    assert 'scrape_source_up{source="database"} 1.0' in text
    assert "celery_queue_length{" not in text
    assert "outbox_pending" in text


@pytest.mark.django_db
def test_labels_are_bounded_whatever_is_asked_for() -> None:
    """Paths, methods and hosts that somebody makes up are one series each."""

    def series() -> set[str]:
        lines = Client().get("/metrics").content.decode().splitlines()
        return {line.rsplit(" ", 1)[0] for line in lines if not line.startswith("#")}

    client = Client()

    def ask(number: int) -> None:
        client.get(f"/nowhere/{number}/")
        client.generic(f"BREW{number}", "/nowhere/")
        client.get("/staff/signup/")
        client.get(f"/api/v1/listings/{uuid.uuid4()}/documents/{number}/x")

    ask(0)
    series()
    before = series()
    for number in range(50):
        ask(number)

    assert series() - before == set()
    shown = "\n".join(before)
    assert set(re.findall(r'route="([^"]*)"', shown)) <= {"unknown", "admin", *routes_below(get_resolver())}
    assert set(re.findall(r'method="([^"]*)"', shown)) <= {*HTTPMethod, "other", "<invalid method>"}


def routes_below(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    """Names of all routes, with their namespace; the view's where the route has none."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes_below(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        else:
            yield f"{namespace}{entry.name or entry.lookup_str}"


@pytest.mark.django_db
def test_an_operation_outside_is_known_by_its_age() -> None:
    call_command("record_operation", "backup", facts={"bytes": 1})
    call_command("record_operation", "restore_test", failed=True)

    text = Client().get("/metrics").content.decode()

    assert 'operation_last_success_timestamp_seconds{operation="backup"}' in text
    assert 'operation="restore_test"' not in text
