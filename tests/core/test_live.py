"""The hub that carries news to listeners: its connection ends with the last of them."""

import asyncio
import gc
import warnings

import pytest
from redis.asyncio.client import PubSub

from msmebazaar.core import live


def test_who_leaves_while_the_connection_is_closed_opens_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """redis-py connects anew for a command on a closed connection, and nobody would ever close that one."""
    leave = PubSub.unsubscribe

    async def leave_late(pubsub: PubSub, *channels: str) -> None:
        (carrier,) = (task for task in asyncio.all_tasks() if task is not asyncio.current_task())
        await asyncio.wait({carrier}, timeout=1.5)  # it looks once a second whether anybody listens
        await leave(pubsub, *channels)

    monkeypatch.setattr(PubSub, "unsubscribe", leave_late)

    async def work() -> None:
        hub = live.Hub()
        async with hub.listening("one") as news:
            assert await news.get() == live.RESYNC
        assert hub.task is not None
        await hub.task

    gc.collect()  # what other tests left
    with warnings.catch_warnings(record=True, action="always", category=ResourceWarning) as told:
        asyncio.run(work())
        gc.collect()

    assert [str(warning.message) for warning in told] == []
