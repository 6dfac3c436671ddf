"""Lists as files: what the admin shows, row by row, for a spreadsheet. Run by a worker."""

import csv
import hashlib
import io
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any
from uuid import UUID

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import SuspiciousOperation
from django.db import models, transaction
from django.test.client import RequestFactory
from django.utils import timezone, translation
from openpyxl import Workbook

from accounts import selectors as people
from accounts import services as accounts
from adminpanel.models import Sheet
from adminpanel.types import SheetFormat, SheetState
from msmebazaar.core.cells import harmless
from msmebazaar.integrations.storage import file_store

CHUNK, MOST_ROWS = 2000, 100_000
Cell = Any


class TooLarge(Exception):
    """More rows than one file takes."""


def make_sheet(*, sheet_id: UUID, now: datetime) -> None:
    """Write the file, keep it in the store, tell its maker. Repeats give the same key; a file that is ready stays as it is."""
    sheet = Sheet.objects.select_related("made_by").get(pk=sheet_id)
    if sheet.state != SheetState.PENDING:
        return
    try:
        with tempfile.TemporaryFile() as stream, translation.override(sheet.made_by.language):
            rows = _write(sheet, stream)
            stream.seek(0)
            content = stream.read()
    except TooLarge:
        _finish(sheet, now, SheetState.FAILED, error="too_large")
        return
    except (IncorrectLookupParameters, SuspiciousOperation):
        _finish(sheet, now, SheetState.FAILED, error="bad_filter")
        return
    key = f"sheets/{sheet.id}.{sheet.format}"
    file_store().replace(key, content)
    sheet.object_key, sheet.size, sheet.sha256 = key, len(content), hashlib.sha256(content).hexdigest()
    sheet.done = rows
    _finish(sheet, now, SheetState.READY)


@transaction.atomic
def _finish(sheet: Sheet, now: datetime, state: SheetState, error: str = "") -> None:
    sheet.state, sheet.error, sheet.finished_at = state, error, now
    sheet.save()
    kind = "adminpanel.sheet_ready" if state is SheetState.READY else "adminpanel.sheet_failed"
    accounts.notify(
        user_ids=[sheet.made_by_id], kind=kind, now=now, params={"rows": sheet.done, "sheet_id": str(sheet.id)}
    )


def _write(sheet: Sheet, stream: IO[bytes]) -> int:
    model_admin, rows = _as_seen(sheet)
    sheet.total = rows.count()
    Sheet.objects.filter(pk=sheet.pk).update(total=sheet.total)
    if sheet.total > MOST_ROWS:
        raise TooLarge
    columns = [_column(model_admin, name) for name in model_admin.list_display if name != "action_checkbox"]
    lines = _counted(sheet, _lines(rows, columns))
    header = [title for title, _cell in columns]
    return _as_csv(stream, header, lines) if sheet.format == SheetFormat.CSV else _as_xlsx(stream, header, lines)


def _as_seen(sheet: Sheet) -> "tuple[admin.ModelAdmin[Any], models.QuerySet[Any]]":
    """The list's rows as its maker sees them now: filters, search, order, duties and regions."""
    model_admin = admin.site._registry[apps.get_model(sheet.model)]
    request = RequestFactory().get(f"/admin/?{sheet.query}")
    request.user = sheet.made_by
    request.actor = people.actor_of(user_id=sheet.made_by_id)  # type: ignore[attr-defined]
    return model_admin, model_admin.get_changelist_instance(request).get_queryset(request)


def _column(model_admin: "admin.ModelAdmin[Any]", name: Any) -> tuple[str, Callable[[Any], Cell]]:
    title = str(label_for_field(name, model_admin.model, model_admin))
    try:
        field = model_admin.model._meta.get_field(name) if isinstance(name, str) else None
    except models.FieldDoesNotExist:  # type: ignore[attr-defined]
        field = None
    if field is None:
        return title, lambda row: _plain(lookup_field(name, row, model_admin)[2])
    if getattr(field, "choices", None):
        display = f"get_{name}_display"
        return title, lambda row: str(getattr(row, display)())
    return title, lambda row: _plain(getattr(row, name))


def _plain(value: Any) -> Cell:
    if value is None or isinstance(value, (bool, int, float, Decimal)):
        return value
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str(value)


def _lines(rows: "models.QuerySet[Any]", columns: list[tuple[str, Callable[[Any], Cell]]]) -> Iterator[list[Cell]]:
    for row in rows.iterator(chunk_size=CHUNK):
        yield [harmless(cell(row)) for _title, cell in columns]


def _counted(sheet: Sheet, lines: Iterator[list[Cell]]) -> Iterator[list[Cell]]:
    """Tell how far it is after every chunk."""
    for number, line in enumerate(lines, start=1):
        yield line
        if number % CHUNK == 0:
            Sheet.objects.filter(pk=sheet.pk).update(done=number)


def _as_csv(stream: IO[bytes], header: list[str], lines: Iterator[list[Cell]]) -> int:
    """With a byte-order mark, so that a spreadsheet reads the Hindi right."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    count = 0
    for count, line in enumerate(lines, start=1):  # noqa: B007 - the count is the answer
        writer.writerow(line)
    text.flush()
    text.detach()
    return count


def _as_xlsx(stream: IO[bytes], header: list[str], lines: Iterator[list[Cell]]) -> int:
    book = Workbook(write_only=True)
    page = book.create_sheet("MSMEBazaar")
    page.append(header)
    count = 0
    for count, line in enumerate(lines, start=1):  # noqa: B007 - the count is the answer
        page.append(line)
    book.save(stream)
    return count
