"""A thousand committed deliveries survive `kill -9` of pool child, worker, broker and beat, and a broker that forgets all:
0 lost, 0 doubled.

Run by `make faults`. A table of the test's own records every effect; the deliveries commit before the first kill.
"""

import contextlib
import random
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis
from django.db import connection, transaction

from deploy.local import services
from deploy.local.home import Home
from deploy.local.supervisor import START_TIMEOUT_S, Child, Supervisor, wait_until
from msmebazaar.core.outbox import publish
from msmebazaar.core.outbox.models import Delivery
from tests.faults.probe import ProbeHappened
from tests.faults.rig import told
from tests.waiting import wait_for

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
COUNT = 1000
ROUNDS = 4
PATIENCE_S = 240


class Rig:
    """A broker, a worker and beat that this test may kill, watched by the product's own supervisor; the database is the
    test run's."""

    def __init__(self, home: Home) -> None:
        home.prepare()
        self.broker = services.valkey(home, home.secrets())
        database = connection.settings_dict
        login = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
        url = f"postgres://{login}/{database['NAME']}"
        environment = {**self.broker.environment, "DATABASE_URL": url, "BAZAAR_PROBE": "1"}
        celery = [sys.executable, "-m", "celery", "-A", "tests.faults.probe"]
        working = [*celery, "worker", "--queues", "default", "--concurrency", "2", "--without-mingle"]
        beating = [*celery, "beat", "--schedule", str(home.path / "beat"), "--pidfile", ""]
        self.worker = Child("worker", working, home.logs / "worker.log", environment)
        self.beat = Child("beat", beating, home.logs / "beat.log", environment)
        self.supervisor = Supervisor()

    def start(self) -> None:
        for child in (self.broker.child, self.worker, self.beat):
            self.supervisor.start(child)
        wait_until(self.broker.is_ready, [self.broker.child], "the broker", START_TIMEOUT_S)

    def stop(self) -> None:
        for child in self.supervisor.children:
            child.kill_family()
            child.wait_stopped()

    def kill_pool_child(self) -> None:
        """One of the worker's processes; the worker itself puts another in its place."""
        with contextlib.suppress(psutil.NoSuchProcess):  # a worker that is being started again has none yet
            if children := psutil.Process(self.worker.pid).children():
                random.choice(children).kill()

    def kill_worker(self) -> None:
        """The worker with all its processes."""
        self.worker.kill_family()

    def kill_broker(self) -> None:
        self.broker.child.kill_family()

    def kill_beat(self) -> None:
        self.beat.kill_family()

    def empty_broker(self) -> None:
        """All messages are gone, those that workers hold too."""
        with contextlib.suppress(redis.ConnectionError):  # it may be starting again just now
            redis.Redis.from_url(self.broker.environment["REDIS_URL"]).flushall()


@pytest.fixture
def probe_rig(tmp_path: Path) -> Iterator[Rig]:
    random.seed(7)
    made = Rig(Home(tmp_path / "home"))
    made.start()
    yield made
    made.stop()


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


def wait_until_done(rig: Rig, count: int) -> None:
    """Watching over the processes as `make run` does: kombu 5.7 at times ends a worker that lost its broker."""

    def is_done() -> bool:
        if done() >= count:
            return True
        for child in rig.supervisor.children:
            child.restarts.clear()
        rig.supervisor.revive_dead()
        return False

    wait_for(is_done, f"{count} done", PATIENCE_S)


def test_nothing_is_lost_and_nothing_is_done_twice(probe_rig: Rig, effects: None) -> None:
    rig = probe_rig
    started = time.monotonic()
    things = [uuid.uuid4() for _ in range(COUNT)]
    with transaction.atomic():
        for thing in things:
            publish(ProbeHappened(thing))

    faults = (rig.kill_pool_child, rig.kill_worker, rig.kill_broker, rig.empty_broker, rig.kill_beat) * ROUNDS
    for step, fault in enumerate(faults, start=1):
        wait_until_done(rig, step * COUNT // (len(faults) + 2))
        fault()
    wait_until_done(rig, COUNT)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT thing_id) FROM fault_effect")
        effects_made, things_done = cursor.fetchone()
    retried = Delivery.objects.filter(attempts__gt=1).count()
    told(
        "R2",
        f"{COUNT} deliveries, {len(faults)} faults (kill -9 of child, worker, broker, beat; FLUSHALL), {retried} tried again, "
        f"{COUNT - things_done} lost, {effects_made - things_done} doubled, {time.monotonic() - started:.0f} s",
    )
    assert things_done == COUNT
    assert effects_made == COUNT
