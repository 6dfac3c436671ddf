"""200 committed deliveries survive `kill -9` of the pool child, the worker and the broker, each mid-run: 0 lost, 0 doubled.

Run by `make faults`. A table of the test's own records every effect; the deliveries commit before the first kill.
"""

import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from django.conf import settings
from django.db import connection, transaction

from deploy.local import services
from deploy.local.home import Home
from deploy.local.supervisor import START_TIMEOUT_S, wait_until
from msmebazaar.core.outbox import publish
from msmebazaar.core.outbox.models import Delivery
from tests.faults.probe import ProbeHappened

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
COUNT = 200
PATIENCE_S = 240
ROOT = Path(__file__).parents[2]


@dataclass
class Rig:
    """A broker and workers that this test may kill; the database is the test run's."""

    home: Home
    broker: services.Service
    worker: subprocess.Popen[bytes] | None = None
    beat: subprocess.Popen[bytes] | None = None

    def environment(self) -> dict[str, str]:
        database = settings.DATABASES["default"]
        name = connection.settings_dict["NAME"]
        url = f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{name}"
        return {**os.environ, **self.broker.environment, "DATABASE_URL": url, "BAZAAR_PROBE": "1"}

    def celery(self, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "-A", "tests.faults.probe", *arguments]
        log = (self.home.logs / f"{arguments[0]}.log").open("ab")
        return subprocess.Popen(command, cwd=ROOT, env=self.environment(), stdout=log, stderr=log)

    def start_worker(self) -> None:
        self.worker = self.celery("worker", "--queues", "default", "--concurrency", "2", "--without-mingle")

    def start_broker(self) -> None:
        self.broker.child.start()
        wait_until(self.broker.is_ready, [self.broker.child], "the broker", START_TIMEOUT_S)

    def kill_pool_child(self) -> None:
        assert self.worker is not None
        children = psutil.Process(self.worker.pid).children()
        if children:
            random.choice(children).send_signal(signal.SIGKILL)

    def kill_worker(self) -> None:
        assert self.worker is not None
        for process in [*psutil.Process(self.worker.pid).children(recursive=True), psutil.Process(self.worker.pid)]:
            process.send_signal(signal.SIGKILL)
        self.worker.wait()
        self.start_worker()

    def kill_broker(self) -> None:
        os.kill(self.broker.child.pid, signal.SIGKILL)
        assert self.broker.child.process is not None
        self.broker.child.process.wait()
        self.start_broker()


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    random.seed(7)
    home = Home(tmp_path / "home")
    home.prepare()
    made = Rig(home, services.valkey(home, home.secrets()))
    made.start_broker()
    made.start_worker()
    made.beat = made.celery("beat", "--schedule", str(home.path / "beat"), "--pidfile", "")
    yield made
    for process in (made.worker, made.beat):
        if process and process.poll() is None:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
            process.kill()
            process.wait()
    made.broker.child.ask_to_stop()
    made.broker.child.wait_stopped()


@pytest.fixture
def effects() -> Iterator[None]:
    """One row per effect; nothing keeps a second one out, so that doubling shows."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS fault_effect (thing_id uuid NOT NULL)")
        cursor.execute("TRUNCATE fault_effect")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE fault_effect")


def done() -> int:
    return Delivery.objects.filter(state="done").count()


def wait_until_done(count: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while done() < count:
        assert time.monotonic() < deadline, f"{done()} of {count} after {PATIENCE_S} s"
        time.sleep(0.1)


def test_nothing_is_lost_and_nothing_is_done_twice(rig: Rig, effects: None) -> None:
    started = time.monotonic()
    things = [uuid.uuid4() for _ in range(COUNT)]
    with transaction.atomic():
        for thing in things:
            publish(ProbeHappened(thing))

    kills = 0
    for step, kill in enumerate((rig.kill_pool_child, rig.kill_worker, rig.kill_broker) * 2, start=1):
        wait_until_done(step * COUNT // 8)
        kill()
        kills += 1
    wait_until_done(COUNT)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT thing_id) FROM fault_effect")
        effects_made, things_done = cursor.fetchone()
    retried = Delivery.objects.filter(attempts__gt=1).count()
    print(
        f"\nR2: {COUNT} deliveries, {kills} kill -9 (child, worker, broker), {retried} tried again, "
        f"{COUNT - things_done} lost, {effects_made - things_done} doubled, {time.monotonic() - started:.0f} s"
    )
    assert things_done == COUNT
    assert effects_made == COUNT
