"""What the engine is told. Amounts are rupees, shares and rates fractions; what is not known is None, which is not zero."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

COSTS = ("cogs", "employee_cost", "rent", "other_opex")
BELOW_EBITDA = ("depreciation", "interest", "tax")
FIXED_ASSETS = ("plant", "land_building")
CURRENT_ASSETS = ("receivables", "old_receivables", "inventory", "other_current")
ASSETS = ("cash", "surplus_investments", *CURRENT_ASSETS, *FIXED_ASSETS, "intangibles", "other_assets")
CURRENT_LIABILITIES = ("payables", "other_liabilities")
NEVER_NEGATIVE = (
    *COSTS,
    "depreciation",
    "interest",
    "owner_remuneration",
    *ASSETS,
    *CURRENT_LIABILITIES,
    "debt",
    "related_loans",
    "contingent",
)
# Legal forms whose books cannot hold a salary of the owner.
OWNER_UNPAID = ("proprietorship", "partnership")


@dataclass(frozen=True)
class Adjustment:
    """One item between reported and normalised EBITDA, with the sign it has in the sum."""

    kind: str
    amount: Decimal
    reason: str = ""
    is_evidenced: bool = False


@dataclass(frozen=True)
class Year:
    """Accounts of one fiscal year, named by the calendar year it starts in (1 April). Flows cover `months`."""

    fiscal_year: int
    months: int
    source: str
    amounts: Mapping[str, Decimal]
    adjustments: tuple[Adjustment, ...] = ()

    def get(self, name: str) -> Decimal | None:
        return self.amounts.get(name)

    def annual(self, name: str) -> Decimal | None:
        """A flow as if for twelve months."""
        found = self.amounts.get(name)
        return None if found is None else found * 12 / self.months

    def total(self, names: tuple[str, ...]) -> Decimal | None:
        """The sum, if every one is known."""
        found = [self.amounts.get(name) for name in names]
        return None if None in found else sum((amount for amount in found if amount is not None), Decimal(0))

    @property
    def ends_on(self) -> date:
        """The day after the last month covered, less one."""
        month = 4 + self.months
        year = self.fiscal_year + (month - 1) // 12
        first_after = date(year, (month - 1) % 12 + 1, 1)
        return date.fromordinal(first_after.toordinal() - 1)

    @property
    def has_balance_sheet(self) -> bool:
        return (
            self.total(("cash", "receivables", "inventory", "plant", "land_building", "payables", "debt")) is not None
        )


@dataclass(frozen=True)
class Firm:
    """Facts of the business besides its accounts.

    `largest_customer`, `top5_customers`, `recurring_revenue`: shares of revenue. `market_salary`: rupees a year for each
    working owner. `land_building_market`, `plant_appraised`: market values in rupees. `share_offered`: in (0, 1].
    """

    nic_code: str
    legal_form: str
    established_year: int | None = None
    employees: int | None = None
    active_owners: int | None = None
    market_salary: Decimal | None = None
    largest_customer: Decimal | None = None
    top5_customers: Decimal | None = None
    recurring_revenue: Decimal | None = None
    lease_ends: date | None = None
    licence_ends: date | None = None
    is_owner_dependent: bool | None = None
    land_building_market: Decimal | None = None
    is_land_appraised: bool = False
    plant_appraised: Decimal | None = None
    contingent_probability: Decimal | None = None
    gst_turnover: Decimal | None = None
    has_filed_returns: bool = False
    share_offered: Decimal = Decimal(1)
    currency: str = "INR"


@dataclass(frozen=True)
class Case:
    """One business on one day; years newest first. `growth` replaces the first year's growth in a scenario."""

    valuation_date: date
    today: date
    firm: Firm
    years: tuple[Year, ...]
    growth: Decimal | None = None

    @property
    def latest(self) -> Year:
        return self.years[0]


DATES = ("lease_ends", "licence_ends")
WHOLE = ("established_year", "employees", "active_owners")
PLAIN = ("nic_code", "legal_form", "is_owner_dependent", "is_land_appraised", "has_filed_returns", "currency")


def case_of(content: Mapping[str, Any]) -> Case:
    """The case of a canonical input (`valuation.canonical`)."""
    facts: dict[str, Any] = {}
    for name, value in content["firm"].items():
        if name in DATES:
            facts[name] = date.fromisoformat(value)
        elif name in WHOLE or name in PLAIN:
            facts[name] = value
        else:
            facts[name] = Decimal(value)
    years = [
        Year(
            row["fiscal_year"],
            row["months"],
            row["source"],
            {name: Decimal(amount) for name, amount in row["amounts"].items()},
            tuple(
                Adjustment(item["kind"], Decimal(item["amount"]), item["reason"], item["is_evidenced"])
                for item in row["adjustments"]
            ),
        )
        for row in content["years"]
    ]
    growth = content.get("scenario", {}).get("growth")
    return Case(
        date.fromisoformat(content["valuation_date"]),
        date.fromisoformat(content["asked_on"]),
        Firm(**facts),
        tuple(sorted(years, key=lambda year: -year.fiscal_year)),
        None if growth is None else Decimal(growth),
    )
