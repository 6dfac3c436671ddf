"""A worker and its connection to the database."""

import psycopg
import pytest
from celery.fixups.django import DjangoWorkerFixup  # type: ignore[attr-defined]  # the stubs lack it
from django.db import connection

from msmebazaar.celery import app, drop_old_connections
from msmebazaar.core.outbox.tasks import sweep_outbox_task

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def settings_of_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests keep no connection; a worker does."""
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 60)


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
        return int(pid)


def between_two_tasks() -> None:
    """What Celery's own support of Django does, and what we do."""
    celerys = DjangoWorkerFixup(app)
    for at in (celerys.on_task_postrun, celerys.on_task_prerun):
        at(sender=sweep_outbox_task)
        drop_old_connections()


def test_it_is_kept_from_task_to_task() -> None:
    first = backend()

    between_two_tasks()

    assert backend() == first


def test_one_that_died_is_replaced_before_the_next_task() -> None:
    first = backend()
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [first])

    between_two_tasks()

    assert backend() != first


def test_one_that_is_too_old_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    first = backend()
    monkeypatch.setattr(connection, "close_at", 0.0)

    between_two_tasks()

    assert backend() != first
