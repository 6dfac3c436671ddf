"""Numbers: charts, each with its table and as CSV; the WhatsApp funnel; the system's health."""

import csv
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from adminpanel import selectors
from adminpanel.pages.common import page, shown
from adminpanel.selectors.numbers import Series
from msmebazaar.core import clock, staff
from msmebazaar.core.actor import Duty
from msmebazaar.core.cells import harmless
from msmebazaar.core.http.problems import translated

SPANS = {"30": 30, "90": 90, "365": 365}
OVERVIEW = ("listings_published", "listings_submitted", "introductions", "letters", "deal_value", "valuations")
PARTS = (
    ("listings_live", "state"),
    ("listings_live", "sector"),
    ("mandates_active", "kind"),
    ("introductions", "state"),
)


def _span(request: HttpRequest) -> tuple[str, date, date]:
    wanted = request.GET.get("days", "90")
    days = wanted if wanted in SPANS else "90"
    today = clock.today_in_india()
    return days, today - timedelta(days=SPANS[days] - 1), today


def _period(days: str) -> str:
    return {"30": "day", "90": "week", "365": "month"}[days]


def chart_of(found: Series) -> dict[str, Any]:
    """What the chart and its table are drawn from."""
    return {
        "measure": found.measure,
        "title": translated(found.title),
        "unit": found.unit,
        "split": found.split,
        "labels": [label.isoformat() for label in found.labels],
        "lines": [
            {"key": key, "name": name or translated(found.title), "values": [float(value) for value in values]}
            for key, name, values in found.lines
        ],
    }


@require_safe
@page(Duty.REPORTS, Duty.OPERATIONS, Duty.STAFFING)
def numbers(request: HttpRequest) -> HttpResponse:
    """The market over time and by its parts."""
    days, since, until = _span(request)
    lines = [selectors.series(measure=name, since=since, until=until, period=_period(days)) for name in OVERVIEW]
    parts = []
    for name, split in PARTS:
        bars = selectors.bars(measure=name, split=split, since=since, until=until)[:12]
        parts.append(
            {
                "measure": name,
                "title": translated(selectors.measure_or_404(name).title),
                "split": split,
                "unit": "",
                "labels": [bar.name for bar in bars],
                "lines": [{"key": "", "name": "", "values": [float(bar.value) for bar in bars]}],
            }
        )
    return shown(
        request,
        "numbers",
        charts=[chart_of(found) for found in lines],
        parts=parts,
        days=days,
        spans=list(SPANS),
        counted_at=selectors.counted_at(),
        measures=[(measure.name, translated(measure.title), measure.splits) for measure in staff.measures()],
        title=_("Numbers"),
    )


@require_safe
@page(Duty.REPORTS, Duty.OPERATIONS, Duty.STAFFING, back="admin:numbers")
def measure(request: HttpRequest, measure: str) -> HttpResponse:
    """One measure by day, week or month, whole or by one of its splits; `?format=csv` as a file."""
    days, since, until = _span(request)
    split, period = request.GET.get("split", ""), request.GET.get("period", _period(days))
    known = selectors.measure_or_404(measure)
    found = selectors.series(
        measure=measure,
        since=since,
        until=until,
        split=split if split in known.splits else "",
        period=period if period in selectors.PERIODS else "day",
    )
    if request.GET.get("format") == "csv":
        return as_csv(found)
    return shown(
        request,
        "measure",
        chart=chart_of(found),
        found=found,
        splits=known.splits,
        periods=selectors.PERIODS,
        days=days,
        spans=list(SPANS),
        title=translated(known.title),
    )


def as_csv(found: Series) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.measure}-{found.split or "all"}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow([found.period, *(harmless(name or found.measure) for _key, name, _values in found.lines)])
    for number, label in enumerate(found.labels):
        writer.writerow([label.isoformat(), *(values[number] for _key, _name, values in found.lines)])
    return response


@require_safe
@page(Duty.REPORTS, Duty.CHAT)
def funnel(request: HttpRequest) -> HttpResponse:
    """WhatsApp's flows by language: how many stand at each step and how many came at least this far."""
    steps = selectors.funnel()
    if request.GET.get("format") == "csv":
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="whatsapp-funnel.csv"'
        writer = csv.writer(response)
        writer.writerow(["flow", "language", "step", "here", "reached", "share"])
        for step in steps:
            writer.writerow([step.flow, step.language, step.step, step.here, step.reached, f"{step.share:.3f}"])
        return response
    groups: dict[tuple[str, str], list[Any]] = {}
    for step in steps:
        groups.setdefault((step.flow, step.language), []).append(step)
    return shown(
        request,
        "funnel",
        groups=[(flow, language, found) for (flow, language), found in groups.items()],
        counted_at=selectors.counted_at(),
        title=_("WhatsApp funnel"),
    )


@require_safe
@page(Duty.OPERATIONS)
def system(request: HttpRequest) -> HttpResponse:
    """Database, cache, broker, store, workers and vendors, now."""
    found = selectors.system(now=clock.now())
    groups = [(_("Services"), found.parts), (_("Workers"), found.workers), (_("Vendors"), found.vendors)]
    return shown(request, "system", system=found, groups=groups, title=_("System health"))
