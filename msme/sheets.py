"""Reading yearly figures out of CSV and Excel files: cells as text, columns under our names."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from msme.inspection import XLSX, Refused, inspect
from msme.types import LINES, TOTALS

MOST_ROWS, LONGEST_CELL = 500, 100
COLUMNS = ("fiscal_year", "months", "source", *TOTALS, *LINES)
# What people call the columns, beside our names with and without `_inr`.
ALIASES: dict[str, str] = {
    "year": "fiscal_year",
    "fy": "fiscal_year",
    "financial year": "fiscal_year",
    "वित्त वर्ष": "fiscal_year",
    "वर्ष": "fiscal_year",
    "sales": "revenue_inr",
    "turnover": "revenue_inr",
    "बिक्री": "revenue_inr",
    "कारोबार": "revenue_inr",
    "profit": "pat_inr",
    "net profit": "pat_inr",
    "profit after tax": "pat_inr",
    "मुनाफा": "pat_inr",
    "लाभ": "pat_inr",
    "capital": "net_worth_inr",
    "net worth": "net_worth_inr",
    "पूंजी": "net_worth_inr",
    "assets": "total_assets_inr",
    "total assets": "total_assets_inr",
    "कुल संपत्ति": "total_assets_inr",
    "loans": "debt_inr",
    "borrowings": "debt_inr",
    "कर्ज": "debt_inr",
    "ऋण": "debt_inr",
    "महीने": "months",
    "स्रोत": "source",
}


class Unreadable(Exception):
    """Why a file gives no rows: a code of `msme.texts.SHEET_FAULTS`, and what it is about."""

    def __init__(self, code: str, about: str = "") -> None:
        self.code, self.about = code, about
        super().__init__(code)


def read_rows(content: bytes) -> list[dict[str, str]]:
    """Rows of the first sheet under our column names; empty cells are left out, empty rows too.

    Raises:
        Unreadable: empty, not_a_sheet, unknown_column, column_twice, column_missing, too_many_rows.
    """
    if not content.strip():
        raise Unreadable("empty")
    cells = _excel(content) if content.startswith(b"PK\x03\x04") else _csv(content)
    heading = next(cells, None)
    if heading is None or not any(heading):
        raise Unreadable("empty")
    names = _names(heading)
    rows = []
    for row in cells:
        found = {name: cell for name, cell in zip(names, row, strict=False) if name and cell}
        if found:
            rows.append(found)
        if len(rows) > MOST_ROWS:
            raise Unreadable("too_many_rows", str(MOST_ROWS))
    if not rows:
        raise Unreadable("empty")
    return rows


def _names(heading: list[str]) -> list[str]:
    names = [_name(title) for title in heading]
    for title, name in zip(heading, names, strict=True):
        if title and not name:
            raise Unreadable("unknown_column", title)
        if name and names.count(name) > 1:
            raise Unreadable("column_twice", title)
    for name in ("fiscal_year", "revenue_inr"):
        if name not in names:
            raise Unreadable("column_missing", name)
    return names


def _name(title: str) -> str:
    plain = " ".join(title.lower().replace("_", " ").replace("(inr)", "").replace("₹", "").split())
    known = _known_names()
    return known.get(plain, known.get(plain.removesuffix(" inr"), ""))


def _known_names() -> Mapping[str, str]:
    ours = {name.removesuffix("_inr").replace("_", " "): name for name in COLUMNS}
    return {**ours, **ALIASES}


def _csv(content: bytes) -> Iterator[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("not_a_sheet") from error
    if "\x00" in text:
        raise Unreadable("not_a_sheet")
    first = text.splitlines()[0]
    delimiter = max(",;\t", key=first.count)
    try:
        for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True):
            yield [cell.strip()[:LONGEST_CELL] for cell in row]
    except csv.Error as error:
        raise Unreadable("not_a_sheet") from error


def _excel(content: bytes) -> Iterator[list[str]]:
    try:
        inspect(content, declared=XLSX)  # a bomb or an entity would be unpacked right here
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (Refused, InvalidFileException, BadZipFile, KeyError, ValueError, OSError) as error:
        raise Unreadable("not_a_sheet") from error
    try:
        for row in book.worksheets[0].iter_rows(values_only=True):
            yield [_text(cell) for cell in row]
    finally:
        book.close()


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, (date, datetime)):
        return cell.strftime("%Y-%m-%d")
    if isinstance(cell, float):
        return format(cell, ".10f").rstrip("0").rstrip(".")
    return str(cell).strip()[:LONGEST_CELL]
