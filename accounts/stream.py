"""The live stream of notifications: server-sent events from a process of its own.

A plain ASGI application and not a Django view: Django keeps a thread, and with it a database connection, for as long as a
response lasts; here a listener costs a coroutine and a queue. Threads are borrowed from a small pool for the moments in
which the database is asked. What the views promise holds here too: request id, envelope on refusals, limits, one log line.
"""

import asyncio
import io
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.utils import translation

from accounts import selectors
from accounts.services.notifications import live_channel
from accounts.tokens import InvalidToken, session_of_header
from msmebazaar.core import clock, context, limits
from msmebazaar.core.exceptions import NotAuthenticated, NotFound, RateLimited
from msmebazaar.core.http import network
from msmebazaar.core.http.envelope import failure
from msmebazaar.core.http.problems import Problem, to_problem
from msmebazaar.core.live import RESYNC, Hub
from msmebazaar.core.logging import get_logger
from msmebazaar.core.metrics import LISTENERS

PATH = "/api/v1/notifications/stream/"
HEARTBEAT_S = 15.0
SESSION_CHECK_S = 60.0
DATABASE_THREADS = 4
MOST_REMEMBERED = 200  # ids sent lately, so that a replay that overlaps does not repeat them

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

Result = TypeVar("Result")

log = get_logger("access")
_pool = ThreadPoolExecutor(DATABASE_THREADS, thread_name_prefix="stream-database")
_hub = Hub()


async def in_database(work: Callable[[], Result]) -> Result:
    """Run a short piece of database work in a borrowed thread."""

    def run() -> Result:
        try:
            return work()
        finally:
            connection.close()

    return await asyncio.get_running_loop().run_in_executor(_pool, run)


class Listener:
    """One open stream."""

    def __init__(self, user_id: UUID, session_id: UUID, language: str, last_seen: UUID | None) -> None:
        self.user_id = user_id
        self.session_id = session_id
        self.language = language
        self.last_seen = last_seen
        self.opened_at = clock.now()
        self.sent: dict[str, None] = {}

    async def events(self) -> AsyncIterator[str]:
        """Text of the stream, until the session ends."""
        yield "retry: 2000\n\n"
        checked = time.monotonic()
        async with _hub.listening(live_channel(self.user_id)) as news:
            while True:
                try:
                    message = await asyncio.wait_for(news.get(), HEARTBEAT_S)
                except TimeoutError:
                    yield ": still here\n\n"
                else:
                    for event in await in_database(partial(self._new_events, message)):
                        yield event
                if time.monotonic() - checked > SESSION_CHECK_S:
                    checked = time.monotonic()
                    if await in_database(partial(selectors.get_live_session, session_id=self.session_id)) is None:
                        return

    def _new_events(self, message: dict[str, Any]) -> list[str]:
        """What the message is about and, when some may have been missed, what came since the last one sent."""
        if message == RESYNC:
            rows = selectors.notifications_since(
                user_id=self.user_id, last_seen=self.last_seen, opened_at=self.opened_at
            )
        else:
            rows = list(selectors.notifications_of(user_id=self.user_id).filter(pk=message["id"]))
        events = []
        with translation.override(self.language):
            for row in rows:
                if str(row.id) not in self.sent:
                    events.append(self._event(selectors.as_shown(row)))
                    self._remember(row.id)
        return events

    def _remember(self, notification_id: UUID) -> None:
        self.last_seen = notification_id
        self.sent[str(notification_id)] = None
        if len(self.sent) > MOST_REMEMBERED:
            del self.sent[next(iter(self.sent))]

    @staticmethod
    def _event(shown: dict[str, Any]) -> str:
        data = json.dumps(shown, cls=DjangoJSONEncoder, ensure_ascii=False)
        return f"id: {shown['id']}\nevent: notification\ndata: {data}\n\n"


def _listener(request: ASGIRequest) -> Listener:
    """Who listens, in which language, from where on. Raises what the API raises."""
    try:
        session_id = session_of_header(request.headers.get("Authorization", ""))
    except InvalidToken:
        session_id = None
    found = selectors.get_live_session(session_id=session_id) if session_id else None
    if session_id is None or found is None:
        raise NotAuthenticated
    wait = limits.count_request(f"stream:{found.user.pk}", settings.STREAM_RATE_LIMIT)
    if wait is not None:
        raise RateLimited(retry_after_s=round(wait), seconds=round(wait))
    context.bind_actor(str(found.user.pk))
    language = translation.get_language_from_request(request)
    return Listener(found.user.pk, session_id, language, _last_event_id(request))


def _last_event_id(request: ASGIRequest) -> UUID | None:
    """An id that is none is like no id: the stream begins now."""
    try:
        return UUID(request.headers.get("Last-Event-ID", ""))
    except ValueError:
        return None


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application; one path, GET only."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    request = ASGIRequest(scope, io.BytesIO())  # a GET has no body to read
    context.bind_request_id(context.accepted_or_new(request.headers.get("X-Request-ID")))
    context.bind_actor("")
    started, problem = time.perf_counter(), None
    try:
        if request.path != PATH or request.method != "GET":
            raise NotFound
        listener = await in_database(partial(_listener, request))
    except Exception as error:
        with translation.override(translation.get_language_from_request(request)):
            problem = to_problem(error)
        if not problem.is_anticipated:
            log.error("unhandled error", exc_info=error)
        await _refuse(request, problem, send)
    else:
        context.bind_actor(str(listener.user_id))
        with LISTENERS.track_inprogress():
            await _stream(listener, receive, send)
    log.info(
        "request",
        route="notifications-stream",
        method=request.method,
        status=problem.status if problem else 200,
        duration_ms=round((time.perf_counter() - started) * 1000, 1),
        ip_prefix=network.prefix_of(network.client_address(request)),
        error_code=problem.code if problem else None,
    )


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _stream(listener: Listener, receive: Receive, send: Send) -> None:
    """Until the client goes or the session ends."""
    await send({"type": "http.response.start", "status": 200, "headers": _headers("text/event-stream; charset=utf-8")})
    sending = asyncio.create_task(_send_events(listener, send))
    leaving = asyncio.create_task(_wait_until_gone(receive))
    done, pending = await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    if sending in done and sending.exception() is None:
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    elif sending in done:
        log.warning("live stream broke off", error_type=type(sending.exception()).__name__)


async def _send_events(listener: Listener, send: Send) -> None:
    async for text in listener.events():
        await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _wait_until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(request: ASGIRequest, problem: Problem, send: Send) -> None:
    body = json.dumps(failure(problem, request.path), ensure_ascii=False).encode()
    headers = _headers("application/json", **problem.headers)
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _headers(content_type: str, **more: str) -> list[tuple[bytes, bytes]]:
    values = {
        "Content-Type": content_type,
        "Cache-Control": "no-store",
        "X-Accel-Buffering": "no",
        "X-Content-Type-Options": "nosniff",
        "X-Request-ID": context.request_id(),
        **more,
    }
    return [(name.lower().encode(), value.encode()) for name, value in values.items()]
