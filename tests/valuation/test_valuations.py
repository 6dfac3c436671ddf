"""Valuations over the API: asked for, made by a worker, never changed; compared, tried, shown, shared, judged."""

import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, transaction
from django.test import Client
from openpyxl import load_workbook
from pikepdf import Pdf
from pytest_django import Settings

from msmebazaar.core import clock
from msmebazaar.core.actor import Actor
from msmebazaar.core.exceptions import Forbidden
from msmebazaar.core.outbox.models import OutboxEvent
from tests.conftest import MARKET_DAY, Persona
from tests.factories import add_figures, add_full_figures, make_business, make_live_listing, make_staff_user
from valuation import services
from valuation.engine import ENGINE_VERSION
from valuation.exceptions import OverrideDecided, OverrideOpen, SecondPersonNeeded, ValuationNotReady
from valuation.models import ObservedPrice, Override, RevaluationRun, ShareLink, SignOff, Valuation
from valuation.packs import current_pack, packs

Drain = Callable[[], int]
URL = "/api/v1/valuations/"
pytestmark = pytest.mark.usefixtures("market_day")


@pytest.fixture
def business_id(seller: Persona) -> str:
    business = make_business(seller.actor)
    add_full_figures(seller.actor, business)
    return str(business.id)


def ask(persona: Persona, business_id: str, **content: Any) -> Any:
    return persona.client.post(URL, {"business_id": business_id, **content}, format="json")


@pytest.fixture
def made(seller: Persona, business_id: str, drain: Drain) -> str:
    """The address of a ready valuation."""
    asked = ask(seller, business_id)
    drain()
    return str(asked["Location"])


def data(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content
    return answer.json()["data"]


# --- asking ---------------------------------------------------------------------------------------------------------


def test_it_is_asked_for_made_and_read(seller: Persona, business_id: str, drain: Drain) -> None:
    asked = ask(seller, business_id, purpose="sale")

    pending = data(seller.client.get(asked["Location"]))
    drain()
    ready = data(seller.client.get(asked["Location"]))

    assert asked.status_code == 202
    assert (pending["status"], pending["result"], pending["refusals"]) == ("pending", None, [])
    assert (ready["status"], ready["purpose"]) == ("ready", "sale")
    result = ready["result"]
    assert [row["id"] for row in result["methods"] if Decimal(row["weight"]) > 0] == ["M1", "M3", "M4", "M7"]
    total = sum(Decimal(row["contribution"]) for row in result["methods"])
    assert abs(total - Decimal(result["value"]["point"])) < Decimal("0.05")
    assert result["quality"]["score"] == 70
    assert len(result["comparables"]) == 10
    assert "this is not a registered valuer's report" in ready["explanation"]
    assert {row["kind"] for row in ready["assumptions"]} == {"data", "measured", "house"}
    assert all(row["source"] and row["date"] for row in ready["assumptions"])
    assert len(ready["output_sha256"]) == len(ready["input_sha256"]) == 64


def test_it_is_explained_in_hindi(seller: Persona, made: str) -> None:
    english = data(seller.client.get(made))
    hindi = data(seller.client.get(made, HTTP_ACCEPT_LANGUAGE="hi"))

    assert "करोड़" in hindi["explanation"]
    assert hindi["result"]["methods"][0]["why"] != english["result"]["methods"][0]["why"]
    assert hindi["result"]["warnings"][0]["message"] != english["result"]["warnings"][0]["message"]


def test_the_same_figures_are_the_same_valuation(seller: Persona, business_id: str, drain: Drain) -> None:
    first, second = ask(seller, business_id), ask(seller, business_id)
    drain()
    third = ask(seller, business_id)

    assert len({answer.json()["data"]["id"] for answer in (first, second, third)}) == 1
    assert OutboxEvent.objects.filter(name="valuation.ValuationRequested").count() == 1


def test_other_answers_are_another_valuation_and_are_remembered(
    seller: Persona, business_id: str, drain: Drain
) -> None:
    first = data(ask(seller, business_id), 202)
    told = {
        "largest_customer": "0.4",
        "is_owner_dependent": True,
        "land_building_market_inr": "5 crore",
        "lease_ends": "2027-06-30",
    }
    second = data(ask(seller, business_id, answers=told), 202)
    drain()
    again = data(ask(seller, business_id), 202)

    assert second["id"] != first["id"]
    assert again["id"] == second["id"]
    assert again["answers"] == {
        "largest_customer": "0.4",
        "is_owner_dependent": True,
        "land_building_market_inr": "50000000",
        "lease_ends": "2027-06-30",
    }
    risks = {risk["name"] for risk in again["result"]["rates"]["risks"]}
    assert risks == {"customer", "owner", "expiry"}


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"share_offered": "0"}, "share_offered"),
        ({"largest_customer": "1.5"}, "largest_customer"),
        ({"market_salary_inr": "-5"}, "market_salary_inr"),
        ({"ask_inr": "5 crore"}, "ask_inr"),
    ],
)
def test_bad_answers_are_named(seller: Persona, business_id: str, answers: dict[str, str], field: str) -> None:
    refused = ask(seller, business_id, answers=answers)

    assert refused.status_code == 400
    assert field in str(refused.json()["error"]["errors"])
    assert not Valuation.objects.exists()


def test_the_asking_price_is_no_input(seller: Persona, business_id: str) -> None:
    ask(seller, business_id)

    content = Valuation.objects.get().input
    assert set(content) == {"firm", "years", "valuation_date", "asked_on"}
    assert "ask_inr" not in str(content)


def test_a_refusal_is_a_result_in_both_languages(seller: Persona, drain: Drain) -> None:
    business = make_business(seller.actor)
    add_figures(seller.actor, business, 2023)
    asked = ask(seller, str(business.id))
    drain()

    english = data(seller.client.get(asked["Location"]))
    hindi = data(seller.client.get(asked["Location"], HTTP_ACCEPT_LANGUAGE="hi"))

    assert (english["status"], english["result"]) == ("refused", None)
    assert [refusal["code"] for refusal in english["refusals"]] == ["E_PERIOD_STALE"]
    assert "2023-24" in english["refusals"][0]["message"]
    assert hindi["refusals"][0]["message"] != english["refusals"][0]["message"]


def test_without_figures_nothing_is_asked(seller: Persona) -> None:
    refused = ask(seller, str(make_business(seller.actor).id))

    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == "valuation.figures_missing"


def test_a_check_tells_the_figures_in_words_and_keeps_nothing(seller: Persona, business_id: str) -> None:
    english = data(seller.client.post(f"{URL}check/", {"business_id": business_id}, format="json"))
    hindi = data(
        seller.client.post(f"{URL}check/", {"business_id": business_id}, format="json", HTTP_ACCEPT_LANGUAGE="hi")
    )

    revenue = english["understood"][0]
    assert (revenue["short"], revenue["in_words"]) == ("₹24.6 crore", "twenty-four crore sixty lakh")
    assert hindi["understood"][0]["in_words"] == "चौबीस करोड़ साठ लाख"
    assert english["refusals"] == []
    assert english["quality"]["score"] == 70
    assert not Valuation.objects.exists()


# --- keeping --------------------------------------------------------------------------------------------------------


def test_a_finished_valuation_cannot_be_changed_even_by_sql(made: str) -> None:
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Valuation.objects.update(point_inr=1)


def test_a_worker_that_comes_late_changes_nothing(made: str) -> None:
    before = Valuation.objects.values().get()

    services.complete_valuation(valuation_id=before["id"], now=clock.now())

    assert Valuation.objects.values().get() == before


def test_foreign_valuations_do_not_exist(seller: Persona, stranger: Persona, made: str) -> None:
    assert stranger.client.get(made).status_code == 404
    assert data(stranger.client.get(URL)) == []
    assert len(data(seller.client.get(URL))) == 1


def test_the_list_is_short_and_can_be_filtered(seller: Persona, business_id: str, made: str) -> None:
    rows = data(seller.client.get(URL, {"business_id": business_id, "status": "ready"}))

    assert [row["quality"] for row in rows] == [70]
    assert "result" not in rows[0]
    assert data(seller.client.get(URL, {"status": "refused"})) == []
    assert seller.client.get(URL, {"status": "wonderful"}).status_code == 400


def test_it_can_be_calculated_again_byte_for_byte(made: str) -> None:
    out, row = StringIO(), Valuation.objects.get()

    call_command("valuation_recompute", str(row.id), stdout=out)
    call_command("valuation_recompute", "--all", stdout=out)

    assert row.output_sha256 in out.getvalue()


def test_recomputing_says_what_cannot_be_recomputed(seller: Persona, business_id: str, drain: Drain) -> None:
    asked = ask(seller, business_id).json()["data"]["id"]

    with pytest.raises(CommandError, match="no such completed"):
        call_command("valuation_recompute", asked)
    with pytest.raises(CommandError, match="id of one valuation"):
        call_command("valuation_recompute")


# --- looking closer -------------------------------------------------------------------------------------------------


def test_two_valuations_are_compared(seller: Persona, business_id: str, made: str, drain: Drain) -> None:
    other = data(ask(seller, business_id, answers={"is_owner_dependent": True}), 202)["id"]
    drain()

    found = data(seller.client.get(f"{made}comparison/", {"other": other}))

    assert found["reasons"] == ["answers"]
    assert found["newer"]["id"] == other
    assert Decimal(found["change_inr"]) < 0
    before = {row["id"]: row for row in found["methods"]}["M1"]
    assert Decimal(before["after"]) < Decimal(before["before"])


def test_valuations_of_two_businesses_are_not(seller: Persona, made: str, drain: Drain) -> None:
    business = make_business(seller.actor)
    add_full_figures(seller.actor, business)
    other = data(ask(seller, str(business.id)), 202)["id"]
    drain()

    assert seller.client.get(f"{made}comparison/", {"other": other}).status_code == 422
    assert seller.client.get(f"{made}comparison/").status_code == 400


def test_levers_tell_what_would_raise_it(seller: Persona, business_id: str, drain: Drain) -> None:
    told = {"largest_customer": "0.5", "is_owner_dependent": True, "lease_ends": "2027-06-30"}
    asked = ask(seller, business_id, answers=told)
    drain()

    found = data(seller.client.get(f"{asked['Location']}levers/"))

    names = [lever["name"] for lever in found]
    assert {"customers", "owner", "expiry", "margin", "evidence"} <= set(names)
    assert "audit" not in names
    effects = [Decimal(lever["effect"]) for lever in found]
    assert effects == sorted(effects, reverse=True)
    assert effects[0] > 0
    assert all(lever["text"] for lever in found)


def test_a_scenario_is_tried_and_not_kept(seller: Persona, made: str) -> None:
    faster = data(seller.client.post(f"{made}scenario/", {"growth": "0.25"}, format="json"))
    dearer = data(seller.client.post(f"{made}scenario/", {"owner_salary_inr": "80 lakh"}, format="json"))
    poorer = data(seller.client.post(f"{made}scenario/", {"customer_lost": "0.3"}, format="json"))

    assert Decimal(dearer["effect"]) < 0
    assert Decimal(poorer["effect"]) < 0
    assert faster["value"]["point"] != data(seller.client.get(made))["result"]["value"]["point"]
    assert Valuation.objects.count() == 1
    assert seller.client.post(f"{made}scenario/", {"growth": "9"}, format="json").status_code == 400


def test_what_is_not_ready_cannot_be_looked_at_closer(seller: Persona, business_id: str) -> None:
    pending = ask(seller, business_id)["Location"]

    for path in ("levers/", "report/", "working-papers/"):
        assert seller.client.get(f"{pending}{path}").status_code == 409


# --- papers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_report_is_a_pdf_with_its_own_font(seller: Persona, made: str, language: str) -> None:
    first = seller.client.get(f"{made}report/", {"language": language})
    second = seller.client.get(f"{made}report/", {"language": language})

    assert first["Content-Type"] == "application/pdf"
    assert first["Cache-Control"] == "private, no-store"
    assert first.content == second.content
    with Pdf.open(io.BytesIO(first.content)) as pdf:
        assert len(pdf.pages) >= 4
        fonts = {
            str(font.get("/BaseFont", "")) for page in pdf.pages for font in page.resources["/Font"].as_dict().values()
        }
    assert any("NotoSansDevanagari" in font for font in fonts)


def test_the_working_papers_have_live_formulas(seller: Persona, made: str) -> None:
    answer = seller.client.get(f"{made}working-papers/")

    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Summary", "WACC", "Normalisation", "DCF", "Net assets", "Assumptions"]
    formulas = [
        str(cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if str(cell.value).startswith("=")
    ]
    assert len(formulas) > 60
    assert any("Net assets" in formula for formula in formulas)


def test_a_link_shows_the_report_to_anybody_until_it_ends(seller: Persona, made: str) -> None:
    link = data(seller.client.post(f"{made}shares/", {"label": "Bank", "days": 7}, format="json"), 201)
    path = "/" + link["url"].split("/", 3)[3]
    guest = Client()

    page, pdf = guest.get(path), guest.get(path, {"pdf": "1"})

    assert page.status_code == 200
    assert Valuation.objects.get().output_sha256 in page.content.decode()
    assert (page["X-Robots-Tag"], page["Referrer-Policy"]) == ("noindex", "no-referrer")
    assert pdf.content.startswith(b"%PDF")
    assert data(seller.client.get(f"{made}shares/"))[0]["opened"] == 2
    assert path.split("/")[-2] not in str(ShareLink.objects.values().get())
    with time_machine.travel(MARKET_DAY + timedelta(days=8)):
        assert guest.get(path).status_code == 404
    assert seller.client.delete(f"{made}shares/{link['id']}/").status_code == 204
    assert guest.get(path).status_code == 404
    assert guest.get("/v/wrong/").status_code == 404


# --- sentences ------------------------------------------------------------------------------------------------------


class Model:
    """A language model that says what it is told to."""

    def __init__(self, text: str) -> None:
        self.text, self.asked = text, ""

    def complete(self, *, instructions: str, text: str) -> str:
        self.asked = text
        return self.text


@pytest.mark.parametrize(
    ("text", "source", "rejected"),
    [
        ("About {point}, and 82 percent of ranges held.", "model", []),
        ("About {point}, sure to double to ₹777 crore by 2031.", "template", ["2031", "777"]),
        ("मूल्य ९९९ करोड़ है।", "template", ["999"]),
        ("", "template", []),
    ],
)
def test_a_language_models_text_is_used_only_with_our_numbers(
    seller: Persona,
    made: str,
    drain: Drain,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    source: str,
    rejected: list[str],
) -> None:
    point = data(seller.client.get(made))["explanation"].split("about ")[1].split(";")[0]
    model = Model(text.format(point=point))
    monkeypatch.setattr("valuation.services.narrating.language_model", lambda: model)

    assert seller.client.get(f"{made}narrative/").status_code == 404
    asked = data(seller.client.post(f"{made}narrative/"), 202)
    drain()
    told = data(seller.client.get(f"{made}narrative/"))

    assert asked["text"] == ""
    assert (told["source"], told["rejected_numbers"]) == (source, rejected)
    assert point in told["text"]
    assert "Shivneri" not in model.asked


def test_the_stand_in_for_a_language_model_does_not_get_through(seller: Persona, made: str, drain: Drain) -> None:
    data(seller.client.post(f"{made}narrative/", HTTP_ACCEPT_LANGUAGE="hi"), 202)
    drain()

    told = data(seller.client.get(f"{made}narrative/", HTTP_ACCEPT_LANGUAGE="hi"))

    assert (told["source"], told["language"]) == ("template", "hi")
    assert "करोड़" in told["text"]


def test_without_a_language_model_the_templates_speak(
    seller: Persona, made: str, drain: Drain, settings: Settings
) -> None:
    settings.OPENAI = None
    data(seller.client.post(f"{made}narrative/"), 202)
    drain()

    assert data(seller.client.get(f"{made}narrative/"))["source"] == "template"


# --- beside a listing -----------------------------------------------------------------------------------------------


@pytest.fixture
def listed(seller: Persona, staff_actor: Actor, business_id: str) -> str:
    from msme.models import Business

    return str(make_live_listing(seller.actor, staff_actor, Business.objects.get(pk=business_id)).id)


def test_members_see_what_the_owner_lets_them(seller: Persona, stranger: Persona, made: str, listed: str) -> None:
    path, valuation_id = f"/api/v1/listings/{listed}/valuation/", made.split("/")[-2]

    assert stranger.client.get(path).status_code == 404
    shown = data(seller.client.put(path, {"valuation_id": valuation_id, "shows": "band"}, format="json"))
    band = data(stranger.client.get(path))
    data(seller.client.put(path, {"valuation_id": valuation_id, "shows": "point"}, format="json"))
    point = data(stranger.client.get(path))
    assert seller.client.delete(path).status_code == 204

    assert shown["shows"] == "band"
    assert band["point_inr"] is None and Decimal(band["low80_inr"]) < Decimal(band["high80_inr"])
    assert Decimal(point["point_inr"]) > 0
    assert "output" not in band and "result" not in band
    assert stranger.client.get(path).status_code == 404
    assert stranger.client.put(path, {"valuation_id": valuation_id, "shows": "band"}, format="json").status_code == 404


def test_thin_figures_are_not_shown_beside_a_listing(seller: Persona, staff_actor: Actor, drain: Drain) -> None:
    business = make_business(seller.actor)
    add_figures(seller.actor, business, 2025)
    listing = make_live_listing(seller.actor, staff_actor, business)
    valuation = data(ask(seller, str(business.id)), 202)["id"]
    drain()

    refused = seller.client.put(
        f"/api/v1/listings/{listing.id}/valuation/", {"valuation_id": valuation, "shows": "band"}, format="json"
    )

    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == "valuation.not_publishable"


def test_asked_and_closed_prices_are_kept_beside_what_the_engine_said(
    seller: Persona, made: str, listed: str, drain: Drain
) -> None:
    drain()
    asked = ObservedPrice.objects.get()
    too_early = seller.client.put(f"/api/v1/listings/{listed}/closed-price/", {"price_inr": "9 crore"}, format="json")
    seller.client.post(f"/api/v1/listings/{listed}/sold/")
    for price in ("9 crore", "9.5 crore"):
        data(seller.client.put(f"/api/v1/listings/{listed}/closed-price/", {"price_inr": price}, format="json"))
    out = StringIO()
    call_command("valuation_backtest", stdout=out)

    assert (asked.kind, str(asked.amount_inr), str(asked.valuation_id)) == ("ask", "380000000.00", made.split("/")[-2])
    assert too_early.status_code == 409
    closed = ObservedPrice.objects.get(kind="closed")
    assert (str(closed.amount_inr), str(closed.share_pct)) == ("95000000.00", "100.00")
    assert "Closed price: 1 prices" in out.getvalue()


# --- staff ----------------------------------------------------------------------------------------------------------


def second_colleague() -> Actor:
    from accounts import selectors as people

    return people.actor_of(user_id=make_staff_user().id)


def test_an_override_needs_two_and_leaves_the_result_alone(seller: Persona, staff_actor: Actor, made: str) -> None:
    row = Valuation.objects.get()
    amounts = {"low80_inr": Decimal(1), "point_inr": Decimal(2), "high80_inr": Decimal(3)}
    proposed = services.propose_override(actor=staff_actor, valuation_id=row.id, reason="Land is disputed", **amounts)

    with pytest.raises(OverrideOpen):
        services.propose_override(actor=staff_actor, valuation_id=row.id, reason="Again", **amounts)
    with pytest.raises(SecondPersonNeeded):
        services.approve_override(actor=staff_actor, override_id=proposed.id, now=clock.now())
    assert data(seller.client.get(made))["override"] is None
    services.approve_override(actor=second_colleague(), override_id=proposed.id, now=clock.now())
    with pytest.raises(OverrideDecided):
        services.reject_override(actor=second_colleague(), override_id=proposed.id, now=clock.now())

    shown = data(seller.client.get(made))
    assert shown["override"]["point_inr"] == "2.00"
    assert shown["result"]["value"]["point"] == str(row.point_inr)
    assert seller.client.get(f"{made}report/").content.startswith(b"%PDF")


def test_only_staff_judge(seller: Persona, made: str) -> None:
    row = Valuation.objects.get()
    amounts = {"low80_inr": Decimal(1), "point_inr": Decimal(2), "high80_inr": Decimal(3)}

    with pytest.raises(Forbidden):
        services.propose_override(actor=seller.actor, valuation_id=row.id, reason="Mine", **amounts)
    with pytest.raises(Forbidden):
        services.rerun(actor=seller.actor, valuation_id=row.id, today=clock.today_in_india())
    assert not Override.objects.exists()


def test_a_registered_valuers_sign_off_is_recorded_once(seller: Persona, staff_actor: Actor, made: str) -> None:
    row = Valuation.objects.get()
    signed: dict[str, Any] = {"valuer_name": "R. Iyer", "registration_number": "IBBI/RV/06/2019/12345", "note": ""}

    for _ in range(2):
        services.record_sign_off(actor=staff_actor, valuation_id=row.id, **signed)

    assert SignOff.objects.count() == 1
    assert data(seller.client.get(made))["sign_offs"][0]["registration_number"] == "IBBI/RV/06/2019/12345"


def test_what_has_no_result_is_not_judged(seller: Persona, staff_actor: Actor, business_id: str) -> None:
    pending = data(ask(seller, business_id), 202)["id"]

    with pytest.raises(ValuationNotReady):
        services.record_sign_off(
            actor=staff_actor, valuation_id=pending, valuer_name="X", registration_number="Y", note=""
        )


def test_staff_run_it_again_from_present_figures(seller: Persona, staff_actor: Actor, made: str, drain: Drain) -> None:
    row = Valuation.objects.get()
    with time_machine.travel(MARKET_DAY + timedelta(days=1)):
        again = services.rerun(actor=staff_actor, valuation_id=row.id, today=clock.today_in_india())
        drain()

    assert again != row.id
    assert Valuation.objects.get(pk=again).requested_by_id == seller.actor.user_id


# --- the whole market again -----------------------------------------------------------------------------------------


def test_a_new_pack_values_everything_again_and_goes_on_after_a_kill(
    seller: Persona, made: str, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        business = make_business(seller.actor)
        add_full_figures(seller.actor, business)
        ask(seller, str(business.id))
    drain()
    old = packs()["IN-2026-01"]
    monkeypatch.setattr("valuation.services.making.current_pack", lambda: old)
    monkeypatch.setattr("valuation.services.revaluation.current_pack", lambda: old)
    monkeypatch.setattr("valuation.services.revaluation.BATCH", 2)

    run = services.begin_revaluation()
    services.continue_revaluation(run_id=run.id, now=clock.now())
    half = RevaluationRun.objects.get()
    call_command("valuation_revalue", stdout=StringIO(), stderr=StringIO())

    assert (half.state, half.done, half.made) == ("running", 2, 2)
    finished = RevaluationRun.objects.get()
    assert (finished.state, finished.total, finished.done, finished.made) == ("done", 3, 3, 3)
    assert Valuation.objects.filter(pack_id="IN-2026-01", status="ready").count() == 3
    assert Valuation.objects.filter(pack_id=current_pack().id, engine_version=ENGINE_VERSION).count() == 3
