"""The MSME class of an enterprise on a day, by the limits then in force (MSMED Act s.7; `reference/msme_limits.csv`).

Both tests must hold: investment in plant and machinery, and turnover without exports. All businesses on one PAN are one
enterprise. The class is indicative: what counts is the Udyam registration.
"""

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from msme.types import MsmeClass

LIMITS_FILE = Path(__file__).parent / "reference" / "msme_limits.csv"


@dataclass(frozen=True)
class Limit:
    """The most a class may have, rupees, from a day on."""

    msme_class: MsmeClass
    investment_max: Decimal
    turnover_max: Decimal
    valid_from: date
    source: str


@cache
def _limits() -> tuple[Limit, ...]:
    with LIMITS_FILE.open(newline="") as stream:
        return tuple(
            Limit(
                MsmeClass(row["msme_class"]),
                Decimal(row["investment_max_inr"]),
                Decimal(row["turnover_max_inr"]),
                date.fromisoformat(row["valid_from"]),
                row["source"],
            )
            for row in csv.DictReader(stream)
        )


def limits_on(day: date) -> list[Limit]:
    """The limits in force on a day, the smallest class first; none before 1 July 2020, when turnover began to count."""
    starts = [limit.valid_from for limit in _limits() if limit.valid_from <= day]
    if not starts:
        return []
    return sorted(
        (limit for limit in _limits() if limit.valid_from == max(starts)), key=lambda limit: limit.turnover_max
    )


def classify(*, investment: Decimal, turnover: Decimal, on: date) -> MsmeClass | None:
    """The smallest class whose limits hold both; None when it is larger than medium, or for a day before the rule.

    Args:
        investment: plant, machinery and equipment, rupees. turnover: a year's, exports left out, rupees.
    """
    for limit in limits_on(on):
        if investment <= limit.investment_max and turnover <= limit.turnover_max:
            return limit.msme_class
    return None
