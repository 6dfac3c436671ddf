"""News for whoever listens now, over Redis pub/sub: best effort, the database stays the truth.

One connection per process carries all its listeners; each channel is subscribed to while somebody listens to it.
"""

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import redis
import redis.asyncio
from django.conf import settings

from msmebazaar.core.breaker import REDIS
from msmebazaar.core.logging import get_logger

log = get_logger(__name__)
PATIENCE_S = 0.3
LONGEST_BACKLOG = 100
RECONNECT_AFTER_S = 1.0

Message = dict[str, Any]
RESYNC: Message = {"resync": True}


@cache
def _publisher() -> "redis.Redis":
    return redis.Redis.from_url(settings.REDIS_LIVE_URL, socket_connect_timeout=PATIENCE_S, socket_timeout=PATIENCE_S)


def announce(channel: str, message: Message) -> None:
    """Tell listeners, if there are any and Redis is there. Call it after the commit."""
    if REDIS.is_open:
        return
    try:
        _publisher().publish(channel, json.dumps(message))
    except redis.RedisError as error:
        log.warning("live news not announced", error_type=type(error).__name__)


class Hub:
    """Shares one Redis connection among the listeners of one process and event loop.

    A listener's queue gets every message of its channel, and `RESYNC` whenever some may have been missed: when the
    subscription begins, and after Redis was away. The listener then reads what is new from the database.
    """

    def __init__(self) -> None:
        self.listeners: dict[str, set[asyncio.Queue[Message]]] = defaultdict(set)
        self.task: asyncio.Task[None] | None = None
        self.pubsub: redis.asyncio.client.PubSub | None = None
        # Nobody subscribes on a connection that is being closed: redis-py would open it anew.
        self.talking = asyncio.Lock()

    @asynccontextmanager
    async def listening(self, channel: str) -> AsyncIterator["asyncio.Queue[Message]"]:
        queue: asyncio.Queue[Message] = asyncio.Queue(LONGEST_BACKLOG)
        is_first = not self.listeners[channel]
        self.listeners[channel].add(queue)
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self._carry())
        elif not is_first:
            queue.put_nowait(RESYNC)  # subscribed already
        else:
            async with self._connection() as pubsub:
                if pubsub is not None:
                    await pubsub.subscribe(channel)
        try:
            yield queue
        finally:
            self.listeners[channel].discard(queue)
            if not self.listeners[channel]:
                del self.listeners[channel]
                async with self._connection() as pubsub:
                    if pubsub is not None:
                        await pubsub.unsubscribe(channel)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator["redis.asyncio.client.PubSub | None"]:
        """The carrier's connection, while there is one; when it breaks, the carrier reconnects and subscribes to all."""
        async with self.talking:
            with contextlib.suppress(redis.RedisError):
                yield self.pubsub

    async def _carry(self) -> None:
        """Until nobody listens: from Redis into the queues, connecting again when Redis comes back."""
        while self.listeners:
            client = redis.asyncio.Redis.from_url(settings.REDIS_LIVE_URL, health_check_interval=15)
            try:
                self.pubsub = client.pubsub()
                await self.pubsub.subscribe(*self.listeners)
                while self.listeners:
                    message = await self.pubsub.get_message(timeout=1.0)
                    if message is None:
                        continue
                    channel = message["channel"].decode()
                    if message["type"] == "message":
                        self._hand_out(channel, json.loads(message["data"]))
                    elif message["type"] == "subscribe":
                        self._hand_out(channel, RESYNC)
            except (redis.RedisError, OSError) as error:
                log.warning("live news interrupted", error_type=type(error).__name__)
                await asyncio.sleep(RECONNECT_AFTER_S)
            finally:
                async with self.talking:
                    self.pubsub = None
                    await client.aclose()

    def _hand_out(self, channel: str, message: Message) -> None:
        for queue in self.listeners.get(channel, ()):
            if not queue.full():
                queue.put_nowait(message)
                continue
            while not queue.empty():
                queue.get_nowait()
            queue.put_nowait(RESYNC)  # it reads what it missed from the database
