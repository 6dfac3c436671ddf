"""Rate limits, atomic in Redis, counted in the process while Redis is away.

DRF's own throttles read, compare and write in three steps and let 6 to 50 of 50 through a limit of 5 (measured).
"""

import time
from functools import cache

from django.conf import settings
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter, RateLimiter
from redis.exceptions import RedisError

from msmebazaar.core.breaker import REDIS
from msmebazaar.core.exceptions import RateLimited
from msmebazaar.core.logging import get_logger
from msmebazaar.core.metrics import RATE_FALLBACK, RATE_LIMITED

log = get_logger(__name__)
REDIS_PATIENCE_S = 0.05


@cache
def _shared_storage() -> RedisStorage:
    return RedisStorage(
        settings.REDIS_LIMITS_URL,
        wrap_exceptions=True,
        socket_connect_timeout=REDIS_PATIENCE_S,
        socket_timeout=REDIS_PATIENCE_S,
    )


_local_storage = MemoryStorage()


def _hit(strategy: type[RateLimiter], item: RateLimitItem, keys: tuple[str, ...]) -> float | None:
    """None when allowed, else the seconds until it will be."""
    if REDIS.admits():
        try:
            wait = _hit_in(_shared_storage(), strategy, item, keys)
        except (StorageError, RedisError) as error:
            REDIS.record(ok=False)
            log.warning("rate limits are counted in the process", error_type=type(error).__name__)
        else:
            REDIS.record(ok=True)
            return wait
    RATE_FALLBACK.inc()
    return _hit_in(_local_storage, strategy, item, keys)


def _hit_in(storage: Storage, strategy: type[RateLimiter], item: RateLimitItem, keys: tuple[str, ...]) -> float | None:
    limiter = strategy(storage)
    if limiter.hit(item, *keys):
        return None
    return max(limiter.get_window_stats(item, *keys).reset_time - time.time(), 1)


def count_request(key: str, rate: str) -> float | None:
    """Count one request over a fixed window, the cheapest kind. None when allowed, else the seconds to wait."""
    wait = _hit(FixedWindowRateLimiter, parse(rate), ("api", key))
    if wait is not None:
        RATE_LIMITED.labels("api").inc()
    return wait


def spend(name: str, key: str, rate: str) -> None:
    """Count one use against `rate` (`3/10minutes`), over a moving window.

    Raises:
        RateLimited: the limit is used up; `retry_after_s` says when to come back.
    """
    wait = _hit(MovingWindowRateLimiter, parse(rate), (name, key))
    if wait is not None:
        RATE_LIMITED.labels(name).inc()
        raise RateLimited(retry_after_s=round(wait), seconds=round(wait))
