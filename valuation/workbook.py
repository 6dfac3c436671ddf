"""Working papers as a workbook with live formulas: what a registered valuer opens, changes and signs."""

import io
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from valuation.engine.v2 import texts as engine
from valuation.engine.v2.texts import say
from valuation.models import Valuation
from valuation.packs import packs

BOLD, GIVEN = Font(bold=True), PatternFill("solid", fgColor="FFF4E0")
MONEY, SHARE = "#,##0.00", "0.00%"
FIRST_YEAR_COLUMN = 2
FORECAST_YEARS = 5


def xlsx_of(valuation: Valuation) -> bytes:
    """Sheets Summary, Normalisation, WACC, DCF, Net assets, Assumptions. Inputs are shaded; the rest are formulas."""
    assert valuation.output is not None
    output, book = valuation.output, Workbook()
    summary = book.active
    assert isinstance(summary, Worksheet)
    summary.title = "Summary"
    rates = _wacc(book.create_sheet("WACC"), output)
    _normalisation(book.create_sheet("Normalisation"), output)
    dcf = _dcf(book.create_sheet("DCF"), output, rates) if output["forecast"] else None
    nav = _net_assets(book.create_sheet("Net assets"), output) if output["assets"] else None
    _assumptions(book.create_sheet("Assumptions"), valuation)
    _summary(summary, valuation, {"M1": dcf, "M7": nav})
    for sheet in book.worksheets:
        sheet.column_dimensions["A"].width = 40
        for letter in "BCDEFGH":
            sheet.column_dimensions[letter].width = 20
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _number(text: str | None) -> float | None:
    return None if text is None else float(Decimal(text))


def _given(sheet: Worksheet, place: str, value: Any, style: str) -> None:
    cell = sheet[place]
    cell.value, cell.number_format, cell.fill = value, style, GIVEN


def _formula(sheet: Worksheet, place: str, formula: str, style: str) -> None:
    cell = sheet[place]
    cell.value, cell.number_format = formula, style


def _safe(text: str) -> str:
    """Text that a spreadsheet will not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def _summary(sheet: Worksheet, valuation: Valuation, links: dict[str, str | None]) -> None:
    output = valuation.output or {}
    sheet.append(["Working papers of valuation", str(valuation.id)])
    sheet.append(["Business", _safe(valuation.business.legal_name)])
    sheet.append(["Engine, pack", f"{valuation.engine_version}, {valuation.pack_id}"])
    sheet.append(["Output SHA-256", valuation.output_sha256])
    sheet.append([])
    sheet.append(["Method", "Value, rupees", "Weight", "Contribution", "Why"])
    first = sheet.max_row + 1
    for row, method in enumerate(output["methods"], start=first):
        sheet[f"A{row}"] = f"{method['id']} {say(engine.METHODS, method['id'], 'en')}"
        link = links.get(method["id"])
        if link and method["value"] is not None:
            _formula(sheet, f"B{row}", f"={link}", MONEY)
        else:
            _given(sheet, f"B{row}", _number(method["value"]), MONEY)
        _given(sheet, f"C{row}", _number(method["weight"]), SHARE)
        _formula(sheet, f"D{row}", f"=N(B{row})*C{row}", MONEY)
        sheet[f"E{row}"] = say(engine.REASONS, method["reason"], "en")
    last = sheet.max_row
    sheet[f"A{last + 1}"] = "Weighed value"
    _formula(sheet, f"D{last + 1}", f"=SUM(D{first}:D{last})", MONEY)
    value = output["value"]
    sheet[f"A{last + 2}"] = "80 % range as reported"
    _given(sheet, f"C{last + 2}", _number(value["low80"]), MONEY)
    _given(sheet, f"D{last + 2}", _number(value["high80"]), MONEY)
    for cell in sheet[6]:
        cell.font = BOLD
    sheet[f"A{last + 1}"].font = BOLD


def _normalisation(sheet: Worksheet, output: dict[str, Any]) -> None:
    years = output["normalisation"]
    sheet.append(["Rupees a year", *(year["fiscal_year"] for year in years)])
    sheet.append(["Revenue"])
    sheet.append(["EBITDA, reported"])
    kinds = sorted({item["kind"] for year in years for item in year["adjustments"]})
    for kind in kinds:
        sheet.append([kind.replace("_", " ")])
    total = 4 + len(kinds)
    sheet[f"A{total}"], sheet[f"A{total + 1}"] = "EBITDA, normalised", "Margin"
    for number, year in enumerate(years):
        letter = chr(ord("A") + FIRST_YEAR_COLUMN - 1 + number)
        _given(sheet, f"{letter}2", _number(year["revenue"]), MONEY)
        _given(sheet, f"{letter}3", _number(year["ebitda_reported"]), MONEY)
        for offset, kind in enumerate(kinds):
            found = sum(Decimal(item["amount"]) for item in year["adjustments"] if item["kind"] == kind)
            _given(sheet, f"{letter}{4 + offset}", float(found), MONEY)
        _formula(sheet, f"{letter}{total}", f"=SUM({letter}3:{letter}{total - 1})", MONEY)
        _formula(sheet, f"{letter}{total + 1}", f"={letter}{total}/{letter}2", SHARE)
    for cell in sheet[1]:
        cell.font = BOLD


def _wacc(sheet: Worksheet, output: dict[str, Any]) -> str:
    rates = output["rates"]
    names = (
        "risk_free",
        "equity_risk_premium",
        "beta_unlevered",
        "tax_rate",
        "debt_to_value",
        "size_premium",
        "company_risk",
        "cost_of_debt",
    )
    for row, name in enumerate(names, start=1):
        sheet[f"A{row}"] = name.replace("_", " ")
        _given(sheet, f"B{row}", _number(rates[name]), "0.0000")
    sheet["A9"], sheet["A10"], sheet["A11"] = "beta, levered", "cost of equity", "WACC"
    _formula(sheet, "B9", "=B3*(1+(1-B4)*B5/(1-B5))", "0.0000")
    _formula(sheet, "B10", "=B1+B9*B2+B6+B7", "0.0000")
    _formula(sheet, "B11", "=(1-B5)*B10+B5*B8*(1-B4)", "0.0000")
    sheet["A12"] = "growth after year five"
    _given(sheet, "B12", _number(rates["terminal_growth"]), "0.0000")
    return "WACC!$B$11"


def _dcf(sheet: Worksheet, output: dict[str, Any], wacc: str) -> str:
    """Five years with mid-year discounting; returns where the equity stands."""
    inputs = next(method["inputs"] for method in output["methods"] if method["id"] == "M1")
    first = output["forecast"][0]
    base = Decimal(inputs["revenue"])
    step = Decimal(first["revenue"]) - base
    capital = Decimal(first["reinvestment"]) / step if step else Decimal(0)
    given = (
        ("revenue of the latest year", float(base), MONEY),
        ("EBITDA margin", _number(inputs["margin"]), "0.0000"),
        ("depreciation / revenue", _number(inputs["depreciation_rate"]), "0.0000"),
        ("growth of the first year", _number(inputs["growth"]), "0.0000"),
        ("capital per rupee of new revenue", float(capital), "0.0000"),
        ("net debt", _number(output["net_debt"]) or 0.0, MONEY),
        ("contingent, weighted", _number((output["assets"] or {}).get("contingent")) or 0.0, MONEY),
        ("discount for lack of marketability", 0.10 if output["net_debt"] is not None else 0.0, SHARE),
    )
    for row, (name, value, style) in enumerate(given, start=1):
        sheet[f"A{row}"] = name
        _given(sheet, f"B{row}", value, style)
    for row, name in enumerate(
        ("Year", "growth", "revenue", "NOPAT", "reinvestment", "FCFF", "discount factor", "present value"), start=10
    ):
        sheet[f"A{row}"] = name
    for number in range(1, FORECAST_YEARS + 1):
        letter, before = "ABCDEF"[number], "ABCDEF"[number - 1]
        sheet[f"{letter}10"] = number
        _formula(sheet, f"{letter}11", f"=$B$4-($B$4-WACC!$B$12)*({letter}10-1)/5", "0.0000")
        _formula(sheet, f"{letter}12", f"={'$B$1' if number == 1 else before + '12'}*(1+{letter}11)", MONEY)
        _formula(sheet, f"{letter}13", f"={letter}12*($B$2-$B$3)*(1-WACC!$B$4)", MONEY)
        _formula(sheet, f"{letter}14", f"=$B$5*({letter}12-{'$B$1' if number == 1 else before + '12'})", MONEY)
        _formula(sheet, f"{letter}15", f"={letter}13-{letter}14", MONEY)
        _formula(sheet, f"{letter}16", f"=(1+{wacc})^-({letter}10-0.5)", "0.000000")
        _formula(sheet, f"{letter}17", f"={letter}15*{letter}16", MONEY)
    names = ("terminal NOPAT", "terminal value", "enterprise value", "equity")
    for row, name in enumerate(names, start=19):
        sheet[f"A{row}"] = name
    _formula(sheet, "B19", "=F12*(1+WACC!$B$12)*($B$2-$B$3)*(1-WACC!$B$4)", MONEY)
    _formula(sheet, "B20", f"=B19*(1-WACC!$B$12/{wacc})/({wacc}-WACC!$B$12)", MONEY)
    _formula(sheet, "B21", "=SUM(B17:F17)+B20*F16", MONEY)
    _formula(sheet, "B22", "=(B21-B6-B7)*(1-B8)", MONEY)
    return "DCF!$B$22"


def _net_assets(sheet: Worksheet, output: dict[str, Any]) -> str:
    owned = output["assets"]
    sheet.append(["Asset", "Book or market", "Factor", "Going concern"])
    for row, line in enumerate(owned["lines"], start=2):
        basis = Decimal(line["basis"])
        sheet[f"A{row}"] = line["name"].replace("_", " ")
        _given(sheet, f"B{row}", float(basis), MONEY)
        _given(sheet, f"C{row}", float(Decimal(line["going_concern"]) / basis) if basis else 0.0, "0.00")
        _formula(sheet, f"D{row}", f"=B{row}*C{row}", MONEY)
    last = sheet.max_row
    for offset, name in enumerate(("liabilities", "contingent"), start=1):
        sheet[f"A{last + offset}"] = name
        _given(sheet, f"D{last + offset}", -float(Decimal(owned[name])), MONEY)
    sheet[f"A{last + 3}"] = "adjusted net assets"
    _formula(sheet, f"D{last + 3}", f"=SUM(D2:D{last + 2})", MONEY)
    return f"'Net assets'!$D${last + 3}"


def _assumptions(sheet: Worksheet, valuation: Valuation) -> None:
    sheet.append(["Figure", "Value", "Kind", "Assumption", "Date", "Source"])
    for name, figure in packs()[valuation.pack_id].content["figures"].items():
        sheet.append(
            [
                name,
                float(figure["value"]),
                figure["kind"],
                figure.get("assumption", ""),
                figure["date"],
                figure["source"],
            ]
        )
