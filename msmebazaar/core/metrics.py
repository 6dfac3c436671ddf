"""Metrics of our own beside django-prometheus', and the `/metrics` page over all processes of this machine.

Labels are bounded: queue names, handler names, vendor names, outcomes. Gauges over the outbox are counted when scraped.
"""

import os
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from msmebazaar.core import clock

JOB_TOTAL = Counter("job", "Outbox deliveries carried out", ["handler", "outcome"])
JOB_DURATION = Histogram("job_duration_seconds", "Time a delivery's handler took", ["handler"])
VENDOR_REQUESTS = Counter("upstream_requests", "Calls to a vendor", ["vendor", "outcome"])
VENDOR_DURATION = Histogram("upstream_duration_seconds", "Time a vendor took", ["vendor"])
OTP_TOTAL = Counter("otp", "One-time codes", ["outcome"])
REFRESH_REUSE = Counter("auth_refresh_reuse", "Refresh tokens used twice; the session was ended")
RATE_LIMITED = Counter("ratelimit_limited", "Requests refused by a limit", ["limit"])
RATE_FALLBACK = Counter("ratelimit_fallback", "Limits counted in the process because Redis did not answer")
LISTENERS = Gauge("stream_listeners", "Open live streams", multiprocess_mode="livesum")
WHATSAPP_SENT = Counter("whatsapp_sent", "WhatsApp messages handed over or refused by rule", ["kind", "outcome"])
WHATSAPP_ALERT = Counter("whatsapp_alert", "Errors of Twilio's that somebody has to look at", ["code"])
WHATSAPP_BACK_FILLED = Counter("whatsapp_back_filled", "Inbound messages whose webhook never came")
WEBHOOK_TOTAL = Counter("webhook", "Inbound webhooks", ["kind", "outcome"])


class OutboxCollector(Collector):
    """What waits, how long the oldest has waited, what is dead, and the age of each queue's heartbeat."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        from msmebazaar.core.outbox import heartbeats, selectors

        depth = selectors.outbox_depth(now=clock.now())
        yield GaugeMetricFamily("outbox_pending", "Deliveries not yet done", value=depth.pending)
        yield GaugeMetricFamily(
            "outbox_planned", "Deliveries wanted later, such as those of the night", value=depth.planned
        )
        yield GaugeMetricFamily(
            "outbox_oldest_age_seconds", "Age of the oldest pending delivery", value=depth.oldest_age_s
        )
        yield GaugeMetricFamily("outbox_dead", "Deliveries given up", value=depth.dead)
        ages = GaugeMetricFamily(
            "worker_heartbeat_age_seconds", "Seconds since a queue's worker beat", labels=["queue"]
        )
        for queue, age in heartbeats.heartbeat_ages(now=clock.now()).items():
            ages.add_metric([queue], age)
        yield ages


def export(_request: HttpRequest) -> HttpResponse:
    """Prometheus' text format. With PROMETHEUS_MULTIPROC_DIR set, over the web and worker processes that share it."""
    live = CollectorRegistry()
    live.register(OutboxCollector())
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(live)  # type: ignore[no-untyped-call]
        body = generate_latest(live)
    else:
        body = generate_latest(REGISTRY) + generate_latest(live)
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST)
