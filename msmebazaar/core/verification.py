"""Checking the chain over the audit."""

from dataclasses import dataclass

from django.db import connection

from msmebazaar.core.history import BATCH, FIRST_HASH, Head, next_hash, rows_as_json, sources

MOST_FAULTS = 100


@dataclass(frozen=True)
class Verified:
    checked: int
    unsealed: int
    faults: tuple[str, ...]
    head: Head


def verify(*, kept: str = "") -> Verified:
    """Every sealed link in order: positions without a gap, hashes that follow, rows as they were; and no row without a link.

    `kept`: a head that was written down elsewhere, as "position:hash"; the chain must still pass through it.
    """
    faults: list[str] = []
    wanted = int(kept.partition(":")[0]) if kept else 0
    position, hashed, checked = 0, FIRST_HASH, 0
    passed = not wanted
    while links := _links_after(position):
        rows = rows_as_json([(number, source, row_id) for number, source, row_id, _hash in links])
        for number, source, row_id, own_hash in links:
            if number != position + 1:
                faults.append(f"links {position + 1} to {number - 1} are missing")
            row = rows.get((source, row_id))
            if row is None:
                faults.append(f"{source} {row_id} is gone (link {number})")
            elif next_hash(hashed, source, row) != own_hash:
                faults.append(f"{source} {row_id} or the link before it was changed (link {number})")
            position, hashed, checked = number, own_hash, checked + 1
            passed = passed or f"{number}:{own_hash}" == kept
        if len(faults) > MOST_FAULTS:
            break
    if not passed:
        faults.append(f"the chain does not pass through {kept}: its end was cut off or rewritten")
    faults += _without_link()
    return Verified(checked, _count_unsealed(), tuple(faults), Head(position, hashed))


def _links_after(position: int) -> list[tuple[int, str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT position, source, row_id, hash FROM core_auditlink WHERE position > %s ORDER BY position LIMIT %s",
            [position, BATCH],
        )
        return list(cursor.fetchall())


def _count_unsealed() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_auditlink WHERE position IS NULL")
        return int(cursor.fetchone()[0])


def _without_link() -> list[str]:
    found = []
    with connection.cursor() as cursor:
        for source, (table, key, _kind) in sources().items():
            cursor.execute(
                f"SELECT count(*) FROM {table} t WHERE NOT EXISTS ("  # noqa: S608 - names of our own tables
                f"SELECT FROM core_auditlink l WHERE l.source = %s AND l.row_id = t.{key}::text)",
                [source],
            )
            count = cursor.fetchone()[0]
            if count:
                found.append(f"{count} rows of {source} have no link")
    return found
