"""The canonical input of the engine: JSON with sorted keys and decimal strings, so that its hash means something."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from msme.types import BusinessFacts, YearOfFigures

# The engine's names of what the books call otherwise.
RENAMED = {"plant_machinery": "plant", "other_current_assets": "other_current"}


def sha256_of(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Answers:
    """What the owner says of the business besides its books; None: not said. Shares are fractions, amounts rupees.

    `market_salary_inr`: a year, for each working owner. `related_loans_inr`: part of the books' debt that is owed to owners or
    relatives.
    """

    market_salary_inr: Decimal | None = None
    largest_customer: Decimal | None = None
    top5_customers: Decimal | None = None
    recurring_revenue: Decimal | None = None
    lease_ends: date | None = None
    licence_ends: date | None = None
    is_owner_dependent: bool | None = None
    land_building_market_inr: Decimal | None = None
    is_land_appraised: bool | None = None
    plant_appraised_inr: Decimal | None = None
    contingent_probability: Decimal | None = None
    gst_turnover_inr: Decimal | None = None
    has_filed_returns: bool | None = None
    related_loans_inr: Decimal | None = None
    share_offered: Decimal | None = None

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Answers":
        """From `plain()`."""
        found: dict[str, Any] = {}
        for name, value in content.items():
            if name in ("lease_ends", "licence_ends"):
                found[name] = date.fromisoformat(value)
            else:
                found[name] = value if isinstance(value, bool) else Decimal(value)
        return cls(**found)

    def plain(self) -> dict[str, Any]:
        """What was said, as JSON."""
        return {
            name: value if isinstance(value, bool) else _number(value) if isinstance(value, Decimal) else str(value)
            for name, value in vars(self).items()
            if value is not None
        }


def _number(value: Decimal) -> str:
    """One spelling for each number: no exponent, no trailing zeros."""
    return f"{value.normalize():f}"


def input_of(facts: BusinessFacts, answers: Answers, *, valuation_date: date, asked_on: date) -> dict[str, Any]:
    """What the engine is given, and nothing else: no names, no asking price."""
    said = {name.removesuffix("_inr"): value for name, value in answers.plain().items()}
    related = Decimal(said.pop("related_loans", "0"))
    firm: dict[str, Any] = {"nic_code": facts.nic_code, "legal_form": facts.constitution, **said}
    known = {
        "established_year": facts.established_year,
        "employees": facts.employees,
        "active_owners": facts.active_owners,
    }
    firm |= {name: value for name, value in known.items() if value is not None}
    newest = sorted(facts.figures, key=lambda row: row.fiscal_year, reverse=True)[:5]
    return {
        "valuation_date": valuation_date.isoformat(),
        "asked_on": asked_on.isoformat(),
        "firm": firm,
        "years": [_year(row, related if number == 0 else Decimal(0)) for number, row in enumerate(newest)],
    }


def _year(row: YearOfFigures, related: Decimal) -> dict[str, Any]:
    lines = {name.removesuffix("_inr"): amount for name, amount in row.lines.items()}
    amounts = {RENAMED.get(name, name): amount for name, amount in lines.items()}
    amounts |= {
        "revenue": row.revenue_inr,
        "pat": row.pat_inr,
        "net_worth": row.net_worth_inr,
        "total_assets": row.total_assets_inr,
        "debt": row.debt_inr - related,
    }
    if related:
        amounts["related_loans"] = related
    return {
        "fiscal_year": int(row.fiscal_year[:4]),
        "months": row.months,
        "source": row.source,
        "amounts": {name: _number(amount) for name, amount in amounts.items()},
        "adjustments": [
            {
                "kind": item.kind,
                "amount": _number(item.amount_inr),
                "reason": item.reason,
                "is_evidenced": item.is_evidenced,
            }
            for item in row.add_backs
        ],
    }


def last_year_of(content: Mapping[str, Any]) -> dict[str, Decimal]:
    """The amounts of the newest year in an input, for twelve months."""
    newest = max(content["years"], key=lambda year: year["fiscal_year"])
    return {name: Decimal(amount) * 12 / newest["months"] for name, amount in newest["amounts"].items()}
