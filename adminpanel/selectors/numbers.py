"""Reads over the numbers by day: series for charts, the pulse, the funnel, what is out of the ordinary."""

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Max, Min, Sum
from django.utils.translation import get_language

from adminpanel.exceptions import MeasureNotFound
from adminpanel.models import Rollup, RollupRun
from msme import selectors as businesses
from msmebazaar.core import staff
from msmebazaar.core.staff import Measure
from msmebazaar.core.types import state_by_letters

PERIODS = ("day", "week", "month")
MOST_KEYS = 12
DEVIATIONS, WEEKS_BACK, LEAST = 3, 8, 5


@dataclass(frozen=True)
class Series:
    """Values of a measure by period: `labels` are first days of periods; `lines` by key of the split ("" for the whole)."""

    measure: str
    title: str
    unit: str
    split: str
    period: str
    labels: tuple[date, ...]
    lines: tuple[tuple[str, str, tuple[Decimal, ...]], ...]
    counted_at: datetime | None


@dataclass(frozen=True)
class Bar:
    """One part of a measure: key, name, value."""

    key: str
    name: str
    value: Decimal


@dataclass(frozen=True)
class Figure:
    """A number of the pulse: now or over `days`, and over as many days before (None where there is no before)."""

    measure: str
    title: str
    unit: str
    value: Decimal
    before: Decimal | None
    days: int


@dataclass(frozen=True)
class FunnelStep:
    """Of those who began a flow in a language: how many stand at this step, and how many came at least this far."""

    flow: str
    language: str
    step: str
    here: int
    reached: int
    share: float


@dataclass(frozen=True)
class Anomaly:
    """Yesterday's count beside the mean of the same weekday before it; `score` in standard deviations of such counts."""

    measure: str
    title: str
    day: date
    value: Decimal
    usual: Decimal
    score: float


def measure_or_404(name: str) -> Measure:
    """Raises: MeasureNotFound."""
    found = staff.measure_named(name)
    if found is None:
        raise MeasureNotFound
    return found


def series(*, measure: str, since: date, until: date, split: str = "", period: str = "day") -> Series:
    """A measure over days, weeks or months: sums for what happens, the last day's value for what there is.

    Raises:
        MeasureNotFound: there is none, or it has no such split.
    """
    known = measure_or_404(measure)
    if split and split not in known.splits:
        raise MeasureNotFound
    found: dict[str, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    rows = Rollup.objects.filter(measure=measure, split=split, day__range=(since, until)).order_by("day")
    for day, key, value in rows.values_list("day", "key", "value"):
        start = _start(day, period)
        found[key][start] = value if known.is_level else found[key][start] + value
    labels = _starts(since, until, period)
    order = sorted(found, key=lambda key: (-sum(found[key].values()), key))[:MOST_KEYS]
    lines = tuple(
        (key, name_of(split, key), tuple(found[key].get(label, Decimal(0)) for label in labels)) for key in order
    )
    if not split and not lines:
        lines = (("", "", tuple(Decimal(0) for _label in labels)),)
    run = RollupRun.objects.filter(measure=measure).first()
    return Series(measure, known.title, known.unit, split, period, labels, lines, run.counted_at if run else None)


def bars(*, measure: str, split: str, since: date, until: date) -> list[Bar]:
    """A measure by its parts: sums over the days, the last day's for what there is; the largest first.

    Raises:
        MeasureNotFound.
    """
    known = measure_or_404(measure)
    rows = Rollup.objects.filter(measure=measure, split=split, day__range=(since, until))
    if known.is_level:
        rows = rows.filter(day=rows.aggregate(day=Max("day"))["day"])
    totals = rows.values_list("key").annotate(total=Sum("value")).order_by("-total", "key")
    return [Bar(key, name_of(split, key), total) for key, total in totals]


LEVELS = ("listings_live", "mandates_active", "matches_kept")
FLOWS = (("introductions", 7), ("letters", 30), ("deal_value", 90), ("people_joined", 7), ("valuations", 7))
WEEK = timedelta(days=7)


def pulse(*, today: date) -> list[Figure]:
    """The market at a glance."""
    names = [*LEVELS, *(name for name, _days in FLOWS)]
    longest = max(days for _name, days in FLOWS)
    rows = Rollup.objects.filter(measure__in=names, split="", day__gt=today - timedelta(days=2 * longest))
    found: dict[str, dict[date, Decimal]] = {name: {} for name in names}
    for name, day, value in rows.values_list("measure", "day", "value"):
        found[name][day] = value
    levels = [_level(name, found[name]) for name in LEVELS]
    return [*levels, *(_flow(name, days, found[name], today) for name, days in FLOWS)]


def _level(name: str, values: dict[date, Decimal]) -> Figure:
    known = measure_or_404(name)
    newest = max(values, default=None)
    if newest is None:
        return Figure(name, known.title, known.unit, Decimal(0), None, 7)
    before = max((day for day in values if day <= newest - WEEK), default=None)
    return Figure(name, known.title, known.unit, values[newest], values[before] if before else None, 7)


def _flow(name: str, days: int, values: dict[date, Decimal], today: date) -> Figure:
    known = measure_or_404(name)
    middle = today - timedelta(days=days)
    now = sum((value for day, value in values.items() if middle < day <= today), Decimal(0))
    earlier = middle - timedelta(days=days)
    before = sum((value for day, value in values.items() if earlier < day <= middle), Decimal(0))
    return Figure(name, known.title, known.unit, now, before, days)


def funnel() -> list[FunnelStep]:
    """WhatsApp's flows by language and step, from where conversations stand: who stands at a later step has passed it."""
    newest = Rollup.objects.filter(measure="chats", split="step").aggregate(day=Max("day"))["day"]
    rows = Rollup.objects.filter(measure="chats", split="step", day=newest) if newest else Rollup.objects.none()
    steps: dict[tuple[str, str], list[tuple[str, str, int]]] = defaultdict(list)
    for key, value in rows.order_by("key").values_list("key", "value"):
        flow, language, number, step = ([*key.split(":", 3), "", "", ""])[:4]
        steps[flow, language].append((number, step, int(value)))
    found = []
    for (flow, language), at in steps.items():
        ordered = sorted(at)
        total = sum(count for _number, _step, count in ordered)
        reached = total
        for _number, step, count in ordered:
            found.append(FunnelStep(flow, language, step, count, reached, reached / total))
            reached -= count
    return found


def anomalies(*, today: date) -> list[Anomaly]:
    """Counts of yesterday that are three deviations away from the same weekday of eight weeks (as Poisson counts scatter)."""
    yesterday = today - timedelta(days=1)
    days = [yesterday - timedelta(weeks=week) for week in range(WEEKS_BACK + 1)]
    measures = {measure.name: measure for measure in staff.measures() if not (measure.is_level or measure.unit)}
    values: dict[str, dict[date, Decimal]] = {name: {} for name in measures}
    rows = Rollup.objects.filter(measure__in=list(measures), split="", day__in=days)
    for name, day, value in rows.values_list("measure", "day", "value"):
        values[name][day] = value
    found = []
    for name, measure in measures.items():
        past = [values[name].get(day, Decimal(0)) for day in days[1:]]
        usual = sum(past, Decimal(0)) / len(past)
        value = values[name].get(yesterday, Decimal(0))
        score = float(value - usual) / math.sqrt(float(usual) + 1)
        if abs(score) >= DEVIATIONS and max(value, usual) >= LEAST:
            found.append(Anomaly(name, measure.title, yesterday, value, usual, score))
    return sorted(found, key=lambda anomaly: -abs(anomaly.score))


def counted_at() -> datetime | None:
    """The oldest of the last counts: what all numbers on a page are at least as new as."""
    oldest: datetime | None = RollupRun.objects.aggregate(oldest=Min("counted_at"))["oldest"]
    return oldest


def name_of(split: str, key: str) -> str:
    """A part's name in the reader's language."""
    if split == "state":
        state = state_by_letters(key)
        return state.name(get_language() or "en") if state else key
    if split == "sector":
        titles = businesses.division_titles().get(key)
        return titles[(get_language() or "en").startswith("hi")] if titles else key
    return key.replace("_", " ")


def _start(day: date, period: str) -> date:
    if period == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if period == "month" else day


def _starts(since: date, until: date, period: str) -> tuple[date, ...]:
    found: list[date] = []
    day = since
    while day <= until:
        start = _start(day, period)
        if not found or found[-1] != start:
            found.append(start)
        day += timedelta(days=1)
    return tuple(found)
