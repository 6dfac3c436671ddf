"""The discount rate: K_e = Rf + beta_L ERP + size premium + company risk; WACC at the target structure (VALUATION.md 4.5)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from valuation.engine.pack import Pack
from valuation.engine.v2.arithmetic import ONE, ZERO
from valuation.engine.v2.inputs import Case
from valuation.engine.v2.normalisation import Normal


@dataclass(frozen=True)
class Rates:
    """Fractions a year. `risks`: the company-specific points, by name."""

    risk_free: Decimal
    erp: Decimal
    beta_industry: str
    beta_unlevered: Decimal
    beta_levered: Decimal
    size_premium: Decimal
    risks: tuple[tuple[str, Decimal], ...]
    company_risk: Decimal
    cost_of_equity: Decimal
    cost_of_debt: Decimal
    is_debt_cost_own: bool
    debt_to_value: Decimal
    tax: Decimal
    wacc: Decimal
    terminal_growth: Decimal


def rates_of(case: Case, normal: Normal, pack: Pack) -> Rates:
    number = pack.number
    tax, debt = number("tax_rate"), number("debt_to_value")
    industry = pack.industry_of(case.firm.nic_code)
    beta_industry = industry[1] if industry else ""
    beta_row = pack.lookup("beta", beta_industry) if beta_industry else None
    unlevered = Decimal(beta_row[0]) if beta_row else number("beta_unlevered")
    levered = unlevered * (1 + (1 - tax) * debt / (1 - debt))
    size = next(
        Decimal(premium)
        for above, premium in pack.rows("size_premium")
        if normal.latest.revenue > Decimal(above) or above == "0"
    )
    risks = risks_of(case, normal, pack)
    company = min(sum((points for _, points in risks), ZERO), number("risk_points_highest"))
    equity = number("risk_free") + levered * number("equity_risk_premium") + size + company
    own = _own_cost_of_debt(case)
    is_own = own is not None and number("cost_of_debt_lowest") <= own <= number("cost_of_debt_highest")
    cost = own if is_own and own is not None else number("risk_free") + number("cost_of_debt_spread")
    growth = min(number("terminal_growth"), number("risk_free") - number("terminal_growth_under_risk_free"))
    if normal.cagr is not None and normal.cagr < number("growth_cagr_lowest"):
        growth = number("terminal_growth_decline")
    return Rates(
        number("risk_free"),
        number("equity_risk_premium"),
        beta_industry if beta_row else "",
        unlevered,
        levered,
        size,
        risks,
        company,
        equity,
        cost,
        is_own,
        debt,
        tax,
        weighted_cost(equity, cost * (ONE - tax), debt),
        growth,
    )


def weighted_cost(cost_of_equity: Decimal, cost_of_debt_after_tax: Decimal, debt_to_value: Decimal) -> Decimal:
    """WACC: E/V K_e + D/V K_d (1 - t)."""
    return (ONE - debt_to_value) * cost_of_equity + debt_to_value * cost_of_debt_after_tax


def risks_of(case: Case, normal: Normal, pack: Pack) -> tuple[tuple[str, Decimal], ...]:
    """What is riskier here than in other firms of the size (A-6), from facts that the owner gave."""
    firm = case.firm
    soon = date(case.valuation_date.year + 2, case.valuation_date.month, min(case.valuation_date.day, 28))
    is_young = firm.established_year is not None and case.valuation_date.year - firm.established_year < 3
    years = normal.years
    found = {
        "customer": firm.largest_customer is not None
        and firm.largest_customer > pack.number("customer_share_threshold"),
        "owner": firm.is_owner_dependent is True,
        "history": is_young or len(years) == 1,
        "unaudited": case.latest.source != "audited",
        "declining": len(years) > 1 and years[0].revenue < years[1].revenue,
        "expiry": any(ends is not None and ends < soon for ends in (firm.lease_ends, firm.licence_ends)),
    }
    return tuple((name, Decimal(points)) for name, points in pack.rows("risk_points") if found[name])


def _own_cost_of_debt(case: Case) -> Decimal | None:
    """Interest over the average debt of two balance sheets."""
    if len(case.years) < 2:
        return None
    now, before = case.years[0], case.years[1]
    interest = now.annual("interest")
    debts = [year.get("debt") for year in (now, before)]
    if interest is None or debts[0] is None or debts[1] is None or debts[0] + debts[1] <= 0:
        return None
    related = sum(((year.get("related_loans") or ZERO) for year in (now, before)), ZERO)
    return interest * 2 / (debts[0] + debts[1] + related)
