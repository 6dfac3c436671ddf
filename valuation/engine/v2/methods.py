"""Each method's figure and weight, or why it cannot be used; and the bridge from the firm to its equity."""

from dataclasses import dataclass
from decimal import Decimal

from valuation.engine.pack import Pack
from valuation.engine.v2 import assets, dcf, market
from valuation.engine.v2.arithmetic import ONE, ZERO
from valuation.engine.v2.discount import Rates
from valuation.engine.v2.inputs import Case
from valuation.engine.v2.normalisation import Normal
from valuation.engine.v2.reconciliation import Method, base_weight

LEAST_IPO_REVENUE, MOST_IPO_REVENUE = Decimal(50_000_000), Decimal(5_000_000_000)
MICRO_ALONE = Decimal("0.80")


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


def bridge_of(case: Case, pack: Pack) -> Bridge:
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


def income_methods(
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
        enterprise = dcf.capitalised_earnings(rates, normal.maintainable, latest.depreciation)
        method = Method(
            "M2",
            "income",
            "used_capitalised",
            control_equity(enterprise, bridge, pack),
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
        low, high = control_equity(tenth, bridge, pack), control_equity(ninth, bridge, pack)
    method = Method(
        "M1",
        "income",
        "used_dcf",
        control_equity(result.enterprise_value, bridge, pack),
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


def control_equity(enterprise: Decimal, bridge: Bridge, pack: Pack) -> Decimal:
    """A control stake: less net debt and probable claims, less the discount for lack of marketability (A-9)."""
    if bridge.net_debt is None:
        return enterprise
    return (enterprise - bridge.net_debt - bridge.contingent) * (ONE - pack.number("dlom_control"))


def sme_ipo_method(case: Case, normal: Normal, tier: str, pack: Pack) -> tuple[market.IpoValue | None, Method]:
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


def ev_ebitda_method(case: Case, normal: Normal, tier: str, bridge: Bridge, pack: Pack, shock: Shock) -> Method:
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


def sde_method(
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


def ev_sales_method(normal: Normal, bridge: Bridge, pack: Pack) -> Method:
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


def nav_method(case: Case, tier: str, pack: Pack, owned: assets.NetAssets | None) -> Method:
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
