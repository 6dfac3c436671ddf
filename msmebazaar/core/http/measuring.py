"""What is counted of each request, under labels that are bounded: names of routes, never paths.

django-prometheus' metrics by view are left out: with its buckets they are some forty series a view and method, thousands here.
"""

from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_prometheus.middleware import Metrics, PrometheusAfterMiddleware, PrometheusBeforeMiddleware

from msmebazaar.core import metrics

KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
PAGES_OF_STAFF = "admin"  # some hundred pages of the admin are one route to whoever watches


def route_of(request: HttpRequest) -> str:
    """The route's name, `admin` for every page of the admin, `unknown` where there is none."""
    match = request.resolver_match
    if match is None:
        return "unknown"
    return PAGES_OF_STAFF if match.namespace == "admin" else match.view_name or match.route


def group_of(path: str) -> str:
    """Which promise of latency a path falls under; the first prefix of `LATENCY_GROUPS` that fits."""
    return next((name for prefix, name in settings.LATENCY_GROUPS if path.startswith(prefix)), "other")


def record(request: HttpRequest, response: HttpResponseBase, facts: dict[str, Any], seconds: float) -> None:
    group = group_of(request.path)
    method = request.method if request.method in KNOWN_METHODS else "other"
    metrics.HTTP_REQUESTS.labels(facts["route"], method, response.status_code).inc()
    metrics.HTTP_ROUTE_SECONDS.labels(facts["route"]).observe(seconds)
    metrics.HTTP_DURATION.labels(group).observe(seconds)
    metrics.HTTP_QUERIES.labels(group).observe(facts["db_queries"])
    metrics.HTTP_DB_SECONDS.labels(group).observe(facts["db_ms"] / 1000)
    pool = getattr(connection, "pool", None)
    if pool is not None:
        stats = pool.get_stats()
        metrics.DB_POOL_SIZE.set(stats["pool_size"])
        metrics.DB_POOL_IN_USE.set(stats["pool_size"] - stats["pool_available"])
        metrics.DB_POOL_WAITING.set(stats["requests_waiting"])


class NotKept:
    """Stands in for a metric that is not kept."""

    def labels(self, *_: object, **__: object) -> "NotKept":
        return self

    def inc(self, *_: object) -> None:
        pass

    observe = inc


class BoundedMetrics(Metrics):  # type: ignore[misc]
    def register_metric(
        self, metric_cls: Any, name: str, documentation: str, labelnames: Any = (), **kwargs: Any
    ) -> Any:
        if {"view", "templatename"} & set(labelnames):
            return NotKept()
        return super().register_metric(metric_cls, name, documentation, labelnames=labelnames, **kwargs)


class BeforeMiddleware(PrometheusBeforeMiddleware):  # type: ignore[misc]
    metrics_cls = BoundedMetrics


class AfterMiddleware(PrometheusAfterMiddleware):  # type: ignore[misc]
    metrics_cls = BoundedMetrics
