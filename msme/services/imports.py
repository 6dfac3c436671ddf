"""Bringing in a file of yearly figures, row by row, by a worker: each row is taken or refused on its own."""

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import selectors as people
from msme.events import ImportRequested
from msme.exceptions import BusinessNotFound, FinancialsInvalid, SheetUnreadable
from msme.models import ImportRun
from msme.services.businesses import own_business_locked
from msme.services.financials import FinancialsInput, replace_financials
from msme.sheets import COLUMNS, Unreadable, read_rows
from msme.texts import SHEET_FAULTS
from msme.types import LINES, SIGNED, TOTALS, FigureSource, ImportState
from msmebazaar.core import audit, clock
from msmebazaar.core.actor import Actor
from msmebazaar.core.exceptions import N_, AppError, FieldFault, InvalidValue
from msmebazaar.core.outbox import publish
from msmebazaar.core.types import FinancialYear, Money
from msmebazaar.core.types.money import CRORE, LAKH, THOUSAND

UNITS: dict[str, Decimal] = {
    "rupee": Decimal(1),
    "thousand": THOUSAND,
    "lakh": LAKH,
    "crore": CRORE,
}


@transaction.atomic
def begin_import(*, actor: Actor, business_id: UUID, content: bytes, unit: str, is_dry_run: bool) -> ImportRun:
    """Read a file now and have a worker take its rows; with `is_dry_run` they are only tried.

    Args:
        unit: what a bare number in the file means; an amount with a word, such as "2.5 cr", keeps its own.

    Raises:
        BusinessNotFound.
        SheetUnreadable: no CSV or Excel file, or columns that are not known.
    """
    business = own_business_locked(actor, business_id)
    try:
        rows = read_rows(content)
    except Unreadable as unreadable:
        fault = FieldFault("file", unreadable.code, SHEET_FAULTS[unreadable.code], {"about": unreadable.about})
        raise SheetUnreadable(errors=(fault,)) from unreadable
    scaled = [_scaled(row, UNITS[unit]) for row in rows]
    run = ImportRun.objects.create(
        business=business, by_id=actor.user_id, is_dry_run=is_dry_run, rows=scaled, total=len(rows)
    )
    facts: dict[str, object] = {"rows": len(rows), "dry_run": is_dry_run}
    audit.record(
        "msme.import_begun", subject_type="business", subject_id=business.id, actor_id=actor.user_id, facts=facts
    )
    publish(ImportRequested(run.id))
    return run


def _scaled(row: Mapping[str, str], factor: Decimal) -> dict[str, str]:
    """Bare numbers in rupees; what is no bare number is left to the parser of amounts."""
    found = {}
    for name, cell in row.items():
        bare = cell.replace(",", "").removeprefix("₹").strip()
        is_number = name.endswith("_inr") and bare.removeprefix("-").replace(".", "", 1).isdecimal()
        found[name] = format(Decimal(bare) * factor, "f") if is_number else cell
    return found


def run_import(*, run_id: UUID) -> None:
    """Take the rows that are left, one transaction each, so that progress shows and nothing is done twice."""
    while _take_next(run_id):
        pass


@transaction.atomic
def _take_next(run_id: UUID) -> bool:
    run = ImportRun.objects.select_for_update().filter(pk=run_id).first()
    if run is None or run.state == ImportState.DONE:
        return False
    row = run.rows[run.done]
    faults = _take(run, row)
    run.faults += [{"row": run.done + 2, **asdict(fault)} for fault in faults]  # the heading is row 1
    run.saved += not faults
    run.done += 1
    run.state = ImportState.RUNNING
    if run.done == run.total:
        run.state, run.finished_at = ImportState.DONE, clock.now()
    run.save()
    return run.state != ImportState.DONE


def _take(run: ImportRun, row: Mapping[str, str]) -> list[FieldFault]:
    """Save one year, or say why not; a dry run takes it back at once."""
    given = _given(row)
    if isinstance(given, list):
        return given
    try:
        with transaction.atomic():
            actor = people.actor_of(user_id=run.by_id)
            replace_financials(actor=actor, business_id=run.business_id, given=given, today=clock.today_in_india())
            if run.is_dry_run:
                raise _TakenBack
    except _TakenBack:
        return []
    except FinancialsInvalid as refused:
        return list(refused.errors)
    except BusinessNotFound as refused:
        return [FieldFault("business", refused.code, refused.default_detail)]
    except AppError as refused:
        return [FieldFault("", refused.code, refused.detail, dict(refused.params))]
    return []


class _TakenBack(Exception):
    """A dry run ends its transaction with this."""


def _given(row: Mapping[str, str]) -> FinancialsInput | list[FieldFault]:
    faults: list[FieldFault] = []
    found: dict[str, Any] = {}
    for name in COLUMNS:
        if name in row:
            try:
                found[name] = _read(name, row[name])
            except InvalidValue as refused:
                faults.append(FieldFault(name, refused.part, refused.message, dict(refused.params)))
    required = ("fiscal_year", "revenue_inr", "pat_inr", "net_worth_inr", "total_assets_inr")
    missing = [name for name in required if name not in row]
    faults += [FieldFault(name, "required", N_("This cell is empty.")) for name in missing]
    if faults:
        return faults
    lines = {name: found[name] for name in LINES if name in found}
    totals = {name: found[name] for name in TOTALS if name in found}
    totals.setdefault("debt_inr", Decimal(0))
    return FinancialsInput(
        found["fiscal_year"],
        found.get("months", 12),
        found.get("source", FigureSource.SELF_DECLARED),
        lines=lines,
        **totals,
    )


def _read(name: str, cell: str) -> Any:
    if name == "fiscal_year":
        return FinancialYear.parse(cell)
    if name == "months":
        if cell.isdecimal() and 1 <= int(cell) <= 12:
            return int(cell)
        raise InvalidValue("range", N_("Months are a whole number from 1 to 12."))
    if name == "source":
        wanted = cell.lower().replace(" ", "_")
        if wanted in FigureSource.values:
            return wanted
        raise InvalidValue("choice", N_("The source is audited, filed, provisional or self_declared."))
    amount = Money.parse(cell).amount
    if amount < 0 and name not in SIGNED:
        raise InvalidValue("negative", N_("This amount cannot be negative."))
    return amount
