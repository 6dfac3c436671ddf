"""Valuations: asked for, made by a worker, never changed."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, transaction

from msmebazaar.core import clock
from msmebazaar.core.outbox.models import OutboxEvent
from tests.conftest import Persona
from tests.factories import add_figures, make_business
from valuation import services
from valuation.engine import ENGINE_VERSION
from valuation.models import Valuation

URL = "/api/v1/valuations/"


@pytest.fixture
def business_id(seller: Persona) -> str:
    business = make_business(seller.actor)
    add_figures(seller.actor, business)
    return str(business.id)


def ask(persona: Persona, business_id: str, **headers: Any) -> Any:
    return persona.client.post(URL, {"business_id": business_id}, format="json", **headers)


def test_it_is_asked_for_made_and_read(seller: Persona, business_id: str, drain: Callable[[], int]) -> None:
    asked = ask(seller, business_id)

    pending = seller.client.get(asked["Location"]).json()["data"]
    drain()
    ready = seller.client.get(asked["Location"]).json()["data"]

    assert asked.status_code == 202
    assert (pending["status"], pending["result"], pending["refusals"]) == ("pending", None, [])
    assert ready["status"] == "ready"
    assert ready["result"]["quality"] == 45
    assert "₹37 crore" in ready["explanation"]
    assert {assumption["kind"] for assumption in ready["assumptions"]} == {"house"}
    assert len(ready["output_sha256"]) == len(ready["input_sha256"]) == 64


def test_it_is_explained_in_hindi(seller: Persona, business_id: str, drain: Callable[[], int]) -> None:
    asked = ask(seller, business_id)
    drain()

    ready = seller.client.get(asked["Location"], HTTP_ACCEPT_LANGUAGE="hi").json()["data"]

    assert "₹37 करोड़" in ready["explanation"]


def test_the_same_figures_are_the_same_valuation(seller: Persona, business_id: str, drain: Callable[[], int]) -> None:
    first, second = ask(seller, business_id), ask(seller, business_id)
    drain()
    third = ask(seller, business_id)

    assert len({answer.json()["data"]["id"] for answer in (first, second, third)}) == 1
    assert OutboxEvent.objects.filter(name="valuation.ValuationRequested").count() == 1


def test_other_figures_are_another_valuation(seller: Persona, business_id: str) -> None:
    from msme.models import Business

    first = ask(seller, business_id).json()["data"]["id"]
    add_figures(seller.actor, Business.objects.get(), 2023, factor="0.9")

    assert ask(seller, business_id).json()["data"]["id"] != first


def test_the_asking_price_is_no_input(seller: Persona, business_id: str) -> None:
    ask(seller, business_id)

    assert set(Valuation.objects.get().input) == {"figures"}
    assert "ask" not in str(Valuation.objects.get().input)


def test_a_refusal_is_a_result_in_both_languages(seller: Persona, drain: Callable[[], int]) -> None:
    business = make_business(seller.actor)
    add_figures(seller.actor, business, factor="0.01")
    asked = ask(seller, str(business.id))
    drain()

    english = seller.client.get(asked["Location"]).json()["data"]
    hindi = seller.client.get(asked["Location"], HTTP_ACCEPT_LANGUAGE="hi").json()["data"]

    assert english["status"] == "refused"
    assert english["result"] is None
    assert [refusal["code"] for refusal in english["refusals"]] == ["E_REVENUE_OUT_OF_RANGE"]
    assert hindi["refusals"][0]["message"] != english["refusals"][0]["message"]


def test_a_finished_valuation_cannot_be_changed_even_by_sql(
    seller: Persona, business_id: str, drain: Callable[[], int]
) -> None:
    ask(seller, business_id)
    drain()

    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Valuation.objects.update(point_inr=1)


def test_a_worker_that_comes_late_changes_nothing(seller: Persona, business_id: str, drain: Callable[[], int]) -> None:
    asked = ask(seller, business_id)
    drain()
    before = Valuation.objects.values().get()

    services.complete_valuation(valuation_id=asked.json()["data"]["id"], now=clock.now())

    assert Valuation.objects.values().get() == before


def test_foreign_valuations_do_not_exist(seller: Persona, stranger: Persona, business_id: str) -> None:
    asked = ask(seller, business_id)

    assert stranger.client.get(asked["Location"]).status_code == 404
    assert stranger.client.get(URL).json()["data"] == []
    assert len(seller.client.get(URL).json()["data"]) == 1


def test_it_can_be_calculated_again_byte_for_byte(seller: Persona, business_id: str, drain: Callable[[], int]) -> None:
    ask(seller, business_id)
    drain()
    out, row = StringIO(), Valuation.objects.get()

    call_command("valuation_recompute", str(row.id), stdout=out)

    assert row.output_sha256 in out.getvalue()


def test_recomputing_says_what_cannot_be_recomputed(
    seller: Persona, business_id: str, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ask(seller, business_id).json()["data"]["id"]
    with pytest.raises(CommandError, match="no such completed"):
        call_command("valuation_recompute", asked)
    drain()

    monkeypatch.setattr("valuation.management.commands.valuation_recompute.ENGINE_VERSION", f"{ENGINE_VERSION}-next")
    with pytest.raises(CommandError, match="was made by engine"):
        call_command("valuation_recompute", asked)
