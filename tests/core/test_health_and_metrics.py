"""Health, readiness, metrics."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from msmebazaar.core import clock, health
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
        "django_http_requests_latency_seconds_by_view_method_bucket",
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
    assert 'view="health-live"' in text
