"""The MSME class: both limit regimes, the PAN's aggregate, exports left out."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings as django_settings
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from msme.classification import classify, limits_on
from msme.models import Business
from msme.types import MsmeClass
from tests.conftest import Persona
from tests.factories import ALPHABET, CRORE, business_payload, figures_payload, some_gstin

VECTORS = json.loads((django_settings.BASE_DIR / "tests" / "data" / "identifiers.json").read_text())["msme_class"]
ORDER = [MsmeClass.MICRO, MsmeClass.SMALL, MsmeClass.MEDIUM, None]
AMOUNTS = st.integers(min_value=0, max_value=10**11).map(Decimal)
DAYS = st.dates(min_value=date(2020, 7, 1), max_value=date(2040, 1, 1))


@pytest.mark.parametrize(("day", "investment", "turnover", "expected"), VECTORS)
def test_the_vectors(day: str, investment: int, turnover: int, expected: str | None) -> None:
    found = classify(investment=Decimal(investment), turnover=Decimal(turnover), on=date.fromisoformat(day))

    assert found == expected


@given(AMOUNTS, AMOUNTS, AMOUNTS, DAYS)
def test_growing_never_makes_the_class_smaller(
    investment: Decimal, turnover: Decimal, more: Decimal, day: date
) -> None:
    before = classify(investment=investment, turnover=turnover, on=day)

    for grown in (
        classify(investment=investment + more, turnover=turnover, on=day),
        classify(investment=investment, turnover=turnover + more, on=day),
    ):
        assert ORDER.index(grown) >= ORDER.index(before)


def test_before_the_rule_there_is_no_class() -> None:
    assert limits_on(date(2020, 6, 30)) == []
    assert classify(investment=Decimal(0), turnover=Decimal(0), on=date(2020, 6, 30)) is None


class TestBusiness:
    def register(self, persona: Persona, **changes: Any) -> str:
        made = persona.client.post("/api/v1/businesses/", business_payload(**changes), format="json")
        assert made.status_code == 201, made.content
        return str(made.json()["data"]["id"])

    def enter(self, persona: Persona, business: str, **changes: Any) -> Any:
        path = f"/api/v1/businesses/{business}/financials/"
        return persona.client.post(path, figures_payload(**changes), format="json")

    def standing(self, persona: Persona, business: str, on: str = "2026-11-26") -> Any:
        return persona.client.get(f"/api/v1/businesses/{business}/msme-class/?on={on}").json()["data"]

    def test_it_follows_from_the_figures_and_is_kept(self, seller: Persona) -> None:
        business = self.register(seller)
        assert self.standing(seller, business)["msme_class"] is None

        self.enter(seller, business, plant_machinery_inr="9 crore")

        standing = self.standing(seller, business)
        assert (standing["msme_class"], standing["fiscal_year"], standing["is_complete"]) == ("small", "2024-25", True)
        assert "S.O. 1364(E)" in standing["source"]
        assert Business.objects.get(pk=business).msme_class == "small"

    def test_the_limits_are_those_of_the_day(self, seller: Persona) -> None:
        business = self.register(seller)
        self.enter(seller, business, plant_machinery_inr="9 crore")  # revenue 60.41 crore

        assert self.standing(seller, business, "2025-03-31")["msme_class"] == "medium"
        assert self.standing(seller, business, "2025-04-01")["msme_class"] == "small"

    def test_exports_do_not_count(self, seller: Persona) -> None:
        business = self.register(seller)
        self.enter(seller, business, plant_machinery_inr="2 crore", exports_inr="52 crore")

        standing = self.standing(seller, business)

        assert standing["msme_class"] == "micro"
        assert Decimal(standing["turnover_inr"]) == Decimal("8.41") * CRORE

    def test_all_businesses_on_one_pan_are_one_enterprise(self, seller: Persona, stranger: Persona) -> None:
        first_gstin = some_gstin("27")
        head = f"24{first_gstin[2:14]}"
        second_gstin = head + luhn.calc_check_digit(head, ALPHABET)
        first, second = self.register(seller, gstin=first_gstin), self.register(seller, gstin=second_gstin)
        elsewhere = self.register(stranger, gstin=first_gstin)
        self.enter(seller, first, plant_machinery_inr="9 crore")
        assert Business.objects.get(pk=second).msme_class == "small"

        self.enter(seller, second, plant_machinery_inr="8 crore")

        for business in (first, second):
            standing = self.standing(seller, business)
            assert standing["msme_class"] == "medium"
            assert Decimal(standing["turnover_inr"]) == Decimal("120.82") * CRORE
            assert Business.objects.get(pk=business).msme_class == "medium"
        assert Business.objects.get(pk=elsewhere).msme_class == ""

    def test_without_the_investment_it_says_so(self, seller: Persona) -> None:
        business = self.register(seller)
        self.enter(seller, business)

        standing = self.standing(seller, business)

        assert (standing["msme_class"], standing["is_complete"]) == ("small", False)

    def test_a_replaced_year_is_found_anew(self, seller: Persona) -> None:
        business = self.register(seller)
        self.enter(seller, business, plant_machinery_inr="9 crore")
        content = {
            name: value
            for name, value in figures_payload(plant_machinery_inr="27 crore").items()
            if name != "fiscal_year"
        }

        seller.client.put(f"/api/v1/businesses/{business}/financials/2024-25/", content, format="json")

        assert Business.objects.get(pk=business).msme_class == "medium"

    @pytest.mark.parametrize(
        ("changes", "field"),
        [({"exports_inr": "61 crore"}, "exports_inr"), ({"plant_machinery_inr": "31 crore"}, "plant_machinery_inr")],
    )
    def test_parts_that_are_larger_than_the_whole_are_refused(
        self, seller: Persona, changes: dict[str, Any], field: str
    ) -> None:
        refused = self.enter(seller, self.register(seller), **changes)

        assert refused.json()["error"]["errors"][0]["field"] == field

    def test_a_day_that_is_none_is_refused(self, seller: Persona) -> None:
        business = self.register(seller)

        assert seller.client.get(f"/api/v1/businesses/{business}/msme-class/?on=tomorrow").status_code == 400
