"""Traces and Sentry: one trace from request to vendor, and nothing in either that was not listed."""

from collections.abc import Iterator
from typing import ClassVar
from uuid import UUID

import pytest
import sentry_sdk
from django.db import transaction
from django.test import Client
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from msmebazaar.core import breaker, clock, context, sentry, tracing
from msmebazaar.core.outbox import publish, registry, relay
from msmebazaar.core.outbox.models import Delivery
from msmebazaar.core.outbox.registry import Event
from msmebazaar.integrations import errors

SECRET = "+919812345678 ABCPE1234F"


class SomethingHappened(Event):
    name = "tests.SomethingHappened"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    tracing.start_with(SimpleSpanProcessor(exporter), service="tests", release="1")
    yield exporter
    tracing.stop()


@pytest.fixture
def calls_the_vendor() -> Iterator[None]:
    def call(**_: object) -> None:
        with errors.measured("twilio"):
            pass

    registry.subscribe(SomethingHappened, name="tests.call_vendor", transactional=False)(call)
    yield
    del registry._subscriptions["tests.call_vendor"]


def ids(span: ReadableSpan) -> tuple[int, int]:
    assert span.context is not None
    return span.context.trace_id, span.context.span_id


@pytest.mark.django_db(transaction=True)
def test_request_outbox_worker_and_vendor_are_one_trace(spans: InMemorySpanExporter, calls_the_vendor: None) -> None:
    written: list[UUID] = []
    context.clear()
    with tracing.request("POST"):
        context_id = context.request_id()
        with transaction.atomic():
            written.append(publish(SomethingHappened()))
    context.clear()
    delivery = Delivery.objects.get(event_id=written[0])
    assert relay.deliver(delivery.pk, now=clock.now()) == "done"

    by_name = {span.name: span for span in spans.get_finished_spans()}
    request, worker, vendor = by_name["POST request"], by_name["deliver tests.call_vendor"], by_name["call twilio"]
    trace_id, root = ids(request)
    assert trace_id == tracing.trace_id_of(context_id)
    assert [ids(span)[0] for span in (worker, vendor)] == [trace_id, trace_id]
    assert worker.parent
    assert worker.parent.span_id == root
    assert vendor.parent
    assert vendor.parent.span_id == ids(worker)[1]
    assert {dict(span.attributes or {})["request_id"] for span in (request, worker, vendor)} == {context_id}
    assert all(set(span.attributes or {}) <= tracing.ALLOWED_ATTRIBUTES for span in by_name.values())


@pytest.mark.django_db
def test_a_real_request_is_a_span_without_addresses(spans: InMemorySpanExporter) -> None:
    Client().get("/health/live?phone=%2B919812345678", headers={"X-Request-ID": "told-by-caller"})

    (span,) = spans.get_finished_spans()
    facts = dict(span.attributes or {})
    assert (facts["route"], facts["status"], facts["request_id"]) == ("health-live", 200, "told-by-caller")
    assert "98123" not in span.to_json()


def test_nothing_is_traced_while_it_is_off() -> None:
    with tracing.request("GET") as span:
        tracing.describe(span, route="x")

    assert span is None


class Kept(Transport):
    """Sentry's own interface for transports; keeps what would leave."""

    envelopes: ClassVar[list[Envelope]] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.envelopes.append(envelope)


@pytest.fixture
def sent() -> Iterator[list[Envelope]]:
    Kept.envelopes.clear()
    sentry.configure(dsn="https://key@sentry.invalid/1", release="1", environment="test", transport=Kept)
    yield Kept.envelopes
    sentry_sdk.init()


def test_an_error_leaves_without_values(sent: list[Envelope], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        phone_and_pan = SECRET
        raise ValueError(phone_and_pan)

    monkeypatch.setattr("msmebazaar.core.outbox.heartbeats.heartbeat_ages", lambda *, now: fail(now))
    answer = Client(raise_request_exception=False).get(
        "/health/workers?q=" + SECRET, headers={"X-Request-ID": "an-id-123"}
    )

    assert answer.status_code == 500
    (event,) = [envelope.get_event() for envelope in sent if envelope.get_event()]
    assert event is not None
    (raised,) = event["exception"]["values"]
    assert raised["type"] == "ValueError"
    assert raised["stacktrace"]["frames"][-1]["function"] == "fail"
    assert event["tags"] == {"request_id": "an-id-123"}
    text = str([envelope.serialize() for envelope in sent])
    assert "98123" not in text
    assert "ABCPE" not in text


@pytest.mark.parametrize("pattern", [[False] * 5, [True, False] * 5])
def test_a_breaker_opens_lets_one_probe_through_and_closes(
    pattern: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    tried = breaker.Breaker("tests")
    for ok in pattern:
        assert tried.admits()
        tried.record(ok=ok)

    assert [tried.admits() for _ in range(20)] == [False] * 20
    assert [tried.is_open] == [True]
    now[0] += breaker.COOLDOWN_S
    assert [tried.is_open] == [False]
    assert [tried.admits() for _ in range(20)] == [True] + [False] * 19
    tried.record(ok=False)
    assert not tried.admits()
    now[0] += breaker.COOLDOWN_S
    assert tried.admits()
    tried.record(ok=True)
    assert tried.admits()


def test_a_refusal_is_an_answer_and_opens_nothing() -> None:
    for _ in range(20):
        with pytest.raises(errors.VendorError, match="20003"), errors.measured("tests"):
            raise errors.VendorError("tests", "20003", permanent=True)
