"""Before and after of every change (pghistory), and the chain over the audit.

`tracked` writes a row of facts into a table beside the model whenever one of them changes, by a trigger, so that `update()`
and raw SQL are seen too. Names and whatever else identifies somebody are not among the facts: such a table outlives an
erasure. Who, why and the request come from the context that a request, a job or a command has opened.

The chain: every audit entry and every such event gets a link in the order of its coming; a worker gives the links their
place and their hash, sha256(hash before, table, row as JSON). The database refuses changes of entries, events and sealed
links. `manage.py verify_audit` recalculates all of it; an outside copy of the last hash shows whether the end was cut off.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.db import connection, models, transaction

from msmebazaar.core import context

FIRST_HASH = "0" * 64
BATCH = 2000
LINK = "INSERT INTO core_auditlink (source, row_id) VALUES (TG_TABLE_NAME, NEW.{key}::text); RETURN NULL;"
LOCK = 7_145_201  # advisory lock of the sealer: one at a time
M = TypeVar("M", bound=models.Model)


def chained(key: str) -> pgtrigger.Trigger:
    """A link in the chain for each new row; `key` is the column that names it."""
    return pgtrigger.Trigger(
        name="chained",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        func=LINK.format(key=key),
    )


def tracked(*fields: str) -> Callable[[type[M]], type[M]]:
    """Keep before and after of these fields, in a table named after the model."""

    def track(model: type[M]) -> type[M]:
        decorated: type[M] = pghistory.track(
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(),
            pghistory.DeleteEvent(),
            fields=["id", *fields],
            model_name=f"{model.__name__}Event",
            append_only=True,
            obj_field=pghistory.ObjForeignKey(related_name="events", related_query_name="events"),
            context_field=pghistory.ContextJSONField(),
            context_id_field=None,  # type: ignore[arg-type]  # as documented
            meta={"triggers": [chained("pgh_id")]},
        )(model)
        return decorated

    return track


@contextmanager
def because(**facts: object) -> Iterator[None]:
    """Whatever changes inside carries these facts, with the request and who acts."""
    with pghistory.context(request_id=context.request_id(), **facts):
        yield


def acting(actor_id: object) -> None:
    """Who acts, once it is known."""
    pghistory.context(actor_id=str(actor_id))


def why(reason: str) -> None:
    """The reason that a colleague gave."""
    pghistory.context(why=reason)


@dataclass(frozen=True)
class Head:
    """The end of the chain."""

    position: int
    hash: str


def head() -> Head:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT position, hash FROM core_auditlink WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1"
        )
        row = cursor.fetchone()
    return Head(*row) if row else Head(0, FIRST_HASH)


def next_hash(before: str, source: str, row: str) -> str:
    """`row` is what PostgreSQL says of the row as JSON."""
    return hashlib.sha256(json.dumps([before, source, row]).encode()).hexdigest()


@transaction.atomic
def seal() -> int:
    """Give new links their place and hash. Two at once: the second finds nothing to do. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(
            "SELECT id, source, row_id FROM core_auditlink WHERE position IS NULL ORDER BY id LIMIT %s", [BATCH]
        )
        links = cursor.fetchall()
        rows = rows_as_json(links)
        last = head()
        position, hashed = last.position, last.hash
        sealed = []
        for link_id, source, row_id in links:
            position, hashed = position + 1, next_hash(hashed, source, rows.get((source, row_id), ""))
            sealed.append((link_id, position, hashed))
        cursor.executemany(
            "UPDATE core_auditlink SET position = %s, hash = %s WHERE id = %s", [(p, h, i) for i, p, h in sealed]
        )
    return len(sealed)


def rows_as_json(links: list[tuple[Any, str, str]]) -> dict[tuple[str, str], str]:
    """The rows that links name, as PostgreSQL writes them, in one query a table. Empty columns are left out, so that a column
    added later changes no hash."""
    wanted: dict[str, list[str]] = {}
    for _key, source, row_id in links:
        wanted.setdefault(source, []).append(row_id)
    found: dict[tuple[str, str], str] = {}
    with connection.cursor() as cursor:
        for source, keys in wanted.items():
            table, key, kind = sources()[source]
            cursor.execute(
                f"SELECT {key}::text, json_strip_nulls(row_to_json(t))::text FROM {table} t WHERE {key} = ANY (%s::{kind}[])",  # noqa: S608
                [keys],
            )
            found.update({(source, row_id): row for row_id, row in cursor.fetchall()})
    return found


def sources() -> dict[str, tuple[str, str, str]]:
    """Tables of the chain → quoted name, key column and its type."""
    from django.apps import apps

    quote = connection.ops.quote_name
    found = {"core_auditentry": ("core_auditentry", "id", "uuid")}
    for model in apps.get_models():
        if issubclass(model, pghistory.models.Event) and model._meta.managed and not model._meta.proxy:
            found[model._meta.db_table] = (quote(model._meta.db_table), "pgh_id", "bigint")
    return found


def events_of(model: type[models.Model], key: object, *, limit: int) -> list[dict[str, Any]]:
    """What happened to a row, the newest first: when, what, who, why, request, and each fact before and after."""
    events = getattr(model, "pgh_event_model", None)
    if events is None:
        return []
    facts = [field.attname for field in events._meta.fields if not field.name.startswith("pgh_") and field.name != "id"]
    rows = list(events.objects.filter(pgh_obj_id=key).order_by("-pgh_id")[: limit + 1])
    found = []
    for row, before in zip(rows, [*rows[1:], None], strict=True):
        changed = [
            (name, getattr(before, name, None), getattr(row, name))
            for name in facts
            if before is None or getattr(before, name) != getattr(row, name)
        ]
        found.append({"at": row.pgh_created_at, "label": row.pgh_label, **(row.pgh_context or {}), "changed": changed})
    return found[:limit]
