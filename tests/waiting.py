"""Waiting for a condition, of processes that tests start."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import requests

from deploy.local.supervisor import Child, wait_until

PATIENCE_S = 120
START_PATIENCE_S = 60


def wait_for(condition: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> float:
    """Seconds until it held; fails when the patience is over."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < patience_s, f"not within {patience_s:.0f} s: {what}"
        time.sleep(0.1)  # noqa: TID251 between two looks at the condition
    return time.monotonic() - started


@contextmanager
def serving(child: Child, url: str) -> Iterator[None]:
    """The process from when it answers `url` with 200 until the block ends; its log when it does not."""

    def answers() -> bool:
        try:
            return requests.get(url, timeout=5).status_code == 200
        except requests.RequestException:
            return False

    child.start()
    try:
        wait_until(answers, [child], child.name, START_PATIENCE_S)
        yield
    finally:
        child.kill_family()
        child.wait_stopped()
