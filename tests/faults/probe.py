"""An event whose handler writes one row slowly, and the Celery application that knows it."""

import os
import time
import uuid
from dataclasses import dataclass
from typing import ClassVar

import django

django.setup()  # a worker started on this module has not loaded the apps yet

from msmebazaar.celery import app  # noqa: E402
from msmebazaar.core.outbox.registry import Event, subscribe  # noqa: E402

__all__ = ["ProbeHappened", "app"]
SECONDS_PER_EFFECT = 0.03


@dataclass(frozen=True)
class ProbeHappened(Event):
    name: ClassVar[str] = "tests.ProbeHappened"
    thing_id: uuid.UUID


@subscribe(ProbeHappened, name="tests.probe", queue="default")
def write_effect(*, thing_id: str, **_: object) -> None:
    """Long enough that a kill often lands between the effect and its commit."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO fault_effect (thing_id) VALUES (%s)", [thing_id])
    time.sleep(SECONDS_PER_EFFECT if os.environ.get("BAZAAR_PROBE") else 0)  # noqa: TID251 a job long enough to be killed in
