"""The live stream, as an ASGI server runs it: real Valkey, real PostgreSQL, no Django handler between."""

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from functools import partial
from typing import Any

import pytest
from pytest_django import Settings

from accounts import services, stream
from accounts.models import Notification
from deploy.local.home import free_port
from msmebazaar.core import clock, live
from tests.conftest import Persona

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 10


class Connection:
    """One HTTP request to the ASGI application, whose answer is read while it is being sent."""

    def __init__(self, headers: dict[str, str], path: str = stream.PATH) -> None:
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self.scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": b"",
            "headers": raw,
            "client": ("203.0.113.9", 1),
        }
        self.sent: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
        self.gone = asyncio.Event()
        self.text = ""

    async def __aenter__(self) -> "Connection":
        self.task = asyncio.create_task(stream.application(self.scope, self._receive, self.sent.put))
        self.start = await asyncio.wait_for(self.sent.get(), PATIENCE_S)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.gone.set()
        await asyncio.wait_for(self.task, PATIENCE_S)

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def read_until(self, text: str) -> str:
        """Everything received so far, once `text` is in it."""
        async with asyncio.timeout(PATIENCE_S):
            while text not in self.text:
                self.text += (await self.sent.get())["body"].decode()
        return self.text

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line[6:]) for line in self.text.splitlines() if line.startswith("data: ")]


def headers_of(persona: Persona, **more: str) -> dict[str, str]:
    return {"Authorization": persona.authorization, **more}


@pytest.fixture(autouse=True)
def own_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub belongs to an event loop, and each test has one of its own."""
    monkeypatch.setattr(stream, "_hub", live.Hub())


def tell(persona: Persona) -> None:
    services.notify(user_ids=[persona.actor.user_id], kind="valuation.ready", now=clock.now())


def run(work: Callable[[], Awaitable[None]]) -> None:
    async def whole() -> None:
        await work()
        carrier = stream._hub.task
        if carrier is not None:
            await asyncio.wait_for(carrier, PATIENCE_S)  # it ends when nobody listens

    asyncio.run(whole())


def test_news_arrive_while_one_listens_and_nobody_elses(seller: Persona, stranger: Persona) -> None:
    async def work() -> None:
        async with Connection(headers_of(seller, **{"Accept-Language": "hi"})) as connection:
            assert connection.start["status"] == 200
            assert (b"content-type", b"text/event-stream; charset=utf-8") in connection.start["headers"]
            await stream.in_database(partial(tell, stranger))
            await stream.in_database(partial(tell, seller))
            await connection.read_until("data: ")
            (event,) = connection.events
            assert event["title"] == "आपका मूल्यांकन तैयार है"
            assert f"id: {event['id']}\nevent: notification\n" in connection.text

    run(work)


def test_after_a_break_one_goes_on_where_one_was(seller: Persona) -> None:
    for _ in range(3):
        tell(seller)
    first, *missed = [str(row.id) for row in Notification.objects.order_by("id")]

    async def work() -> None:
        async with Connection(headers_of(seller, **{"Last-Event-ID": first})) as connection:
            await connection.read_until(missed[-1])
            assert [event["id"] for event in connection.events] == missed
            await stream.in_database(partial(tell, seller))
            newest = await stream.in_database(lambda: str(Notification.objects.order_by("-id")[0].id))
            await connection.read_until(newest)
            assert [event["id"] for event in connection.events] == [*missed, newest]

    run(work)


def test_two_devices_hear_the_same(seller: Persona) -> None:
    async def work() -> None:
        async with Connection(headers_of(seller)) as first, Connection(headers_of(seller)) as second:
            await stream.in_database(partial(tell, seller))
            for connection in (first, second):
                await connection.read_until("data: ")
            assert first.events == second.events

    run(work)


def test_a_heartbeat_keeps_the_connection(seller: Persona, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.05)

    async def work() -> None:
        async with Connection(headers_of(seller)) as connection:
            await connection.read_until(": still here")

    run(work)


def test_the_stream_ends_with_the_session(seller: Persona, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.05)
    monkeypatch.setattr(stream, "SESSION_CHECK_S", 0.0)

    async def work() -> None:
        async with Connection(headers_of(seller)) as connection:
            await connection.read_until("retry")
            await stream.in_database(
                partial(services.end_all_sessions, user_id=seller.actor.user_id, because="test", now=clock.now())
            )
            await asyncio.wait_for(asyncio.shield(connection.task), PATIENCE_S)

    run(work)


@pytest.mark.parametrize("header", ["", "Bearer nonsense", "Basic abc"])
def test_who_is_not_logged_in_gets_the_envelope(seller: Persona, header: str) -> None:
    async def work() -> None:
        async with Connection({"Authorization": header, "X-Request-ID": "request-12345"}) as connection:
            assert connection.start["status"] == 401
            body = json.loads((await connection.sent.get())["body"])
            assert (body["error"]["code"], body["request_id"]) == ("not_authenticated", "request-12345")
            assert (b"www-authenticate", b"Bearer") in connection.start["headers"]

    run(work)


def test_another_path_is_not_served(seller: Persona) -> None:
    async def work() -> None:
        async with Connection(headers_of(seller), path="/api/v1/me/") as connection:
            assert connection.start["status"] == 404

    run(work)


def test_opening_it_again_and_again_is_limited(seller: Persona, settings: Settings) -> None:
    settings.STREAM_RATE_LIMIT = "2/minute"

    async def work() -> None:
        statuses = []
        for _ in range(3):
            async with Connection(headers_of(seller)) as connection:
                statuses.append(connection.start["status"])
        assert statuses == [200, 200, 429]

    run(work)


def test_the_web_server_says_that_the_stream_is_elsewhere(seller: Persona) -> None:
    response = seller.client.get(stream.PATH)

    assert response.status_code == 503
    assert response.json()["error"]["code"] == "accounts.stream_elsewhere"


def test_news_that_nobody_can_announce_are_not_lost(seller: Persona, settings: Settings) -> None:
    """Valkey is away while it is written: the list has it, and a listener gets it when it resumes."""
    tell(seller)
    seen = str(Notification.objects.get().id)
    live._publisher.cache_clear()
    settings.REDIS_LIVE_URL = f"redis://127.0.0.1:{free_port()}/0"
    try:
        tell(seller)
    finally:
        live._publisher.cache_clear()
    settings.REDIS_LIVE_URL = settings.REDIS_LIMITS_URL
    missed = str(Notification.objects.order_by("-id")[0].id)
    assert missed != seen
    assert uuid.UUID(missed)

    async def work() -> None:
        async with Connection(headers_of(seller, **{"Last-Event-ID": seen})) as connection:
            await connection.read_until(missed)

    run(work)
