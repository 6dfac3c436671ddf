"""A year's lines: totals that add up, EBITDA, add-backs, SDE."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msme.models import AddBack, FinancialStatement
from msme.statements import earnings
from msme.types import AddBackKind
from tests.conftest import Persona
from tests.factories import figures_payload, make_business

PROFIT_AND_LOSS = {
    "cogs_inr": "38 crore",
    "employee_cost_inr": "7 crore",
    "rent_inr": "60 lakh",
    "other_opex_inr": "6 crore",
    "depreciation_inr": "1.5 crore",
    "interest_inr": "1.2 crore",
    "tax_inr": "2.1 crore",
    "other_income_inr": "11 lakh",
}  # 60.41 + 0.11 - 51.60 - 4.80 = 4.12


def save(persona: Persona, **changes: Any) -> Any:
    business = make_business(persona.actor)
    return persona.client.post(
        f"/api/v1/businesses/{business.id}/financials/", figures_payload(**changes), format="json"
    )


def test_ebitda_add_backs_and_sde_of_a_year(seller: Persona) -> None:
    add_backs = [
        {"kind": "owner_pay", "amount_inr": "90 lakh", "reason": "Two directors, as booked"},
        {"kind": "market_salary", "amount_inr": "-30 lakh", "reason": "A works manager"},
        {"kind": "market_salary", "amount_inr": "-24 lakh", "reason": "A sales head"},
        {"kind": "one_off_cost", "amount_inr": "12 लाख", "reason": "Flood repairs in July"},
    ]

    response = save(seller, lines=PROFIT_AND_LOSS, add_backs=add_backs)

    assert response.status_code == 201, response.content
    data = response.json()["data"]
    assert data["earnings"] == {
        "ebitda_inr": "88100000.00",
        "adjusted_ebitda_inr": "92900000.00",
        "sde_inr": "95900000.00",
        "margin": "0.1538",
    }
    assert data["lines"]["cogs_inr"] == "380000000.00"
    assert data["lines"]["inventory_inr"] is None
    assert [row["amount_inr"] for row in data["add_backs"]] == [
        "9000000.00",
        "-3000000.00",
        "-2400000.00",
        "1200000.00",
    ]


def test_a_profit_that_the_lines_contradict_is_refused_with_the_sum(seller: Persona) -> None:
    response = save(seller, lines={**PROFIT_AND_LOSS, "cogs_inr": "40 crore"})

    [fault] = response.json()["error"]["errors"]
    assert (response.status_code, fault["field"], fault["code"]) == (400, "pat_inr", "profit_mismatch")
    assert "₹2,12,00,000" in fault["message"]
    assert "₹4,12,00,000" in fault["message"]
    assert not FinancialStatement.objects.exists()


def test_a_balance_sheet_that_does_not_add_up_is_refused_with_the_sum(seller: Persona) -> None:
    response = save(seller, lines={"payables_inr": "5 crore", "other_liabilities_inr": "1 crore"})

    [fault] = response.json()["error"]["errors"]
    assert (fault["field"], fault["code"]) == ("net_worth_inr", "balance_mismatch")
    assert "₹28,13,00,000" in fault["message"]
    right = save(seller, lines={"payables_inr": "5 crore", "other_liabilities_inr": "3.85 crore"})
    assert right.status_code == 201


def test_assets_that_do_not_add_up_are_refused(seller: Persona) -> None:
    assets = dict.fromkeys(
        [
            "cash_inr",
            "surplus_investments_inr",
            "receivables_inr",
            "old_receivables_inr",
            "inventory_inr",
            "other_current_assets_inr",
            "land_building_inr",
            "intangibles_inr",
            "other_assets_inr",
        ],
        "3 crore",
    )

    wrong = save(seller, lines=assets, plant_machinery_inr="3 crore")
    right = save(seller, lines=assets, plant_machinery_inr="3.98 crore")

    assert [fault["code"] for fault in wrong.json()["error"]["errors"]] == ["assets_mismatch"]
    assert right.status_code == 201


@pytest.mark.parametrize(
    ("kind", "amount", "is_accepted"),
    [
        ("owner_pay", "5 lakh", True),
        ("owner_pay", "-5 lakh", False),
        ("market_salary", "5 lakh", False),
        ("one_off_gain", "-5 lakh", True),
        ("related_rent", "-5 lakh", True),
        ("related_rent", "5 lakh", True),
        ("related_rent", "0", False),
    ],
)
def test_an_add_back_has_the_sign_of_its_kind(seller: Persona, kind: str, amount: str, is_accepted: bool) -> None:
    response = save(seller, add_backs=[{"kind": kind, "amount_inr": amount, "reason": "As agreed"}])

    assert (response.status_code == 201) is is_accepted
    if not is_accepted:
        [fault] = response.json()["error"]["errors"]
        assert (fault["field"], fault["code"]) == ("add_backs.0.amount_inr", "sign")


def test_replacing_a_year_replaces_its_add_backs(seller: Persona) -> None:
    business = make_business(seller.actor)
    url = f"/api/v1/businesses/{business.id}/financials/2024-25/"
    content = figures_payload(add_backs=[{"kind": "one_off_cost", "amount_inr": "5 lakh", "reason": "A fine"}])
    del content["fiscal_year"]

    seller.client.put(url, content, format="json")
    seller.client.put(url, content, format="json")

    assert AddBack.objects.count() == 1


def test_the_year_to_date_has_a_run_rate(seller: Persona) -> None:
    data = save(seller, fiscal_year="2026-27", months=6, revenue_inr="30 crore").json()["data"]

    assert (data["is_year_to_date"], data["run_rate_revenue_inr"]) == (True, "600000000.00")


AMOUNT = st.decimals(min_value=0, max_value=10**11, places=2)


@given(
    lines=st.fixed_dictionaries(
        dict.fromkeys(("revenue_inr", "cogs_inr", "employee_cost_inr", "rent_inr", "other_opex_inr", "pat_inr"), AMOUNT)
    ),
    add_backs=st.lists(st.tuples(st.sampled_from([AddBackKind.OWNER_PAY, AddBackKind.ONE_OFF_COST]), AMOUNT)),
    salaries=st.lists(AMOUNT, max_size=3),
)
def test_the_bridge_from_revenue_to_sde_always_adds_up(
    lines: dict[str, Decimal], add_backs: list[tuple[str, Decimal]], salaries: list[Decimal]
) -> None:
    items = [*add_backs, *((AddBackKind.MARKET_SALARY, -amount) for amount in salaries)]

    found = earnings(lines, items)

    costs = sum(lines[name] for name in ("cogs_inr", "employee_cost_inr", "rent_inr", "other_opex_inr"))
    assert found.ebitda_inr == lines["revenue_inr"] - costs
    assert found.adjusted_ebitda_inr == found.ebitda_inr + sum(amount for _, amount in items)
    assert found.sde_inr == found.adjusted_ebitda_inr + max(salaries, default=0)
