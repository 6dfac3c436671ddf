"""Bringing in a file of yearly figures."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from msme import services
from msme.models import FinancialStatement, ImportRun
from msme.sheets import Unreadable, read_rows
from tests.conftest import Persona
from tests.factories import make_business
from tests.msme.files import XXE, letter, pdf, spreadsheet, with_parts

Drain = Callable[[], int]
HEADING = "Financial year,Sales,Net profit,Net worth,Total assets,Loans,source"
RIGHT = "2024-25,60.41,4.12,11.78,30.98,10.35,audited"
BEFORE = "2023-24,53.16,3.60,10.40,27.30,9.80,audited"


def sheet(*rows: str) -> bytes:
    return "\n".join([HEADING, *rows]).encode()


def bring_in(persona: Persona, content: bytes, business_id: Any = None, **more: Any) -> Any:
    business_id = business_id or make_business(persona.actor).id
    upload = SimpleUploadedFile("figures.csv", content)
    path = f"/api/v1/businesses/{business_id}/imports/"
    return persona.client.post(path, {"file": upload, "unit": "crore", **more}, format="multipart")


def outcome(persona: Persona, response: Any, drain: Drain) -> dict[str, Any]:
    assert response.status_code == 202, response.content
    drain()
    data: dict[str, Any] = persona.client.get(f"/api/v1/imports/{response.json()['data']['id']}/").json()["data"]
    return data


def test_rows_are_saved_and_what_is_wrong_is_told_row_by_row(seller: Persona, drain: Drain) -> None:
    content = sheet(
        RIGHT, "2023,1,1,1,1,0,audited", "2022-23,abc,1,10,20,5,guessed", BEFORE, "2021-22,0.53,0.36,1,270,1,audited"
    )

    begun = bring_in(seller, content)
    found = outcome(seller, begun, drain)

    assert (begun.json()["data"]["state"], begun.json()["data"]["done"]) == ("waiting", 0)
    assert (found["state"], found["total"], found["done"], found["saved"]) == ("done", 5, 5, 2)
    assert [(fault["row"], fault["field"], fault["code"]) for fault in found["faults"]] == [
        (3, "fiscal_year", "shape"),
        (4, "source", "choice"),
        (4, "revenue_inr", "amount"),
        (6, "total_assets_inr", "unit_inconsistent"),
    ]
    assert "lakh or crore" in found["faults"][-1]["message"]
    years = FinancialStatement.objects.order_by("fiscal_year").values_list("fiscal_year", "revenue_inr")
    assert [(year, str(revenue)) for year, revenue in years] == [(2023, "531600000.00"), (2024, "604100000.00")]


def test_a_dry_run_tells_the_same_and_saves_nothing(seller: Persona, drain: Drain) -> None:
    content = sheet(RIGHT, "2022-23,abc,1,10,20,5,audited")

    found = outcome(seller, bring_in(seller, content, dry_run=True), drain)

    assert (found["saved"], [fault["row"] for fault in found["faults"]]) == (1, [3])
    assert not FinancialStatement.objects.exists()


def test_importing_twice_changes_nothing_and_a_lost_worker_goes_on_where_it_was(seller: Persona, drain: Drain) -> None:
    business = make_business(seller.actor)
    outcome(seller, bring_in(seller, sheet(RIGHT, BEFORE), business.id), drain)
    found = outcome(seller, bring_in(seller, sheet(RIGHT, BEFORE), business.id), drain)

    run = ImportRun.objects.get(pk=found["id"])
    services.run_import(run_id=run.id)

    assert (found["saved"], FinancialStatement.objects.count()) == (2, 2)
    run.refresh_from_db()
    assert run.done == 2


def test_an_excel_file_with_hindi_headings_and_amounts_in_words(seller: Persona, drain: Drain) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(["वित्त वर्ष", "बिक्री", "लाभ", "पूंजी", "कुल संपत्ति", "cogs"])
    page.append(["2024-25", "60.41 करोड़", "4.12 cr", 117800000, 309800000.0, None])
    content = io.BytesIO()
    book.save(content)

    found = outcome(seller, bring_in(seller, content.getvalue(), unit="rupee"), drain)

    assert (found["saved"], found["faults"]) == (1, [])
    statement = FinancialStatement.objects.get()
    assert (str(statement.revenue_inr), str(statement.total_assets_inr)) == ("604100000.00", "309800000.00")
    assert FinancialStatement.objects.filter(cogs_inr__isnull=True).exists()
    assert statement.source == "self_declared"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\n\n", "empty"),
        (HEADING.encode(), "empty"),
        (b"year,sales,colour\n2024-25,1,red", "unknown_column"),
        (b"year,sales,turnover\n2024-25,1,1", "column_twice"),
        (b"sales,profit\n1,1", "column_missing"),
        (b"year,sales\n" + b"2024-25,1\n" * 501, "too_many_rows"),
        (b"\xff\xfe\x00binary", "not_a_sheet"),
        (pdf(), "not_a_sheet"),
        (letter(), "not_a_sheet"),
        (with_parts({"xl/workbook.xml": XXE}), "not_a_sheet"),
        (spreadsheet(), "empty"),
    ],
)
def test_a_file_that_is_no_table_is_refused_at_once(seller: Persona, content: bytes, code: str) -> None:
    response = bring_in(seller, content)

    assert response.status_code == 400
    fault = response.json()["error"]["errors"][0]
    assert (fault["field"], fault["code"]) == ("file", code) or (
        code == "not_a_sheet" and fault["code"] == "unknown_column"
    )
    assert not ImportRun.objects.exists()


def test_an_import_is_its_owners(seller: Persona, stranger: Persona) -> None:
    business = make_business(seller.actor)
    run = bring_in(seller, sheet(RIGHT), business.id).json()["data"]

    assert stranger.client.get(f"/api/v1/imports/{run['id']}/").status_code == 404
    assert bring_in(stranger, sheet(RIGHT), business.id).status_code == 404
    assert len(seller.client.get(f"/api/v1/businesses/{business.id}/imports/").json()["data"]) == 1


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    try:
        rows = read_rows(content)
    except Unreadable:
        return
    assert all(rows)


@given(st.lists(st.lists(st.text(max_size=20), max_size=6), max_size=6))
def test_no_table_breaks_the_reader(rows: list[list[str]]) -> None:
    content = "year,sales\n" + "\n".join(",".join(row) for row in rows)
    try:
        read_rows(content.encode())
    except Unreadable:
        return
