"""The whole valuation of one case: checks, normalisation, rates, methods, reconciliation, range, sensitivities."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from valuation.engine.pack import Pack
from valuation.engine.v2 import assets, checks, dcf, market
from valuation.engine.v2.arithmetic import ONE, ZERO
from valuation.engine.v2.checks import PACK_AGED_MONTHS, months_between
from valuation.engine.v2.discount import Rates, rates_of
from valuation.engine.v2.findings import Finding
from valuation.engine.v2.inputs import Case
from valuation.engine.v2.methods import (
    Bridge,
    Shock,
    bridge_of,
    control_equity,
    ev_ebitda_method,
    ev_sales_method,
    income_methods,
    is_ipo_grade,
    nav_method,
    sde_method,
    sme_ipo_method,
)
from valuation.engine.v2.normalisation import Normal, normalise
from valuation.engine.v2.reconciliation import (
    Band,
    Method,
    Weighed,
    band,
    quality_of,
    spread_of,
    tier_of,
    weigh,
    widening_for,
)

FEW_FIGURES = 40
MINORITY = Decimal("0.5")


@dataclass(frozen=True)
class Appraisal:
    """Everything up to the weighed value. `forecast` and `ipo` where those methods were used."""

    normal: Normal
    rates: Rates
    tier: str
    bridge: Bridge
    methods: tuple[Method, ...]
    weighed: Weighed | None
    drivers: dcf.Drivers | None
    forecast: dcf.Forecast | None
    ipo: market.IpoValue | None
    net_assets: assets.NetAssets | None
    warnings: tuple[Finding, ...]


@dataclass(frozen=True)
class Valuation:
    """The result. Rupees; `point` None where only a range is honest."""

    appraisal: Appraisal
    point: Decimal
    band: Band
    shows_point: bool
    premise: str
    basis: str
    quality: int
    quality_parts: tuple[tuple[str, int, int], ...]
    spread: Decimal | None
    cross_checks: tuple[market.CrossCheck, ...]
    sensitivities: tuple[tuple[str, str, Decimal], ...]
    grid: tuple[tuple[Decimal, Decimal, Decimal], ...]
    minority: tuple[Decimal, Decimal] | None
    warnings: tuple[Finding, ...]


def value_case(case: Case, pack: Pack) -> Valuation | tuple[Finding, ...]:
    """A valuation, or every reason why there is none."""
    case, was_shortened = _without_short_periods(case)
    found = checks.refusals(case, pack)
    if found:
        return found
    appraisal = appraise(case, pack)
    weighed = appraisal.weighed
    if weighed is None:
        return (Finding("E_NO_METHOD", "years"),)
    warnings = list(appraisal.warnings)
    if was_shortened:
        warnings.append(Finding("W_STUB_LEFT_OUT"))
    point, premise = weighed.value, "going_concern"
    owned = appraisal.net_assets
    if owned is not None and owned.liquidation_equity > max(point, ZERO):
        point, premise = owned.liquidation_equity, "liquidation"
        warnings.append(Finding("W_LIQUIDATION"))
    if point <= 0:
        point = ZERO
        warnings.append(Finding("W_INSOLVENT"))
    if owned is not None and owned.liquidation_equity < 0:
        warnings.append(Finding("W_INSOLVENT_ON_LIQUIDATION"))
    parts = quality_of(case, appraisal.normal, pack)
    quality = sum(points for _, points, _ in parts)
    spread = spread_of(appraisal.methods)
    warnings += _spread_warnings(appraisal.methods, spread, pack)
    shows_point = quality >= FEW_FIGURES
    if not shows_point:
        warnings.append(Finding("W_BAND_ONLY"))
    return Valuation(
        appraisal,
        point,
        band(point, _tails(appraisal, pack), spread, widening_for(quality, pack)),
        shows_point,
        premise,
        "equity" if appraisal.bridge.net_debt is not None else "business_without_cash_and_debt",
        quality,
        parts,
        spread,
        market.cross_checks(case, appraisal.normal, appraisal.bridge.net_debt, pack),
        _sensitivities(case, pack, appraisal, point),
        _grid(appraisal, pack),
        _minority(case, point, pack),
        tuple(warnings),
    )


def _without_short_periods(case: Case) -> tuple[Case, bool]:
    """Without a first or last period under six months, where other years remain: it says too little of a year."""
    years = list(case.years)
    for end in (0, -1):
        if len(years) > 1 and years[end].months < checks.FEWEST_MONTHS:
            years.pop(end)
    return replace(case, years=tuple(years)), len(years) < len(case.years)


def appraise(case: Case, pack: Pack, shock: Shock | None = None) -> Appraisal:
    """All methods and their weighed value."""
    has_spread, shock = shock is None, shock or Shock()
    normal = normalise(case, pack, ebitda_factor=shock.ebitda, salary_factor=shock.salary)
    rates = rates_of(case, normal, pack)
    tier = tier_of(normal, pack)
    bridge = bridge_of(case, pack)
    owned = assets.net_assets(case, pack)
    drivers, forecast, income = income_methods(case, normal, rates, tier, bridge, pack, has_spread=has_spread)
    ipo, listing = sme_ipo_method(case, normal, tier, pack)
    methods: tuple[Method, ...] = (
        *income,
        listing,
        ev_ebitda_method(case, normal, tier, bridge, pack, shock),
        sde_method(case, normal, rates, tier, bridge, pack, shock, owned),
        ev_sales_method(normal, bridge, pack),
        nav_method(case, tier, pack, owned),
    )
    if case.firm.nic_code[:2] in checks.ASSET_ONLY_DIVISIONS:
        methods = tuple(
            method if method.id == "M7" else Method(method.id, method.approach, "asset_approach_only")
            for method in methods
        )
    return Appraisal(
        normal,
        rates,
        tier,
        bridge,
        methods,
        weigh(methods),
        drivers,
        forecast,
        ipo,
        owned,
        _warnings(case, normal, bridge, ipo, methods, pack),
    )


def _tails(appraisal: Appraisal, pack: Pack) -> tuple[Decimal, Decimal]:
    """Log quantiles behind the band: the tier's, or the regression's own for firms of this size."""
    regression = market.regression_of(pack, "M5" if appraisal.tier == "micro" else "M3")
    if regression is not None and appraisal.tier != "micro" and pack.content.get("bands_by_size"):
        return regression.band_at((appraisal.normal.latest.revenue / 80 / Decimal(10_000_000)).ln())
    sde = appraisal.normal.latest.sde
    if regression is not None and pack.content.get("bands_by_size") and sde is not None and sde > 0:
        return regression.band_at((sde / pack.number("sde_reference_inr")).ln())
    low, high = pack.lookup("bands", appraisal.tier) or ["0", "0"]
    return Decimal(low), Decimal(high)


def _spread_warnings(methods: tuple[Method, ...], spread: Decimal | None, pack: Pack) -> list[Finding]:
    used = [method for method in methods if method.is_used]
    if len(used) == 1:
        return [] if used[0].id == "M7" else [Finding("W_ONE_METHOD")]  # assets alone have a warning of their own
    if spread is not None and spread > pack.number("methods_disagree"):
        by_value = sorted(used, key=lambda method: method.value or ZERO)
        return [Finding("W_METHODS_DISAGREE", names={"highest": by_value[-1].id, "lowest": by_value[0].id})]
    return []


def _warnings(
    case: Case,
    normal: Normal,
    bridge: Bridge,
    ipo: market.IpoValue | None,
    methods: tuple[Method, ...],
    pack: Pack,
) -> tuple[Finding, ...]:
    age = months_between(date.fromisoformat(pack.content["market_data_of"]), case.valuation_date)
    m1 = next(method for method in methods if method.id == "M1")
    cagr = normal.cagr
    found = {
        "W_GST_DIFF": checks.differs_from_gst(case),
        "W_ANNUALISED": case.latest.months < 12,
        "W_ONE_YEAR": len(case.years) == 1,
        "W_DECLINING": normal.is_declining,
        "W_SELF_DECLARED": case.latest.source == "self_declared",
        "W_NO_BS": not case.latest.has_balance_sheet,
        "W_CASH_UNKNOWN": bridge.net_debt is not None and case.latest.get("cash") is None,
        "W_DEBT_UNKNOWN": bridge.net_debt is None,
        "W_HYPER": m1.is_used and cagr is not None and cagr > pack.number("growth_hyper"),
        "W_SHRINKING": m1.is_used and cagr is not None and cagr < pack.number("growth_cagr_lowest"),
        "W_NOT_IPO_GRADE": ipo is not None and not is_ipo_grade(normal, pack),
        "W_NEGATIVE_EBITDA": normal.maintainable is not None and normal.maintainable <= 0,
        "W_OWNER_PAY_ASSUMED": normal.has_imputed_salary,
        "W_RELATED_LOANS": bridge.related_loans > 0,
        "W_RATIO_CLAMPED": ipo is not None and bool(ipo.clamped),
        "W_MARKET_DATA_AGED": age >= PACK_AGED_MONTHS,
    }
    return tuple(Finding(code) for code, is_found in found.items() if is_found)


def _sensitivities(
    case: Case, pack: Pack, appraisal: Appraisal, point: Decimal
) -> tuple[tuple[str, str, Decimal], ...]:
    """(driver, change, value) with one driver changed at a time and everything that follows from it."""
    changes = (
        ("ebitda", "-0.10", Shock(ebitda=Decimal("0.9"))),
        ("ebitda", "+0.10", Shock(ebitda=Decimal("1.1"))),
        ("multiple", "-0.10", Shock(multiple=Decimal("0.9"))),
        ("multiple", "+0.10", Shock(multiple=Decimal("1.1"))),
        ("owner_salary", "-0.25", Shock(salary=Decimal("0.75"))),
        ("owner_salary", "+0.25", Shock(salary=Decimal("1.25"))),
    )
    has_salary = any(item.kind == "market_salary" for item in appraisal.normal.latest.adjustments)
    found = []
    for driver, change, shock in changes:
        if driver == "owner_salary" and not has_salary:
            continue
        if shock.multiple == ONE:
            weighed = appraise(case, pack, shock).weighed
        else:
            weighed = weigh(_with_multiples(case, appraisal, pack, shock))
        found.append((driver, change, point if weighed is None else max(weighed.value, ZERO)))
    return tuple(found)


def _with_multiples(case: Case, appraisal: Appraisal, pack: Pack, shock: Shock) -> tuple[Method, ...]:
    """The methods with those on a multiple made anew: nothing else follows from it."""
    normal, tier, bridge = appraisal.normal, appraisal.tier, appraisal.bridge
    anew = {
        "M4": ev_ebitda_method(case, normal, tier, bridge, pack, shock),
        "M5": sde_method(case, normal, appraisal.rates, tier, bridge, pack, shock, appraisal.net_assets),
    }
    return tuple(anew.get(method.id, method) if method.is_used else method for method in appraisal.methods)


def _grid(appraisal: Appraisal, pack: Pack) -> tuple[tuple[Decimal, Decimal, Decimal], ...]:
    """DCF equity by shift of WACC and of terminal growth."""
    if appraisal.drivers is None:
        return ()
    return tuple(
        (wacc, growth, control_equity(enterprise, appraisal.bridge, pack))
        for wacc, growth, enterprise in dcf.wacc_growth_grid(appraisal.drivers)
    )


def _minority(case: Case, point: Decimal, pack: Pack) -> tuple[Decimal, Decimal] | None:
    """(share, value) of a stake below half: pro rata x (1 - DLOC)(1 - further DLOM) (A-15); None for a larger stake."""
    share = case.firm.share_offered
    if share >= 1:
        return None
    value = point * share
    if share < MINORITY:
        value *= (ONE - pack.number("dloc")) * (ONE - pack.number("dlom_minority"))
    return share, value
