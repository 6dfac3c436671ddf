"""Liveness without I/O; readiness over everything a request may need, each part capped and named.

`/health/workers` tells whether every queue's worker carried out a beat task within the last minute.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from functools import cache
from typing import Any

import redis
from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, JsonResponse

from msmebazaar.core import clock
from msmebazaar.core.outbox import heartbeats

PROBE_CAP_S = 0.2
_threads = ThreadPoolExecutor(max_workers=10, thread_name_prefix="health")


@dataclass(frozen=True)
class ProbeResult:
    ok: bool
    latency_ms: float
    error: str | None = None


def probe_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@cache
def migrations_on_disk() -> frozenset[tuple[str, str]]:
    """(app, name) of every migration of this release; read once per process."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset(loader.disk_migrations)


def probe_migrations() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = {(app, name) for app, name in cursor.fetchall()}
    missing = migrations_on_disk() - applied
    if missing:
        raise RuntimeError(f"{len(missing)} migrations are not applied")


def probe_cache() -> None:
    """Asks the server itself, because our cache swallows errors by design."""
    backend: BaseCache = caches[DEFAULT_DB_ALIAS]
    backend.client.get_client().ping()  # type: ignore[attr-defined]


@cache
def broker_client() -> "redis.Redis":
    return redis.Redis.from_url(
        settings.REDIS_BROKER_URL, socket_connect_timeout=PROBE_CAP_S, socket_timeout=PROBE_CAP_S
    )


def probe_broker() -> None:
    broker_client().ping()


@cache
def _s3_client() -> Any:
    import boto3  # a quarter of a second that workers and commands need not spend
    from botocore.config import Config

    store = settings.OBJECT_STORE
    assert store is not None, "the probe looks first"
    return boto3.client(
        "s3",
        endpoint_url=store.endpoint_url,
        aws_access_key_id=store.access_key_id,
        aws_secret_access_key=store.secret_access_key,
        region_name=store.region,
        config=Config(
            connect_timeout=PROBE_CAP_S,
            read_timeout=1,
            retries={"max_attempts": 0},
            s3={"addressing_style": "path" if store.endpoint_url else "auto"},
        ),
    )


def probe_object_store() -> None:
    if settings.OBJECT_STORE is None:
        raise RuntimeError("not configured")
    _s3_client().head_bucket(Bucket=settings.OBJECT_STORE.bucket)


PROBES: dict[str, Callable[[], None]] = {
    "database": probe_database,
    "migrations": probe_migrations,
    "cache": probe_cache,
    "broker": probe_broker,
    "object_store": probe_object_store,
}


def _run(probe: Callable[[], None]) -> ProbeResult:
    started = time.perf_counter()
    try:
        probe()
    except Exception as error:  # noqa: BLE001 - whatever a probe meets, the answer is "not ready", with its kind
        return ProbeResult(False, _since(started), type(error).__name__)
    finally:
        connections.close_all()
    return ProbeResult(True, _since(started))


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)


def readiness() -> dict[str, ProbeResult]:
    """All probes at once; one that exceeds its cap counts as failed, whatever it may answer later."""
    if settings.OBJECT_STORE is not None:
        _s3_client()  # made once per process; its import would exceed the first probe's cap
    started = time.perf_counter()
    running: dict[str, Future[ProbeResult]] = {name: _threads.submit(_run, probe) for name, probe in PROBES.items()}
    results = {}
    for name, future in running.items():
        left = PROBE_CAP_S - (time.perf_counter() - started)
        try:
            results[name] = future.result(timeout=max(left, 0.001))
        except FutureTimeoutError:
            future.cancel()
            results[name] = ProbeResult(False, _since(started), "timeout")
    return results


def live(_request: HttpRequest) -> JsonResponse:
    """The process answers. No I/O, so that a slow database never restarts healthy processes."""
    return JsonResponse({"status": "ok"})


def ready(_request: HttpRequest) -> JsonResponse:
    results = readiness()
    is_ready = all(result.ok for result in results.values())
    body = {
        "status": "ok" if is_ready else "unavailable",
        "release": settings.RELEASE,
        "checks": {name: vars(result) for name, result in results.items()},
    }
    return JsonResponse(body, status=200 if is_ready else 503)


def workers(_request: HttpRequest) -> JsonResponse:
    ages = heartbeats.heartbeat_ages(now=clock.now())
    queues = {
        queue: {
            "ok": queue in ages and ages[queue] < heartbeats.STALE_AFTER.total_seconds(),
            "age_s": round(ages[queue], 1) if queue in ages else None,
        }
        for queue in settings.QUEUES
    }
    is_ok = all(state["ok"] for state in queues.values())
    return JsonResponse({"status": "ok" if is_ok else "unavailable", "queues": queues}, status=200 if is_ok else 503)
