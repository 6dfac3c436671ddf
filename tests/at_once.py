"""Races: the same work in several threads that start together, each with a database connection of its own."""

import threading
from collections.abc import Callable
from typing import TypeVar

from django.db import connection

Result = TypeVar("Result")


def at_once(count: int, work: Callable[[], Result]) -> list[Result]:
    """What each of `count` simultaneous calls returned, in no order."""
    start, results = threading.Barrier(count), []

    def run() -> None:
        try:
            start.wait()
            results.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
