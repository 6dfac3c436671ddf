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
from valuation.engine.v2.normalisation import Normal, normalise
from valuation.engine.v2.reconciliation import (
    Band,
    Method,
    Weighed,
    band,
    base_weight,
    quality_of,
    spread_of,
    tier_of,
    weigh,
    widening_for,
)

LEAST_IPO_REVENUE, MOST_IPO_REVENUE = Decimal(50_000_000), Decimal(5_000_000_000)
FEW_FIGURES = 40
MICRO_ALONE = Decimal("0.80")
MINORITY = Decimal("0.5")


@dataclass(frozen=True)
class Shock:
    """What a sensitivity changes; one is no change."""

    ebitda: Decimal = ONE
    salary: Decimal = ONE
    multiple: Decimal = ONE


@dataclass(frozen=True)
class Bridge:
    """From the firm to its equity, rupees. `net_debt` None: debt is not known, so values are of the business itself."""

    cash: Decimal
    surplus: Decimal
    debt: Decimal
    related_loans: Decimal
    contingent: Decimal
    net_debt: Decimal | None


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
    bridge = _bridge(case, pack)
    owned = assets.net_assets(case, pack)
    drivers, forecast, income = _income(case, normal, rates, tier, bridge, pack, has_spread=has_spread)
    ipo, listing = _sme_ipo(case, normal, tier, pack)
    methods: tuple[Method, ...] = (
        *income,
        listing,
        _ev_ebitda(case, normal, tier, bridge, pack, shock),
        _sde(case, normal, rates, tier, bridge, pack, shock, owned),
        _ev_sales(normal, bridge, pack),
        _nav(case, tier, pack, owned),
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


def _bridge(case: Case, pack: Pack) -> Bridge:
    latest = case.latest
    cash, surplus = latest.get("cash") or ZERO, latest.get("surplus_investments") or ZERO
    debt, related = latest.get("debt"), latest.get("related_loans") or ZERO
    net = None if debt is None else debt + related - cash - surplus
    return Bridge(cash, surplus, debt or ZERO, related, assets.contingent_of(case, pack), net)


def _trust(source: str, pack: Pack) -> Decimal:
    return Decimal((pack.lookup("source_weights", source) or ["0.5"])[0])


def _trust_of_years(case: Case, pack: Pack) -> Decimal:
    weights = (3, 2, 1)[: len(case.years)]
    trusts = [_trust(year.source, pack) for year in case.years[:3]]
    return sum((weight * trust for weight, trust in zip(weights, trusts, strict=True)), ZERO) / sum(weights)


def _income(
    case: Case,
    normal: Normal,
    rates: Rates,
    tier: str,
    bridge: Bridge,
    pack: Pack,
    *,
    has_spread: bool,
) -> tuple[dcf.Drivers | None, dcf.Forecast | None, tuple[Method, Method]]:
    """M1 and M2, of which one at most is used."""

    def neither(reason: str) -> tuple[None, None, tuple[Method, Method]]:
        return None, None, (Method("M1", "income", reason), Method("M2", "income", reason))

    latest = normal.latest
    if normal.maintainable is None or normal.margin is None:
        return neither("ebitda_unknown")
    if normal.depreciation_rate is None or latest.depreciation is None:
        return neither("depreciation_unknown")
    if normal.margin <= normal.depreciation_rate:
        return neither("no_earnings")
    if rates.wacc - rates.terminal_growth < pack.number("least_spread"):
        return neither("spread_too_small")
    base = base_weight(tier, "M1", pack)
    if normal.cagr is None or normal.known < 2:
        growthless = dcf.Drivers(
            latest.revenue,
            normal.margin,
            normal.depreciation_rate,
            ZERO,
            rates.terminal_growth,
            rates.tax,
            rates.wacc,
            None,
            pack.number("return_on_capital"),
        )
        enterprise = dcf.capitalised_earnings(growthless, normal.maintainable, latest.depreciation)
        method = Method(
            "M2",
            "income",
            "used_capitalised",
            _equity(enterprise, bridge, pack),
            base * _trust(case.latest.source, pack),
            inputs=(
                ("ebitda", normal.maintainable),
                ("depreciation", latest.depreciation),
                ("tax_rate", rates.tax),
                ("wacc", rates.wacc),
                ("terminal_growth", rates.terminal_growth),
                ("enterprise_value", enterprise),
            ),
        )
        return None, None, (Method("M1", "income", "one_year"), method)
    drivers = dcf.drivers_of(case, normal, rates, pack)
    result = dcf.forecast(drivers)
    if normal.cagr > pack.number("growth_hyper"):
        base *= pack.number("growth_hyper_weight")
    low, high = None, None
    if has_spread:
        tenth, _, ninth = dcf.three_point_spread(drivers, normal, pack)
        low, high = _equity(tenth, bridge, pack), _equity(ninth, bridge, pack)
    method = Method(
        "M1",
        "income",
        "used_dcf",
        _equity(result.enterprise_value, bridge, pack),
        base * _trust_of_years(case, pack),
        low,
        high,
        (
            ("revenue", drivers.revenue),
            ("margin", drivers.margin),
            ("depreciation_rate", drivers.depreciation_rate),
            ("cagr", normal.cagr),
            ("growth", drivers.growth),
            ("terminal_growth", drivers.terminal_growth),
            ("wacc", drivers.wacc),
            ("explicit", result.explicit),
            ("terminal_value", result.terminal_value),
            ("enterprise_value", result.enterprise_value),
        ),
    )
    return drivers, result, (method, Method("M2", "income", "dcf_used"))


def _equity(enterprise: Decimal, bridge: Bridge, pack: Pack) -> Decimal:
    """A control stake: less net debt and probable claims, less the discount for lack of marketability (A-9)."""
    if bridge.net_debt is None:
        return enterprise
    return (enterprise - bridge.net_debt - bridge.contingent) * (ONE - pack.number("dlom_control"))


def _sme_ipo(case: Case, normal: Normal, tier: str, pack: Pack) -> tuple[market.IpoValue | None, Method]:
    net_worth, total = case.latest.get("net_worth"), case.latest.get("total_assets")
    reason = None
    if base_weight(tier, "M3", pack) == 0 and not LEAST_IPO_REVENUE <= normal.latest.revenue <= MOST_IPO_REVENUE:
        reason = "revenue_out_of_range"
    elif base_weight(tier, "M3", pack) == 0:
        reason = "other_size"
    elif normal.pat is None or normal.pat <= 0:
        reason = "no_profit"
    elif net_worth is None or net_worth <= 0 or total is None:
        reason = "no_net_worth"
    if reason:
        return None, Method("M3", "market", reason)
    found = market.sme_ipo_equity(case, normal, pack)
    level = pack.number("private_level")
    weight = base_weight(tier, "M3", pack) * _trust(case.latest.source, pack)
    if not is_ipo_grade(normal, pack):
        weight *= pack.number("ipo_grade_weight")
    value = found.equity * level
    assert normal.pat is not None and net_worth is not None and total is not None
    return found, Method(
        "M3",
        "market",
        "used_sme_ipo",
        value,
        weight,
        value * found.prediction.low.exp(),
        value * found.prediction.high.exp(),
        (
            ("pat", normal.pat),
            ("net_worth", net_worth),
            ("total_assets", total),
            ("ln_equity_to_revenue", found.prediction.log),
            ("equity_at_issue_price", found.equity),
            ("private_level", level),
        ),
    )


def is_ipo_grade(normal: Normal, pack: Pack) -> bool:
    """EBITDA of at least ₹1 crore in two of the last three years (SEBI's test of SME issuers)."""
    least = pack.number("ipo_grade_ebitda_inr")
    return sum(1 for year in normal.years[:3] if year.ebitda is not None and year.ebitda >= least) >= 2


def _ev_ebitda(case: Case, normal: Normal, tier: str, bridge: Bridge, pack: Pack, shock: Shock) -> Method:
    if base_weight(tier, "M4", pack) == 0:
        return Method("M4", "market", "other_size")
    if normal.maintainable is None:
        return Method("M4", "market", "ebitda_unknown")
    if normal.maintainable <= 0:
        return Method("M4", "market", "ebitda_not_positive")
    multiple = market.private_ev_ebitda(case.firm.nic_code, pack)
    applied = multiple.value * shock.multiple
    enterprise = applied * normal.maintainable
    owed = ZERO if bridge.net_debt is None else bridge.net_debt + bridge.contingent
    lowest, highest = pack.number("ev_ebitda_lowest"), pack.number("ev_ebitda_highest")
    return Method(
        "M4",
        "market",
        "used_ev_ebitda",
        enterprise - owed,
        base_weight(tier, "M4", pack) * _trust(case.latest.source, pack),
        max(applied * Decimal("0.8"), lowest) * normal.maintainable - owed,
        min(applied * Decimal("1.2"), highest * shock.multiple) * normal.maintainable - owed,
        (*multiple.steps, ("ebitda", normal.maintainable), ("enterprise_value", enterprise)),
    )


def _sde(
    case: Case,
    normal: Normal,
    rates: Rates,
    tier: str,
    bridge: Bridge,
    pack: Pack,
    shock: Shock,
    owned: assets.NetAssets | None,
) -> Method:
    if base_weight(tier, "M5", pack) == 0:
        return Method("M5", "market", "other_size")
    sde = normal.latest.sde
    if sde is None:
        return Method("M5", "market", "ebitda_unknown")
    if sde <= 0:
        return Method("M5", "market", "sde_not_positive")
    multiple = market.sde_multiple(case, normal, rates, pack)
    if multiple is None:
        return Method("M5", "market", "trade_unknown")
    business = multiple.value * shock.multiple * sde
    kept = _kept_by_seller(case, bridge, pack)
    base = base_weight(tier, "M5", pack)
    if len(case.years) == 1 and owned is None:
        base = MICRO_ALONE
    low, high = (Decimal(tail) for tail in (pack.lookup("bands", "micro") or ["0", "0"]))
    return Method(
        "M5",
        "market",
        "used_sde",
        business + kept,
        base * _trust(case.latest.source, pack),
        business * low.exp() + kept,
        business * high.exp() + kept,
        (*multiple.steps, ("sde", sde), ("asset_sale_value", business), ("kept_by_seller", kept)),
    )


def _kept_by_seller(case: Case, bridge: Bridge, pack: Pack) -> Decimal:
    """An SDE multiple prices an asset sale: goodwill, plant and normal stock. To compare it with the equity values of the
    other methods, what the seller keeps (cash, receivables) less what the seller pays off (all debts) is added."""
    latest = case.latest
    if bridge.net_debt is None:
        return ZERO
    kept = -bridge.net_debt - bridge.contingent
    for name in ("receivables", "old_receivables", "other_current"):
        kept += (latest.get(name) or ZERO) * Decimal((pack.lookup("nav", name) or ["0"])[0])
    for name in ("payables", "other_liabilities"):
        kept -= latest.get(name) or ZERO
    return kept


def _ev_sales(normal: Normal, bridge: Bridge, pack: Pack) -> Method:
    """M6 carries weight only for loss-makers whose gross margin says that someone could earn there."""
    latest = normal.latest
    is_loss = normal.maintainable is not None and normal.maintainable <= 0
    gross = latest.gross_margin
    if not is_loss or gross is None or gross <= pack.number("loss_maker_gross_margin"):
        return Method("M6", "market", "not_a_loss_maker")
    if bridge.net_debt is None:
        return Method("M6", "market", "no_debt_known")
    value = market.loss_maker_equity(normal, bridge.net_debt, pack)
    multiple = pack.number("ipo_ev_sales_p25")
    inputs: tuple[tuple[str, str | Decimal], ...] = (("revenue", latest.revenue), ("ev_sales", multiple))
    return Method("M6", "market", "used_ev_sales", value, pack.number("loss_maker_weight"), inputs=inputs)


def _nav(case: Case, tier: str, pack: Pack, owned: assets.NetAssets | None) -> Method:
    if owned is None:
        return Method("M7", "asset", "no_balance_sheet")
    trust = _trust(case.latest.source, pack) * (ONE if owned.is_appraised else pack.number("unappraised_weight"))
    return Method(
        "M7",
        "asset",
        "used_nav",
        owned.adjusted_nav,
        base_weight(tier, "M7", pack) * trust,
        min(owned.liquidation_equity, owned.adjusted_nav),
        owned.adjusted_nav,
        (
            ("gross_assets", owned.gross),
            ("liabilities", owned.liabilities),
            ("contingent", owned.contingent),
            ("liquidation_equity", owned.liquidation_equity),
        ),
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
        "M4": _ev_ebitda(case, normal, tier, bridge, pack, shock),
        "M5": _sde(case, normal, appraisal.rates, tier, bridge, pack, shock, appraisal.net_assets),
    }
    return tuple(anew.get(method.id, method) if method.is_used else method for method in appraisal.methods)


def _grid(appraisal: Appraisal, pack: Pack) -> tuple[tuple[Decimal, Decimal, Decimal], ...]:
    """DCF equity by shift of WACC and of terminal growth."""
    if appraisal.drivers is None:
        return ()
    return tuple(
        (wacc, growth, _equity(enterprise, appraisal.bridge, pack))
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
