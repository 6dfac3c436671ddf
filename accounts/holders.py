"""Every app that keeps personal data says here how to collect it, and how to remove it.

The right of access needs all of it in one answer, and an erasure hides all of it in one transaction, so accounts has to
reach the apps above it. They register; accounts never imports them (ADR 0006). A test fails when an app has tables with
personal data and no holder.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Subject:
    """Whose data: the person with the contacts merged into them, and the organisations that are theirs alone."""

    user_ids: tuple[UUID, ...]
    organisation_ids: tuple[UUID, ...]


class Holder(Protocol):
    def collect(self, subject: Subject) -> Rows:
        """Everything held, by table, in clear, with values that JSON can carry."""

    def erase(self, subject: Subject, *, now: datetime) -> None:
        """Remove it. Called in one transaction for all apps, the highest first; what was collected is kept sealed."""


_holders: dict[str, Holder] = {}


def register(app: str, holder: Holder) -> None:
    _holders[app] = holder


def apps() -> frozenset[str]:
    return frozenset(_holders)


def lowest_first() -> Iterable[tuple[str, Holder]]:
    """In the order of INSTALLED_APPS, which is the order of the stack."""
    return tuple(_holders.items())


def highest_first() -> Iterable[tuple[str, Holder]]:
    return reversed(tuple(_holders.items()))


def collect(subject: Subject) -> dict[str, list[dict[str, Any]]]:
    """All that all apps hold, by `app.table`."""
    return {
        f"{app}.{table}": [dict(row) for row in rows]
        for app, holder in lowest_first()
        for table, rows in holder.collect(subject).items()
    }


def as_rows(found: Iterable[Any], *fields: str) -> list[dict[str, Any]]:
    """Model instances as plain rows, encrypted columns in clear."""
    return [{field: getattr(row, field) for field in ("id", *fields)} for row in found]
