"""Counting the measures of all apps by day, into a table of their own."""

import time
from datetime import date, datetime, timedelta

from django.db import transaction

from adminpanel.models import Rollup, RollupRun
from msmebazaar.core import staff
from msmebazaar.core.clock import INDIA
from msmebazaar.core.staff import Measure

EVERY, FIRST_DAYS, AGAIN_DAYS, BATCH = timedelta(minutes=5), 400, 1, 2000


def count_measures(*, now: datetime) -> int:
    """The measures that were not counted for five minutes. Returns how many rows were written."""
    fresh = set(RollupRun.objects.filter(counted_at__gt=now - EVERY).values_list("measure", flat=True))
    return sum(count_measure(measure=measure, now=now) for measure in staff.measures() if measure.name not in fresh)


@transaction.atomic
def count_measure(*, measure: Measure, now: datetime) -> int:
    """One measure: yesterday and today again, all days since the last count, a good year at first.

    What was counted of these days is replaced, in one transaction; two at once wait for each other.
    """
    started, today = time.perf_counter(), now.astimezone(INDIA).date()
    run, _is_new = RollupRun.objects.get_or_create(
        measure=measure.name, defaults={"counted_at": now, "since": _first_day(measure, today), "took_ms": 0}
    )
    run = RollupRun.objects.select_for_update().get(pk=run.pk)
    since = _first_day(measure, today) if _is_new else _again_from(measure, run, today)
    rows = [
        Rollup(measure=measure.name, day=point.day, split=point.split, key=point.key, value=point.value)
        for point in measure.points(since, today)
    ]
    Rollup.objects.filter(measure=measure.name, day__range=(since, today)).delete()
    Rollup.objects.bulk_create(rows, batch_size=BATCH)
    run.counted_at, run.took_ms = now, round((time.perf_counter() - started) * 1000)
    run.save(update_fields=["counted_at", "took_ms", "updated_at"])
    return len(rows)


def _first_day(measure: Measure, today: date) -> date:
    return today if measure.is_level else today - timedelta(days=FIRST_DAYS)


def _again_from(measure: Measure, run: RollupRun, today: date) -> date:
    """Answers of the last days may have changed what happened on them: letters are accepted, messages delivered."""
    if measure.is_level:
        return today
    return min(run.counted_at.astimezone(INDIA).date(), today) - timedelta(days=AGAIN_DAYS)
