"""How long rows are kept: rules as dated data with their source, and one way to carry them out or to say what would go.

`reference/retention.csv` has the rules. The app that owns a table registers how to count and remove what is older than a
cutoff; a rule without a keeper, and a keeper without a rule, fail at start (`msmebazaar.core.checks`).
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

RULES_FILE = Path(__file__).parent / "reference" / "retention.csv"


@dataclass(frozen=True)
class Rule:
    """`what` rows are removed `days` after the time the keeper counts from, since `valid_from`."""

    what: str
    days: int
    valid_from: date
    counted_from: str
    source: str


# (cutoff, dry_run) → how many rows are older than the cutoff, and are now gone unless it is a dry run
Keeper = Callable[[datetime, bool], int]
_keepers: dict[str, Keeper] = {}


def keeper(what: str) -> Callable[[Keeper], Keeper]:
    """Register who removes `what`."""

    def register(function: Keeper) -> Keeper:
        _keepers[what] = function
        return function

    return register


def count_or_delete(due: QuerySet[Any, Any], dry_run: bool) -> int:
    """What most keepers do: the number of due rows, which are deleted unless it is a dry run."""
    if dry_run:
        return due.count()
    return due.delete()[1].get(due.model._meta.label, 0)


@cache
def _all_rules() -> tuple[Rule, ...]:
    with RULES_FILE.open(newline="") as stream:
        return tuple(
            Rule(
                row["what"], int(row["days"]), date.fromisoformat(row["valid_from"]), row["counted_from"], row["source"]
            )
            for row in csv.DictReader(stream)
        )


def rules_on(day: date) -> list[Rule]:
    """The rule for each kind of row that is in force on a day."""
    in_force: dict[str, Rule] = {}
    for rule in sorted(_all_rules(), key=lambda rule: rule.valid_from):
        if rule.valid_from <= day:
            in_force[rule.what] = rule
    return list(in_force.values())


def unmatched() -> set[str]:
    """Names that only the rules or only the keepers know."""
    return {rule.what for rule in _all_rules()} ^ set(_keepers)


def apply(*, now: datetime, dry_run: bool) -> dict[str, int]:
    """Remove what is past its time. Returns how many rows of each kind went, or would go."""
    return {rule.what: _keepers[rule.what](now - timedelta(days=rule.days), dry_run) for rule in rules_on(now.date())}
