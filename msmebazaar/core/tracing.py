"""Traces through OpenTelemetry: off unless `OTEL_EXPORTER_OTLP_ENDPOINT` names a collector.

The trace's id is made from the request id, so the request, the outbox row it committed, the worker that carried it out and the
vendor it called are one trace without another column, and whoever has a request id can open its trace. Three kinds of span,
with attributes of an allow-list: no statement, address, body or name is ever in one. `start` belongs after the fork: the
exporter's thread does not survive one.
"""

import hashlib
import random
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, StatusCode, TraceFlags

from msmebazaar.core import context

ALLOWED_ATTRIBUTES = frozenset(
    {
        "request_id",
        "route",
        "method",
        "status",
        "db_queries",
        "db_ms",
        "handler",
        "queue",
        "attempt",
        "outcome",
        "vendor",
    }
)
_is_root: ContextVar[bool] = ContextVar("is_root", default=False)
_tracer: trace.Tracer | None = None


def trace_id_of(request_id: str) -> int:
    return int.from_bytes(hashlib.sha256(request_id.encode()).digest()[:16], "big")


def root_span_id_of(request_id: str) -> int:
    return int.from_bytes(hashlib.sha256(request_id.encode()).digest()[16:24], "big")


class IdsOfRequests(IdGenerator):
    def generate_trace_id(self) -> int:
        return trace_id_of(context.request_id())

    def generate_span_id(self) -> int:
        return root_span_id_of(context.request_id()) if _is_root.get() else random.getrandbits(64)


def start(*, endpoint: str, service: str, release: str, ratio: float) -> None:
    """Begin to export from this process, in batches, to an OTLP collector. Nothing happens without an endpoint."""
    if endpoint:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # slow to import

        exporter: SpanExporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=5)
        start_with(BatchSpanProcessor(exporter), service=service, release=release, ratio=ratio)


def start_with(processor: SpanProcessor, *, service: str, release: str, ratio: float = 1.0) -> None:
    global _tracer
    provider = TracerProvider(
        resource=Resource.create({"service.name": service, "service.version": release}),
        id_generator=IdsOfRequests(),
        sampler=TraceIdRatioBased(ratio),  # by trace id alone, so that a trace is whole or absent
        shutdown_on_exit=True,
    )
    provider.add_span_processor(processor)
    _tracer = provider.get_tracer("msmebazaar")


def stop() -> None:
    global _tracer
    _tracer = None


@contextmanager
def _span(name: str, kind: SpanKind, parent: SpanContext | None, **attributes: str | int) -> Iterator[Span | None]:
    if _tracer is None:
        yield None
        return
    around = trace.set_span_in_context(NonRecordingSpan(parent)) if parent else None
    with _tracer.start_as_current_span(
        name, around, kind, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as span:
        _is_root.set(False)
        try:
            yield span
        except Exception as error:
            span.set_status(StatusCode.ERROR, type(error).__name__)  # the kind only: messages quote personal data
            raise


@contextmanager
def request(method: str) -> Iterator[Span | None]:
    """Around one HTTP request; its request id is bound already."""
    _is_root.set(True)
    try:
        with _span(f"{method} request", SpanKind.SERVER, None, method=method, request_id=context.request_id()) as span:
            yield span
    finally:
        _is_root.set(False)


@contextmanager
def delivery(handler: str, queue: str, attempt: int) -> Iterator[Span | None]:
    """Around a worker's carrying out of one outbox delivery, beneath the request that committed it."""
    request_id = context.request_id()
    parent = SpanContext(
        trace_id_of(request_id), root_span_id_of(request_id), is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED)
    )
    facts: dict[str, str | int] = {"handler": handler, "queue": queue, "attempt": attempt, "request_id": request_id}
    with _span(f"deliver {handler}", SpanKind.CONSUMER, parent, **facts) as span:
        yield span


@contextmanager
def vendor_call(vendor: str) -> Iterator[None]:
    with _span(f"call {vendor}", SpanKind.CLIENT, None, vendor=vendor, request_id=context.request_id()):
        yield


def describe(span: Span | None, **facts: str | int | float | None) -> None:
    """Add what became known on the way; what is not on the list, or None, is left out."""
    if span is not None:
        for name, value in facts.items():
            if name in ALLOWED_ATTRIBUTES and value is not None:
                span.set_attribute(name, value)
