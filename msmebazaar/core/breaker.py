"""A circuit breaker for each vendor, and for Redis, in the memory of the process.

Not in Redis: then the loss of Redis would be the loss of every vendor. Not pybreaker: version 1.4 holds its lock while the
call runs, so that one slow call would hold up all others of the process (read in its source).
"""

import threading
import time
from collections import deque
from functools import cache

from msmebazaar.core.metrics import VENDOR_BREAKER

FAILURES_IN_A_ROW = 5
WINDOW_S, LEAST_CALLS, FAILED_SHARE = 60.0, 10, 0.5
COOLDOWN_S = 30.0


class Breaker:
    """Opens after some failures in a row, or when half of ten or more calls of a minute failed. Open, it lets one call
    through in each cool-down to see whether the vendor is back, and refuses all others at once."""

    def __init__(
        self, vendor: str, *, failures_in_a_row: int = FAILURES_IN_A_ROW, cooldown_s: float = COOLDOWN_S
    ) -> None:
        self._vendor, self._most_in_a_row, self._cooldown_s = vendor, failures_in_a_row, cooldown_s
        self._lock = threading.Lock()
        self._calls: deque[tuple[float, bool]] = deque()
        self._in_a_row = 0
        self._retry_at: float | None = None  # None: closed

    @property
    def is_open(self) -> bool:
        """Whether it is no use to ask now. False once the cool-down is over, whoever asks next and whatever comes of it."""
        retry_at = self._retry_at
        return retry_at is not None and time.monotonic() < retry_at

    def admits(self) -> bool:
        """Whether a call may be made now. While open, True for one caller in each cool-down: the probe."""
        now = time.monotonic()
        with self._lock:
            if self._retry_at is None:
                return True
            if now < self._retry_at:
                return False
            self._retry_at = now + self._cooldown_s
            return True

    def record(self, *, ok: bool) -> None:
        now = time.monotonic()
        with self._lock:
            if ok and self._retry_at is not None:
                self._calls.clear()
                self._retry_at = None
            self._in_a_row = 0 if ok else self._in_a_row + 1
            self._calls.append((now, ok))
            while self._calls[0][0] < now - WINDOW_S:
                self._calls.popleft()
            if not ok and (self._in_a_row >= self._most_in_a_row or self._mostly_failed()):
                self._retry_at = now + self._cooldown_s
            VENDOR_BREAKER.labels(self._vendor).set(self._retry_at is not None)

    def _mostly_failed(self) -> bool:
        failed = sum(not was_ok for _, was_ok in self._calls)
        return len(self._calls) >= LEAST_CALLS and failed >= FAILED_SHARE * len(self._calls)


# Redis is ours and near: one failure tells, and it is asked again soon. Without it every request would wait for its time-outs.
REDIS = Breaker("redis", failures_in_a_row=1, cooldown_s=2.0)


@cache
def breaker_of(vendor: str) -> Breaker:
    return Breaker(vendor)
