"""Reads that a replica may answer, never older than what the one who asks has done.

A view says `@replica.may_answer`. What the person has changed is known by its place in the write-ahead log (LSN): noted after
each of their requests that may change something, of what the chat did for them, and of what they were told. The replica is
used once it has replayed that place, and only while it is less than `OLDEST_S` behind; else the primary answers. Nobody waits.

Without `DATABASE_REPLICA_URL` none of this costs anything.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial, wraps
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from msmebazaar.core import context
from msmebazaar.core.actor import Actor
from msmebazaar.core.breaker import Breaker
from msmebazaar.core.logging import get_logger
from msmebazaar.core.metrics import REPLICA_READS

ALIAS = "replica"
OLDEST_S = 30.0
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
BREAKER = Breaker(
    ALIAS, failures_in_a_row=1, cooldown_s=5.0
)  # it is asked once a request; away, it would cost a second each
View = TypeVar("View", bound=Callable[..., Any])

log = get_logger(__name__)
_answers: ContextVar[bool] = ContextVar("replica_answers", default=False)


def is_there() -> bool:
    return ALIAS in settings.DATABASES


class Router:
    """Django's reads go to the replica inside a view that allows it; in a transaction of the primary they stay with it."""

    def db_for_read(self, model: type[Model], **hints: object) -> str:
        return link().alias

    def db_for_write(self, model: type[Model], **hints: object) -> str:
        return "default"

    def allow_relation(self, one: Model, other: Model, **hints: object) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:
        return db == "default"


def link() -> BaseDatabaseWrapper:
    """The connection for reads here and now; for statements that are written by hand."""
    return connections[ALIAS] if _answers.get() and not connection.in_atomic_block else connection


def may_answer(method: View) -> View:
    """Of a view's method that changes nothing: its reads may come from the replica."""

    @wraps(method)
    def answer(view: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not is_there():
            return method(view, request, *args, **kwargs)
        request._request.changes_nothing = True
        actor = request.auth
        with reading(since=actor.written_to if isinstance(actor, Actor) else 0):
            return method(view, request, *args, **kwargs)

    return answer  # type: ignore[return-value]


@contextmanager
def reading(*, since: int) -> Iterator[None]:
    """Reads come from the replica if it has replayed the log to `since` (bytes)."""
    outcome = _outcome(since)
    REPLICA_READS.labels(outcome).inc()
    if outcome != "used":
        yield
        return
    replica, token = connections[ALIAS], _answers.set(True)
    wrappers, replica.execute_wrappers = replica.execute_wrappers, connection.execute_wrappers  # its queries count too
    try:
        yield
    finally:
        replica.execute_wrappers = wrappers
        _answers.reset(token)


def _outcome(since: int) -> str:
    """`used`, `behind` or `away`. What is no replica any more has been made the primary, and is not behind."""
    if not BREAKER.admits():
        return "away"
    try:
        with connections[ALIAS].cursor() as cursor:
            cursor.execute(
                """
                SELECT NOT pg_is_in_recovery() OR (
                    pg_last_wal_replay_lsn() - '0/0' >= %s
                    AND clock_timestamp() - pg_last_xact_replay_timestamp() < make_interval(secs => %s)
                )
                """,
                [since, OLDEST_S],
            )
            (is_near,) = cursor.fetchone()
    except DatabaseError as error:
        BREAKER.record(ok=False)
        log.warning("the replica did not answer", error_type=type(error).__name__)
        return "away"
    BREAKER.record(ok=True)
    return "used" if is_near else "behind"


def note_change(user_ids: Iterable[UUID | str]) -> None:
    """These people have changed something, or were told of it, and it is committed."""
    if not is_there():
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO core_writemark (user_id, position)
            SELECT id, pg_current_wal_insert_lsn() - '0/0' FROM unnest(%s::uuid[]) AS id ORDER BY id
            ON CONFLICT (user_id) DO UPDATE SET position = greatest(core_writemark.position, excluded.position)
            """,
            [list({str(user_id) for user_id in user_ids})],
        )


def note_change_after_commit(user_ids: Iterable[UUID | str]) -> None:
    transaction.on_commit(partial(note_change, list(user_ids)), robust=True)


class ChangesMiddleware:
    """Notes that whoever is logged in may have changed something, before they get the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not is_there():
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        person = context.actor_id()
        if person and request.method in UNSAFE and not getattr(request, "changes_nothing", False):
            try:
                note_change([person])
            except DatabaseError as error:  # it is done and must be answered; at worst they see it `OLDEST_S` late
                log.error("a change was not noted", error_type=type(error).__name__)
        return response
