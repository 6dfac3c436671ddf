"""The Grafana dashboards, built from the tables below: `python -m deploy.observability.dashboards` writes the JSON that Grafana loads.

Plain JSON of Grafana's documented dashboard model (schema 39); a test holds the files against this module, parses every
expression, and looks for every metric on the running application's `/metrics`.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "grafana" / "dashboards"
SOURCE = {"type": "prometheus", "uid": "${source}"}
WIDTH, HEIGHT, PANELS_A_ROW = 8, 8, 3
OF_PEOPLE = 'route!~"health-.*|metrics"'


@dataclass(frozen=True)
class Panel:
    """`queries`: expression → legend. `unit`: one of Grafana's. `limits`: values at which the colour turns orange, red."""

    title: str
    unit: str
    queries: dict[str, str]
    limits: tuple[float, float] | None = None
    is_number: bool = False


def quantile(share: float, metric: str, label: str) -> str:
    return f"histogram_quantile({share}, sum by (le, {label}) (rate({metric}_bucket[$__rate_interval])))"


BOARDS: dict[str, list[Panel]] = {
    "Service levels": [
        Panel("Failing requests, 5 m", "percentunit", {"slo:requests:error_ratio_5m": "failing"}, (0.001, 0.0144)),
        Panel("Failing requests, 1 h", "percentunit", {"slo:requests:error_ratio_1h": "failing"}, (0.001, 0.0144), True),
        Panel("Budget burnt, 3 d (1 = all by the end of 30 d)", "none", {"slo:requests:error_ratio_3d / 0.001": "burn"}, (1, 6), True),
        Panel("Later than promised, 5 m", "percentunit", {"slo:latency:slow_ratio_5m": "{{group}}"}, (0.05, 0.3)),
        Panel("Later than promised, 6 h", "percentunit", {"slo:latency:slow_ratio_6h": "{{group}}"}, (0.05, 0.3)),
        Panel("Jobs later than 60 s", "percentunit", {"slo:jobs:late_ratio_5m": "5 m", "slo:jobs:late_ratio_6h": "6 h"}, (0.01, 0.06)),
        Panel("Requests of the hour", "short", {"slo:requests:count_1h": "requests"}, None, True),
        Panel("Alerts", "short", {'sum by (alertname) (ALERTS{alertstate="firing"})': "{{alertname}}"}),
        Panel("Release", "short", {"count by (release) (release_info)": "{{release}}"}),
    ],
    "API": [
        Panel("Requests a second", "reqps", {f"sum by (code) (rate(http_requests_total{{{OF_PEOPLE}}}[$__rate_interval]))": "{{code}}"}),
        Panel("p95 by group", "s", {quantile(0.95, "http_request_duration_seconds", "group"): "{{group}}"}),
        Panel("p99 by group", "s", {quantile(0.99, "http_request_duration_seconds", "group"): "{{group}}"}),
        Panel("Busiest routes", "reqps", {"topk(10, sum by (route) (rate(http_requests_total[$__rate_interval])))": "{{route}}"}),
        Panel("Where the time goes, by route", "s", {"topk(10, sum by (route) (rate(http_route_seconds_sum[$__rate_interval])))": "{{route}}"}),
        Panel("Routes that fail", "reqps", {'sum by (route) (rate(http_requests_total{code=~"5.."}[$__rate_interval]))': "{{route}}"}),
        Panel("Queries a request", "short", {"sum by (group) (rate(http_db_queries_sum[$__rate_interval])) / sum by (group) (rate(http_db_queries_count[$__rate_interval]))": "{{group}}"}),
        Panel("Waiting for the database, a request", "s", {"sum by (group) (rate(http_db_seconds_sum[$__rate_interval])) / sum by (group) (rate(http_db_seconds_count[$__rate_interval]))": "{{group}}"}),
        Panel("In flight", "short", {"sum(http_in_flight)": "requests", "sum(stream_listeners)": "live streams"}),
    ],
    "Database": [
        Panel("Connections", "short", {"sum by (state) (database_connections)": "{{state}}", "max(database_connections_allowed)": "allowed"}),
        Panel("Pools of the web servers", "short", {"sum(db_pool_size)": "open", "sum(db_pool_in_use)": "lent out", "sum(db_pool_waiting)": "waiting"}),
        Panel("Size", "bytes", {"max(database_size_bytes)": "size"}),
        Panel("Transactions a second", "ops", {"sum(deriv(database_commits[5m]))": "committed", "sum(deriv(database_rollbacks[5m]))": "rolled back"}),
        Panel("Oldest transaction", "s", {"max(database_oldest_transaction_seconds)": "age"}, (60, 300)),
        Panel("Locks waiting, deadlocks", "short", {"max(database_locks_waiting)": "waiting", "max(database_deadlocks)": "deadlocks"}),
        Panel("Replicas behind", "s", {"max by (replica) (database_replication_lag_seconds)": "{{replica}}"}, (5, 30)),
        Panel("WAL archive", "s", {"max(database_archive_age_seconds)": "age of the last file"}, (120, 300)),
        Panel("Since the last", "s", {"time() - max by (operation) (operation_last_success_timestamp_seconds)": "{{operation}}"}, (86400, 93600)),
    ],
    "Jobs": [
        Panel("Waiting deliveries", "short", {"max(outbox_pending)": "waiting", "max(outbox_planned)": "planned", "max(outbox_dead)": "dead"}),
        Panel("Oldest waiting delivery", "s", {"max(outbox_oldest_age_seconds)": "age"}, (60, 120)),
        Panel("Workers last heard", "s", {"max by (queue) (worker_heartbeat_age_seconds)": "{{queue}}"}, (30, 60)),
        Panel("Done a second", "ops", {"sum by (outcome) (rate(job_total[$__rate_interval]))": "{{outcome}}"}),
        Panel("Wanted to done, p95", "s", {quantile(0.95, "job_lag_seconds", "queue"): "{{queue}}"}, (30, 60)),
        Panel("Slowest handlers, p95", "s", {f'topk(10, {quantile(0.95, "job_duration_seconds", "handler")})': "{{handler}}"}),
        Panel("In the broker", "short", {"max by (queue) (celery_queue_length)": "{{queue}}", "max(celery_unacked)": "not acknowledged"}),
        Panel("Memory of the broker", "bytes", {"max(broker_memory_bytes)": "used"}),
        Panel("Sources of this page", "short", {"min by (source) (scrape_source_up)": "{{source}}"}),
    ],
    "Vendors": [
        Panel("Calls a second", "ops", {"sum by (vendor, outcome) (rate(upstream_requests_total[$__rate_interval]))": "{{vendor}} {{outcome}}"}),
        Panel("p95", "s", {quantile(0.95, "upstream_duration_seconds", "vendor"): "{{vendor}}"}),
        Panel("Not asked, because it failed", "short", {"max by (vendor) (upstream_breaker_open)": "{{vendor}}"}, (0.5, 1)),
        Panel("WhatsApp messages", "ops", {"sum by (kind, outcome) (rate(whatsapp_sent_total[$__rate_interval]))": "{{kind}} {{outcome}}"}),
        Panel("Webhooks", "ops", {"sum by (kind, outcome) (rate(webhook_total[$__rate_interval]))": "{{kind}} {{outcome}}"}),
        Panel("Refusals somebody must look at", "short", {"sum by (code) (increase(whatsapp_alert_total[1h]))": "{{code}}", "sum(increase(whatsapp_back_filled_total[1h]))": "webhooks that never came"}),
    ],
    "Market and security": [
        Panel("The market today", "short", {"max by (measure) (business_measure_today)": "{{measure}}"}),
        Panel("One-time codes", "ops", {"sum by (outcome) (rate(otp_total[$__rate_interval]))": "{{outcome}}"}),
        Panel("Refused by a limit", "ops", {"sum by (limit) (rate(ratelimit_limited_total[$__rate_interval]))": "{{limit}}"}),
        Panel("Refresh tokens used twice", "short", {"sum(increase(auth_refresh_reuse_total[1h]))": "of the hour"}, (1, 5)),
        Panel("Refused with 401, 403, 404", "reqps", {'sum by (code) (rate(http_requests_total{code=~"401|403|404"}[$__rate_interval]))': "{{code}}"}),
        Panel("Limits counted without Redis", "short", {"sum(increase(ratelimit_fallback_total[5m]))": "of 5 minutes"}, (1, 100)),
    ],
}  # fmt: skip


def slug(title: str) -> str:
    return title.lower().replace(" ", "-")


def as_json(title: str, panels: list[Panel]) -> dict[str, Any]:
    return {
        "uid": f"bazaar-{slug(title)}",
        "title": f"MSMEBazaar: {title}",
        "tags": ["msmebazaar"],
        "schemaVersion": 39,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "Asia/Kolkata",
        "templating": {"list": [{"name": "source", "label": "Source", "type": "datasource", "query": "prometheus"}]},
        "panels": [panel_as_json(number, panel) for number, panel in enumerate(panels)],
    }


def panel_as_json(number: int, panel: Panel) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    if panel.limits:
        steps += [{"color": color, "value": at} for color, at in zip(("orange", "red"), panel.limits, strict=True)]
    return {
        "id": number + 1,
        "type": "stat" if panel.is_number else "timeseries",
        "title": panel.title,
        "datasource": SOURCE,
        "gridPos": {
            "h": HEIGHT,
            "w": WIDTH,
            "x": number % PANELS_A_ROW * WIDTH,
            "y": number // PANELS_A_ROW * HEIGHT,
        },
        "fieldConfig": {
            "defaults": {
                "unit": panel.unit,
                "min": 0,
                "thresholds": {"mode": "absolute", "steps": steps},
                "custom": {"thresholdsStyle": {"mode": "line" if panel.limits else "off"}},
            },
            "overrides": [],
        },
        "targets": [
            {"refId": chr(ord("A") + place), "datasource": SOURCE, "expr": expression, "legendFormat": legend}
            for place, (expression, legend) in enumerate(panel.queries.items())
        ],
    }


def files() -> dict[Path, str]:
    return {
        FOLDER / f"{slug(title)}.json": json.dumps(as_json(title, panels), indent=1) + "\n"
        for title, panels in BOARDS.items()
    }


if __name__ == "__main__":
    for file, text in files().items():
        file.write_text(text)
