"""What would raise the value, and what would happen if: changes of the canonical input, each valued anew by the engine."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from valuation.engine.v2.arithmetic import CONTEXT
from valuation.engine.v2.normalisation import MARKET_SALARY

Content = dict[str, Any]
SAFE_CUSTOMER_SHARE = "0.25"
MARGIN_STEP = Decimal("0.02")
STOCK_STEP = Decimal("0.20")


@dataclass(frozen=True)
class Scenario:
    """A what-if. Shares and growth are fractions. None: as it is."""

    owner_salary: Decimal | None = None
    growth: Decimal | None = None
    customer_lost: Decimal | None = None


def levers(content: Content) -> Iterator[tuple[str, Content]]:
    """(name, changed input) for everything that applies to this firm."""
    firm, latest = content["firm"], content["years"][0]
    amounts = latest["amounts"]
    if any(year["source"] != "audited" for year in content["years"]):
        yield "audit", _with(content, _audited)
    if Decimal(firm.get("largest_customer", "0")) > Decimal("0.30"):
        yield "customers", _with(content, _set_firm("largest_customer", SAFE_CUSTOMER_SHARE))
    if firm.get("is_owner_dependent"):
        yield "owner", _with(content, _set_firm("is_owner_dependent", False))
    if firm.get("lease_ends") or firm.get("licence_ends"):
        yield "expiry", _with(content, _renewed)
    if Decimal(firm.get("recurring_revenue", "0")) < Decimal("0.5"):
        yield "recurring", _with(content, _set_firm("recurring_revenue", "0.5"))
    if "other_opex" in amounts or {"pat", "depreciation", "interest", "tax"} <= amounts.keys():
        yield "margin", _with(content, _better_margin)
    if Decimal(amounts.get("old_receivables", "0")) > 0 and "cash" in amounts:
        yield "collect", _with(content, _collected)
    if Decimal(amounts.get("inventory", "0")) > 0 and "cash" in amounts:
        yield "stock", _with(content, _less_stock)
    if Decimal(amounts.get("land_building", "0")) > 0 and not firm.get("is_land_appraised"):
        yield "appraise", _with(content, _appraised)
    if any(not item["is_evidenced"] for year in content["years"] for item in year["adjustments"]):
        yield "evidence", _with(content, _evidenced)


def scenario_of(content: Content, wanted: Scenario) -> Content:
    """The input as if. A lost customer takes their share of revenue and of the cost of goods; other costs stay."""
    changed = deepcopy(content)
    latest = changed["years"][0]
    if wanted.growth is not None:
        changed["scenario"] = {"growth": str(wanted.growth)}
    if wanted.owner_salary is not None:
        changed["firm"]["market_salary"] = str(wanted.owner_salary)
        changed["firm"].setdefault("active_owners", 1)
        for year in changed["years"]:
            year["adjustments"] = [item for item in year["adjustments"] if item["kind"] != MARKET_SALARY]
    if wanted.customer_lost:
        amounts = latest["amounts"]
        revenue = Decimal(amounts["revenue"])
        cogs = Decimal(amounts.get("cogs", "0"))
        gone, saved = revenue * wanted.customer_lost, cogs * wanted.customer_lost
        amounts["revenue"] = str(revenue - gone)
        if "cogs" in amounts:
            amounts["cogs"] = str(cogs - saved)
        if "pat" in amounts:
            amounts["pat"] = str(Decimal(amounts["pat"]) - gone + saved)
    return changed


def effect(before: Content, after: Content) -> Content:
    """What lies between two outputs; `refusals` where the changed firm cannot be valued."""
    if "refusals" in after:
        return {"refusals": after["refusals"]}
    middle = [_middle(found) for found in (before, after)]
    return {
        "value": after["value"],
        "effect": str(CONTEXT.subtract(middle[1], middle[0])),
        "quality": after["quality"]["score"],
        "quality_effect": after["quality"]["score"] - before["quality"]["score"],
    }


def _middle(output: Content) -> Decimal:
    """The value, shown or not: the sum of the contributions, never below zero."""
    total = sum((Decimal(method["contribution"]) for method in output["methods"]), Decimal(0))
    return max(total, Decimal(0))


def _with(content: Content, change: Callable[[Content], None]) -> Content:
    changed = deepcopy(content)
    change(changed)
    return changed


def _set_firm(name: str, value: Any) -> Callable[[Content], None]:
    def change(content: Content) -> None:
        content["firm"][name] = value

    return change


def _audited(content: Content) -> None:
    for year in content["years"]:
        year["source"] = "audited"


def _renewed(content: Content) -> None:
    later = f"{int(content['valuation_date'][:4]) + 5}-03-31"
    for name in ("lease_ends", "licence_ends"):
        if name in content["firm"]:
            content["firm"][name] = later


def _better_margin(content: Content) -> None:
    """Two points of revenue less in other costs, in every year: a change that lasts."""
    for year in content["years"]:
        amounts = year["amounts"]
        step = Decimal(amounts["revenue"]) * MARGIN_STEP
        if "other_opex" in amounts:
            amounts["other_opex"] = str(max(Decimal(amounts["other_opex"]) - step, Decimal(0)))
        if "pat" in amounts:
            amounts["pat"] = str(Decimal(amounts["pat"]) + step)


def _move(amounts: Content, name: str, moved: Decimal) -> None:
    amounts[name] = str(Decimal(amounts[name]) - moved)
    amounts["cash"] = str(Decimal(amounts["cash"]) + moved)


def _collected(content: Content) -> None:
    amounts = content["years"][0]["amounts"]
    _move(amounts, "old_receivables", Decimal(amounts["old_receivables"]))


def _less_stock(content: Content) -> None:
    amounts = content["years"][0]["amounts"]
    _move(amounts, "inventory", Decimal(amounts["inventory"]) * STOCK_STEP)


def _appraised(content: Content) -> None:
    """The land at its present figure, but with an appraiser's word for it."""
    amounts, firm = content["years"][0]["amounts"], content["firm"]
    firm.setdefault("land_building_market", amounts["land_building"])
    firm["is_land_appraised"] = True


def _evidenced(content: Content) -> None:
    for year in content["years"]:
        for item in year["adjustments"]:
            item["is_evidenced"] = True
