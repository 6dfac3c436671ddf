"""Cases of VALUATION.md section 5, and builders of others."""

from copy import deepcopy
from typing import Any

LAKH = 100_000
Content = dict[str, Any]


def year(fiscal_year: int, amounts: dict[str, int], adjustments: list[tuple[str, int]], **changes: Any) -> Content:
    """One year; amounts in lakh."""
    return {
        "fiscal_year": fiscal_year,
        "months": 12,
        "source": "audited",
        "amounts": {name: str(amount * LAKH) for name, amount in amounts.items()},
        "adjustments": [
            {"kind": kind, "amount": str(amount * LAKH), "reason": "", "is_evidenced": True}
            for kind, amount in adjustments
        ],
        **changes,
    }


def machining_year(fiscal_year: int, revenue: int, ebitda: int, depreciation: int, owner_pay: int) -> Content:
    adjustments = [("owner_pay", owner_pay), ("market_salary", -48), ("related_rent", -12)]
    costs = {"cogs": revenue - ebitda, "employee_cost": 0, "rent": 0, "other_opex": 0}
    amounts = {"revenue": revenue, **costs, "depreciation": depreciation, "interest": 41}
    return year(fiscal_year, amounts, adjustments)


def machining() -> Content:
    """G2: a machining firm, a private limited company."""
    latest = machining_year(2025, 2460, 312, 70, 48)
    sheet = {
        "cash": 85,
        "surplus_investments": 40,
        "receivables": 410,
        "inventory": 380,
        "other_current": 45,
        "plant": 360,
        "land_building": 260,
        "payables": 290,
        "other_liabilities": 90,
        "debt": 405,
        "related_loans": 60,
        "net_worth": 735,
        "total_assets": 1580,
    }
    latest["amounts"] |= {name: str(amount * LAKH) for name, amount in sheet.items()}
    flood = machining_year(2024, 2120, 265, 64, 36)
    flood["adjustments"].append(
        {"kind": "one_off_cost", "amount": str(18 * LAKH), "reason": "flood", "is_evidenced": True}
    )
    return {
        "valuation_date": "2026-06-30",
        "asked_on": "2026-06-30",
        "firm": {
            "nic_code": "25920",
            "legal_form": "private_limited",
            "active_owners": 2,
            "largest_customer": "0.34",
            "lease_ends": "2027-12-31",
            "land_building_market": str(520 * LAKH),
            "is_land_appraised": True,
        },
        "years": [latest, flood, machining_year(2023, 1850, 222, 58, 36)],
    }


def sweet_shop() -> Content:
    """G3: a proprietor, one year, no balance sheet."""
    adjustments = {
        "personal_expense": 40_000,
        "one_off_cost": 25_000,
        "unpaid_family": -180_000,
        "market_salary": -300_000,
    }
    amounts = {"revenue": "4800000", "pat": "620000", "depreciation": "55000", "interest": "38000", "tax": "0"}
    return {
        "valuation_date": "2026-06-30",
        "asked_on": "2026-06-30",
        "firm": {
            "nic_code": "10734",
            "legal_form": "proprietorship",
            "is_owner_dependent": True,
            "lease_ends": "2027-06-30",
        },
        "years": [
            {
                "fiscal_year": 2025,
                "months": 12,
                "source": "self_declared",
                "amounts": amounts,
                "adjustments": [
                    {"kind": kind, "amount": str(amount), "reason": "", "is_evidenced": False}
                    for kind, amount in adjustments.items()
                ],
            }
        ],
    }


def loss_maker() -> Content:
    """G4: assets chosen so that they bring 848.50 lakh going on and 602 before costs when liquidated."""
    amounts = {
        "revenue": 1200,
        "cogs": 1100,
        "employee_cost": 120,
        "rent": 20,
        "other_opex": 60,
        "depreciation": 40,
        "interest": 60,
        "tax": 0,
        "pat": -200,
        "cash": 10,
        "receivables": 450,
        "inventory": 380,
        "other_current": 1,
        "plant": 185,
        "land_building": 0,
        "payables": 300,
        "other_liabilities": 55,
        "debt": 450,
        "contingent": 20,
        "net_worth": 221,
        "total_assets": 1026,
    }
    before = {**amounts, "revenue": 1400, "cogs": 1290, "pat": -190}
    return {
        "valuation_date": "2026-06-30",
        "asked_on": "2026-06-30",
        "firm": {"nic_code": "25920", "legal_form": "private_limited", "contingent_probability": "0.5"},
        "years": [year(2025, amounts, []), year(2024, before, [])],
    }


MACHINING = machining()


def changed(content: Content, **amounts: str | None) -> Content:
    """With other amounts in the latest year; None takes one away."""
    copy = deepcopy(content)
    latest = copy["years"][0]["amounts"]
    for name, amount in amounts.items():
        latest.pop(name, None)
        if amount is not None:
            latest[name] = amount
    return copy


def with_firm(content: Content, **facts: Any) -> Content:
    copy = deepcopy(content)
    copy["firm"] |= facts
    return copy
