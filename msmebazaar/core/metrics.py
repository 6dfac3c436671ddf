"""Metrics of our own beside django-prometheus', and the `/metrics` page over all processes of this machine.

Labels are bounded: names of routes, groups, queues, handlers, vendors, outcomes. What lives in PostgreSQL or the broker is
counted when scraped; a source that is away is told by `scrape_source_up` and takes nothing else of the page with it.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import cache

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Summary,
    disable_created_metrics,
    generate_latest,
    start_http_server,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from msmebazaar.core import clock

disable_created_metrics()  # type: ignore[no-untyped-call] # a series more for each counter, which nothing asks for

# Every promised latency is a bucket's edge, so that the share within it is exact.
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0, float("inf"))
HTTP_REQUESTS = Counter("http_requests", "Requests answered", ["route", "method", "code"])
HTTP_DURATION = Histogram("http_request_duration_seconds", "Time a request took", ["group"], buckets=SECONDS)
HTTP_ROUTE_SECONDS = Summary("http_route_seconds", "Time a request took, by route", ["route"])
HTTP_QUERIES = Summary("http_db_queries", "Database queries of a request", ["group"])
HTTP_DB_SECONDS = Summary("http_db_seconds", "Time a request waited for the database", ["group"])
HTTP_IN_FLIGHT = Gauge("http_in_flight", "Requests being answered now", multiprocess_mode="livesum")
DB_POOL_SIZE = Gauge("db_pool_size", "Connections in the pools of the web processes", multiprocess_mode="livesum")
DB_POOL_IN_USE = Gauge("db_pool_in_use", "Connections of the pools that are lent out", multiprocess_mode="livesum")
DB_POOL_WAITING = Gauge("db_pool_waiting", "Requests that wait for a connection", multiprocess_mode="livesum")
JOB_TOTAL = Counter("job", "Outbox deliveries carried out", ["handler", "outcome"])
JOB_DURATION = Histogram("job_duration_seconds", "Time a delivery's handler took", ["handler"])
JOB_LAG = Histogram(
    "job_lag_seconds",
    "From when a delivery was wanted to when it was done",
    ["queue"],
    buckets=(0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 600.0, 3600.0, float("inf")),
)
REPLICA_READS = Counter("replica_reads", "Requests that a replica may answer: used, behind or away", ["outcome"])
VENDOR_REQUESTS = Counter("upstream_requests", "Calls to a vendor", ["vendor", "outcome"])
VENDOR_DURATION = Histogram("upstream_duration_seconds", "Time a vendor took", ["vendor"])
VENDOR_BREAKER = Gauge(
    "upstream_breaker_open", "1 while a vendor is not asked because it failed", ["vendor"], multiprocess_mode="livemax"
)
OTP_TOTAL = Counter("otp", "One-time codes", ["outcome"])
REFRESH_REUSE = Counter("auth_refresh_reuse", "Refresh tokens used twice; the session was ended")
RATE_LIMITED = Counter("ratelimit_limited", "Requests refused by a limit", ["limit"])
RATE_FALLBACK = Counter("ratelimit_fallback", "Limits counted in the process because Redis did not answer")
LISTENERS = Gauge("stream_listeners", "Open live streams", multiprocess_mode="livesum")
WHATSAPP_SENT = Counter("whatsapp_sent", "WhatsApp messages handed over or refused by rule", ["kind", "outcome"])
WHATSAPP_ALERT = Counter("whatsapp_alert", "Errors of Twilio's that somebody has to look at", ["code"])
WHATSAPP_BACK_FILLED = Counter("whatsapp_back_filled", "Inbound messages whose webhook never came")
WEBHOOK_TOTAL = Counter("webhook", "Inbound webhooks", ["kind", "outcome"])


Families = Iterator[GaugeMetricFamily]


def gauge(name: str, documentation: str, label: str, values: dict[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, documentation, labels=[label])
    for value_of_label, value in values.items():
        family.add_metric([value_of_label], value)
    return family


def outbox() -> Families:
    """What waits, how long the oldest has waited, what is dead, and the age of each queue's heartbeat."""
    from msmebazaar.core.outbox import heartbeats, selectors

    depth = selectors.outbox_depth(now=clock.now())
    yield GaugeMetricFamily("outbox_pending", "Deliveries not yet done", value=depth.pending)
    yield GaugeMetricFamily(
        "outbox_planned", "Deliveries wanted later, such as those of the night", value=depth.planned
    )
    yield GaugeMetricFamily("outbox_oldest_age_seconds", "Age of the oldest pending delivery", value=depth.oldest_age_s)
    yield GaugeMetricFamily("outbox_dead", "Deliveries given up", value=depth.dead)
    ages = heartbeats.heartbeat_ages(now=clock.now())
    yield gauge("worker_heartbeat_age_seconds", "Seconds since a queue's worker beat", "queue", ages)


def database() -> Families:
    """PostgreSQL as it sees itself: connections, age of transactions, waiting locks, size, archive, replicas, operations."""
    from msmebazaar.core.models import OperationRun

    def row(sql: str) -> tuple[float, ...]:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return tuple(float(value or 0) for value in cursor.fetchone() or ())

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() GROUP BY 1"
        )
        yield gauge("database_connections", "Connections by state", "state", dict(cursor.fetchall()))
        cursor.execute(
            "SELECT application_name, extract(epoch FROM coalesce(replay_lag, interval '0'))::float8 FROM pg_stat_replication"
        )
        yield gauge(
            "database_replication_lag_seconds", "How far a replica is behind", "replica", dict(cursor.fetchall())
        )
    (allowed,) = row("SELECT setting FROM pg_settings WHERE name = 'max_connections'")
    yield GaugeMetricFamily("database_connections_allowed", "max_connections", value=allowed)
    oldest, waiting, size, commits, rollbacks, deadlocks = row(
        """SELECT (SELECT max(extract(epoch FROM now() - xact_start)) FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()),
                  (SELECT count(*) FROM pg_locks WHERE NOT granted),
                  pg_database_size(current_database()), xact_commit, xact_rollback, deadlocks
           FROM pg_stat_database WHERE datname = current_database()"""
    )
    yield GaugeMetricFamily("database_oldest_transaction_seconds", "Age of the oldest open transaction", value=oldest)
    yield GaugeMetricFamily("database_locks_waiting", "Locks asked for and not given", value=waiting)
    yield GaugeMetricFamily("database_size_bytes", "Size of the database", value=size)
    yield GaugeMetricFamily("database_commits", "Transactions committed since statistics began", value=commits)
    yield GaugeMetricFamily("database_rollbacks", "Transactions rolled back since statistics began", value=rollbacks)
    yield GaugeMetricFamily("database_deadlocks", "Deadlocks since statistics began", value=deadlocks)
    archiving, age, failed = row(
        """SELECT (current_setting('archive_mode') <> 'off')::int,
                  extract(epoch FROM now() - last_archived_time), failed_count FROM pg_stat_archiver"""
    )
    if archiving:
        yield GaugeMetricFamily("database_archive_age_seconds", "Since the last WAL file was archived", value=age)
        yield GaugeMetricFamily("database_archive_failures", "WAL files whose archiving failed", value=failed)
    ended = {run.kind: run.ended_at.timestamp() for run in OperationRun.newest_good()}
    yield gauge("operation_last_success_timestamp_seconds", "When an operation last went well", "operation", ended)


@cache
def _broker() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_BROKER_URL, socket_connect_timeout=0.2, socket_timeout=0.5)


def broker() -> Families:
    """What lies in the broker's queues, and what workers hold without having acknowledged it."""
    lengths = {queue: float(_broker().llen(queue)) for queue in settings.QUEUES}
    yield gauge("celery_queue_length", "Messages waiting in the broker", "queue", lengths)
    unacked = float(_broker().hlen("unacked"))
    yield GaugeMetricFamily("celery_unacked", "Messages handed to a worker and not acknowledged", value=unacked)
    yield GaugeMetricFamily(
        "broker_memory_bytes", "Memory of the broker", value=_broker().info("memory")["used_memory"]
    )


SOURCES: dict[str, tuple[Callable[[], Families], type[Exception]]] = {
    "outbox": (outbox, DatabaseError),
    "database": (database, DatabaseError),
    "broker": (broker, redis.RedisError),
}


class LiveCollector(Collector):
    """Everything that is counted when scraped."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        is_up: dict[str, float] = {}
        for name, (source, away) in SOURCES.items():
            try:
                families = list(source())
            except away:
                families = []
            is_up[name] = bool(families)
            yield from families
        yield gauge("scrape_source_up", "Whether a source of this page answered", "source", is_up)
        disk = shutil.disk_usage(tempfile.gettempdir())
        yield GaugeMetricFamily(
            "temporary_disk_free_ratio", "Free share of the disk for temporary files", value=disk.free / disk.total
        )
        yield gauge("release_info", "1; the label is the release that answers", "release", {settings.RELEASE: 1})


def serve(port: int) -> None:
    """A worker's own page over its processes: jobs, vendors, messages. What lives in the database is on the web's."""
    own = CollectorRegistry()
    MultiProcessCollector(own)  # type: ignore[no-untyped-call]
    start_http_server(port, registry=own)


def export(_request: HttpRequest) -> HttpResponse:
    """Prometheus' text format. With PROMETHEUS_MULTIPROC_DIR set, over the web and worker processes that share it."""
    live = CollectorRegistry()
    live.register(LiveCollector())
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(live)  # type: ignore[no-untyped-call]
        body = generate_latest(live)
    else:
        body = generate_latest(REGISTRY) + generate_latest(live)
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST)
