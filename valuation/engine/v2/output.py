"""The canonical output: JSON of plain values, every number a decimal string. Rupees with paise, ratios with six places."""

from decimal import Decimal
from typing import Any

from valuation.engine.pack import Pack
from valuation.engine.v2.comparables import nearest
from valuation.engine.v2.evaluate import Appraisal, Valuation
from valuation.engine.v2.findings import Finding, year_name
from valuation.engine.v2.inputs import Case
from valuation.engine.v2.normalisation import NormalYear
from valuation.engine.v2.reconciliation import Method

PAISA, RATIO = Decimal("0.01"), Decimal("0.000001")
# Inputs of a method that are ratios; the others are rupees.
RATIOS = frozenset(
    {
        "margin",
        "depreciation_rate",
        "cagr",
        "growth",
        "terminal_growth",
        "wacc",
        "tax_rate",
        "ln_equity_to_revenue",
        "private_level",
        "sme_level",
        "listed_ev_ebitda",
        "multiple",
        "sold_multiple",
        "size_factor",
        "regression_multiple",
        "risk_factor",
        "ev_sales",
        "firms",
    }
)


def money(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount.quantize(PAISA))


def ratio(value: Decimal | None) -> str | None:
    return None if value is None else str(value.quantize(RATIO))


def output_of(case: Case, result: Valuation | tuple[Finding, ...], pack: Pack) -> dict[str, Any]:
    if isinstance(result, tuple):
        return {"refusals": [finding_of(finding) for finding in result]}
    appraisal = result.appraisal
    point = money(result.point) if result.shows_point else None
    interval = {"point": point, "low80": money(result.band.low), "high80": money(result.band.high)}
    value: dict[str, Any] = {**interval, "basis": result.basis, "premise": result.premise}
    net_debt = appraisal.bridge.net_debt
    return {
        "value": value,
        "stake": None
        if result.minority is None
        else {"share": ratio(result.minority[0]), "value": money(result.minority[1]) if point else None},
        "enterprise_value": money(result.point + (net_debt or 0)) if result.shows_point else None,
        "net_debt": money(net_debt),
        "tier": appraisal.tier,
        "methods": [_method(method, appraisal) for method in appraisal.methods],
        "implied": _implied(case, result) if result.shows_point else {},
        "rates": _rates(appraisal),
        "forecast": _forecast(appraisal),
        "sensitivity": {
            "drivers": [
                {"driver": driver, "change": change, "value": money(found)}
                for driver, change, found in result.sensitivities
            ],
            "dcf": [
                {"wacc": ratio(wacc), "growth": ratio(growth), "value": money(equity)}
                for wacc, growth, equity in result.grid
            ],
        },
        "normalisation": [_year(year) for year in appraisal.normal.years],
        "earnings": {
            "maintainable_ebitda": money(appraisal.normal.maintainable),
            "pat": money(appraisal.normal.pat),
            "is_pat_booked": appraisal.normal.is_pat_booked,
            "sde": money(appraisal.normal.latest.sde),
        },
        "assets": _assets(appraisal),
        "cross_checks": [
            {
                "id": check.id,
                "value": money(check.value),
                "multiple": ratio(check.multiple),
                "base": money(check.base),
            }
            for check in result.cross_checks
        ],
        "comparables": nearest(case, appraisal.normal, pack),
        "regression": None
        if appraisal.ipo is None
        else {
            "terms": [{"name": name, "value": ratio(term)} for name, term in appraisal.ipo.prediction.terms],
            "clamped": list(appraisal.ipo.clamped),
        },
        "quality": {
            "score": result.quality,
            "parts": [{"name": name, "points": points, "of": most} for name, points, most in result.quality_parts],
        },
        "spread_of_methods": ratio(result.spread),
        "warnings": [finding_of(finding) for finding in result.warnings],
    }


def finding_of(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "field": finding.field,
        "amounts": {name: money(amount) for name, amount in finding.amounts.items()},
        "names": finding.names,
        "words": finding.words,
    }


def _method(method: Method, appraisal: Appraisal) -> dict[str, Any]:
    weighed = appraisal.weighed
    return {
        "id": method.id,
        "approach": method.approach,
        "value": money(method.value),
        "low": money(method.low),
        "high": money(method.high),
        "weight": ratio(weighed.weights.get(method.id, Decimal(0)) if weighed else Decimal(0)),
        "contribution": money(weighed.contributions.get(method.id, Decimal(0)) if weighed else Decimal(0)),
        "reason": method.reason,
        "inputs": {
            name: value if isinstance(value, str) else ratio(value) if name in RATIOS else money(value)
            for name, value in method.inputs
        },
    }


def _implied(case: Case, result: Valuation) -> dict[str, str | None]:
    """Multiples that the value comes to."""
    normal, point = result.appraisal.normal, result.point
    net_debt = result.appraisal.bridge.net_debt
    net_worth = case.latest.get("net_worth")
    found: dict[str, str | None] = {}
    if normal.maintainable and normal.maintainable > 0:
        found["ev_ebitda"] = ratio((point + (net_debt or 0)) / normal.maintainable)
    if normal.pat and normal.pat > 0:
        found["pe"] = ratio(point / normal.pat)
    if net_worth is not None and net_worth > 0:
        found["pb"] = ratio(point / net_worth)
    if normal.latest.sde and normal.latest.sde > 0:
        found["sde"] = ratio(point / normal.latest.sde)
    return found


def _rates(appraisal: Appraisal) -> dict[str, Any]:
    rates = appraisal.rates
    return {
        "risk_free": ratio(rates.risk_free),
        "equity_risk_premium": ratio(rates.erp),
        "beta_industry": rates.beta_industry,
        "beta_unlevered": ratio(rates.beta_unlevered),
        "beta_levered": ratio(rates.beta_levered),
        "size_premium": ratio(rates.size_premium),
        "risks": [{"name": name, "premium": ratio(points)} for name, points in rates.risks],
        "company_risk": ratio(rates.company_risk),
        "cost_of_equity": ratio(rates.cost_of_equity),
        "cost_of_debt": ratio(rates.cost_of_debt),
        "is_debt_cost_own": rates.is_debt_cost_own,
        "debt_to_value": ratio(rates.debt_to_value),
        "tax_rate": ratio(rates.tax),
        "wacc": ratio(rates.wacc),
        "terminal_growth": ratio(rates.terminal_growth),
    }


def _forecast(appraisal: Appraisal) -> list[dict[str, str | None]]:
    if appraisal.forecast is None:
        return []
    return [
        {
            "growth": ratio(year.growth),
            "revenue": money(year.revenue),
            "ebitda": money(year.ebitda),
            "nopat": money(year.nopat),
            "reinvestment": money(year.reinvestment),
            "fcff": money(year.fcff),
            "discount_factor": ratio(year.discount_factor),
        }
        for year in appraisal.forecast.years
    ]


def _year(year: NormalYear) -> dict[str, Any]:
    return {
        "fiscal_year": year_name(year.fiscal_year),
        "months": year.months,
        "source": year.source,
        "revenue": money(year.revenue),
        "ebitda_reported": money(year.ebitda_reported),
        "adjustments": [
            {
                "kind": item.kind,
                "amount": money(item.amount),
                "reason": item.reason,
                "is_evidenced": item.is_evidenced,
            }
            for item in year.adjustments
        ],
        "ebitda": money(year.ebitda),
        "margin": ratio(year.margin),
        "sde": money(year.sde),
        "depreciation": money(year.depreciation),
        "interest": money(year.interest),
    }


def _assets(appraisal: Appraisal) -> dict[str, Any] | None:
    owned = appraisal.net_assets
    if owned is None:
        return None
    return {
        "lines": [
            {
                "name": line.name,
                "basis": money(line.basis),
                "going_concern": money(line.going_concern),
                "liquidation": money(line.liquidation),
            }
            for line in owned.lines
        ],
        "gross": money(owned.gross),
        "liabilities": money(owned.liabilities),
        "contingent": money(owned.contingent),
        "adjusted_nav": money(owned.adjusted_nav),
        "liquidation_equity": money(owned.liquidation_equity),
    }
