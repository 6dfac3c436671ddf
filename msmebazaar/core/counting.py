"""Counting rows by day of India, for the measures of `core.staff`."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.aggregates import Aggregate
from django.db.models.functions import TruncDate
from django.utils import timezone

from msmebazaar.core.clock import INDIA
from msmebazaar.core.staff import Point

KEY_LENGTH = 40


def between(since: date, until: date) -> tuple[datetime, datetime]:
    """From the first moment of a day of India to the first after another."""
    return datetime.combine(since, time(), INDIA), datetime.combine(until + timedelta(days=1), time(), INDIA)


def per_day(
    rows: "QuerySet[Any]", at: str, since: date, until: date, *, splits: dict[str, str], value: Aggregate | None = None
) -> Iterator[Point]:
    """What happened on each day: of all, and by each split (its name → the lookup). `value`: a sum instead of the count."""
    first, end = between(since, until)
    chosen = rows.filter(**{f"{at}__gte": first, f"{at}__lt": end})
    zone = timezone.get_default_timezone()  # by its full name: to PostgreSQL "IST" is Israel's
    dated = chosen.annotate(_day=TruncDate(at, tzinfo=zone)).order_by()
    counted = value or Count("pk")
    for day, number in dated.values_list("_day").annotate(_value=counted):
        yield Point(day, number or 0)
    for split, lookup in splits.items():
        for day, key, number in dated.values_list("_day", lookup).annotate(_value=counted):
            yield Point(day, number or 0, split, str(key or "?")[:KEY_LENGTH])


def level(rows: "QuerySet[Any]", day: date, *, splits: dict[str, str]) -> Iterator[Point]:
    """What there is now, as of the `day`: of all, and by each split."""
    yield Point(day, rows.count())
    for split, lookup in splits.items():
        for key, number in rows.order_by().values_list(lookup).annotate(_value=Count("pk")):
            yield Point(day, number, split, str(key or "?")[:KEY_LENGTH])
