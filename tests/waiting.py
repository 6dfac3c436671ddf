"""Waiting for a condition, of processes that tests start."""

import time
from collections.abc import Callable

PATIENCE_S = 120


def wait_for(condition: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> float:
    """Seconds until it held; fails when the patience is over."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < patience_s, f"not within {patience_s:.0f} s: {what}"
        time.sleep(0.1)  # noqa: TID251 the one there is
    return time.monotonic() - started
