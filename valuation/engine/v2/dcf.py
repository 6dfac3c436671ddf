"""Income approach: DCF of free cash flow to the firm with mid-year discounting (M1), capitalised earnings (M2).

FCFF_t = NOPAT_t - (k + n)(R_t - R_{t-1}); NOPAT_t = R_t (m - d)(1 - t). Growth fades in a straight line from g_1 to g_T, which
holds from the sixth year on. TV = NOPAT_6 (1 - g_T / RONIC) / (WACC - g_T) with RONIC = WACC, so growth after the fifth
year adds no value. Source: the value-driver formula of the textbooks (Damodaran; Koller, Goedhart, Wessels).
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from valuation.engine.pack import Pack
from valuation.engine.v2.arithmetic import ONE, ZERO, clamp, deviation, power
from valuation.engine.v2.discount import Rates
from valuation.engine.v2.inputs import CURRENT_ASSETS, CURRENT_LIABILITIES, FIXED_ASSETS, Case
from valuation.engine.v2.normalisation import Normal

YEARS = 5
HALF = Decimal("0.5")


@dataclass(frozen=True)
class Drivers:
    """Of a forecast: rupees and fractions. `capital`: fixed and working capital per rupee of revenue; where it is not known,
    reinvestment is growth over `return_on_capital` of NOPAT."""

    revenue: Decimal
    margin: Decimal
    depreciation_rate: Decimal
    growth: Decimal
    terminal_growth: Decimal
    tax: Decimal
    wacc: Decimal
    capital: Decimal | None
    return_on_capital: Decimal


@dataclass(frozen=True)
class ForecastYear:
    growth: Decimal
    revenue: Decimal
    ebitda: Decimal
    nopat: Decimal
    reinvestment: Decimal
    fcff: Decimal
    discount_factor: Decimal


@dataclass(frozen=True)
class Forecast:
    """Rupees. `enterprise_value` = `explicit` (five years) + `terminal` at present value."""

    years: tuple[ForecastYear, ...]
    explicit: Decimal
    terminal_nopat: Decimal
    terminal_value: Decimal
    enterprise_value: Decimal


def forecast(drivers: Drivers) -> Forecast:
    tax, wacc, last_growth = drivers.tax, drivers.wacc, drivers.terminal_growth
    after_tax = (drivers.margin - drivers.depreciation_rate) * (ONE - tax)
    revenue, explicit, rows = drivers.revenue, ZERO, []
    factors = discount_factors(wacc)
    for step, factor in enumerate(factors):
        growth = drivers.growth - (drivers.growth - last_growth) * step / YEARS
        before, revenue = revenue, revenue * (ONE + growth)
        nopat = revenue * after_tax
        if drivers.capital is not None:
            reinvestment = drivers.capital * (revenue - before)
        else:
            reinvestment = max(growth, ZERO) / drivers.return_on_capital * nopat
        fcff = nopat - reinvestment
        explicit += fcff * factor
        rows.append(ForecastYear(growth, revenue, revenue * drivers.margin, nopat, reinvestment, fcff, factor))
    nopat = revenue * (ONE + last_growth) * after_tax
    terminal = terminal_value(nopat, last_growth, wacc, return_on_capital=wacc)
    return Forecast(tuple(rows), explicit, nopat, terminal, explicit + terminal * factors[-1])


def discount_factors(rate: Decimal, *, is_mid_year: bool = True) -> list[Decimal]:
    """1 / (1 + rate) ^ t for five years, t = 0.5, 1.5, ... or 1, 2, ..."""
    one_year = ONE / (ONE + rate)
    factors = [power(ONE + rate, -HALF) if is_mid_year else one_year]
    while len(factors) < YEARS:
        factors.append(factors[-1] * one_year)
    return factors


def terminal_value(nopat: Decimal, growth: Decimal, wacc: Decimal, *, return_on_capital: Decimal) -> Decimal:
    """Value driver formula: NOPAT of the year after x (1 - g / RONIC) / (WACC - g), at the end of the last year."""
    return nopat * (ONE - growth / return_on_capital) / (wacc - growth)


def drivers_of(case: Case, normal: Normal, rates: Rates, pack: Pack) -> Drivers:
    """The base case. The margin and the rate of depreciation must be known."""
    assert normal.margin is not None and normal.depreciation_rate is not None
    return Drivers(
        normal.latest.revenue,
        normal.margin,
        normal.depreciation_rate,
        first_growth(case, normal, pack),
        rates.terminal_growth,
        rates.tax,
        rates.wacc,
        capital_per_revenue(case, normal),
        pack.number("return_on_capital"),
    )


def first_growth(case: Case, normal: Normal, pack: Pack) -> Decimal:
    """g_1: the past, held within bounds, blended with the economy's growth (A-7); a shrinking firm goes on shrinking."""
    if case.growth is not None:
        return case.growth
    assert normal.cagr is not None
    lowest, highest = pack.number("growth_cagr_lowest"), pack.number("growth_cagr_highest")
    if normal.cagr < lowest:
        return max(normal.cagr, pack.number("growth_decline_floor"))
    weight = pack.number("growth_cagr_weight")
    return weight * clamp(normal.cagr, lowest, highest) + (1 - weight) * pack.number("growth_long_run")


def capital_per_revenue(case: Case, normal: Normal) -> Decimal | None:
    """(fixed assets + non-cash working capital) / revenue of the latest balance sheet."""
    fixed = case.latest.total(FIXED_ASSETS)
    tied = [case.latest.get(name) for name in ("receivables", "inventory")]
    owed = case.latest.get("payables")
    if fixed is None or None in tied or owed is None:
        return None
    working = sum((case.latest.get(name) or ZERO for name in CURRENT_ASSETS), ZERO)
    working -= sum((case.latest.get(name) or ZERO for name in CURRENT_LIABILITIES), ZERO)
    return (fixed + working) / normal.latest.revenue


def capitalised_earnings(rates: Rates, ebitda: Decimal, depreciation: Decimal) -> Decimal:
    """M2: enterprise value, (EBITDA - depreciation)(1 - t)(1 + g_T) / (WACC - g_T)."""
    growth = rates.terminal_growth
    return (ebitda - depreciation) * (ONE - rates.tax) * (ONE + growth) / (rates.wacc - growth)


def wacc_growth_grid(drivers: Drivers) -> list[tuple[Decimal, Decimal, Decimal]]:
    """(shift of WACC, shift of terminal growth, enterprise value) for +-2 and +-1 points."""
    shifts = [
        (wacc, growth)
        for wacc in (Decimal("-0.02"), ZERO, Decimal("0.02"))
        for growth in (Decimal("-0.01"), ZERO, Decimal("0.01"))
    ]
    return [
        (
            wacc,
            growth,
            forecast(
                replace(drivers, wacc=drivers.wacc + wacc, terminal_growth=drivers.terminal_growth + growth)
            ).enterprise_value,
        )
        for wacc, growth in shifts
        if drivers.wacc + wacc - drivers.terminal_growth - growth > 0
    ]


def three_point_spread(drivers: Drivers, normal: Normal, pack: Pack) -> tuple[Decimal, Decimal, Decimal]:
    """P10, P50, P90 of the enterprise value: Pearson-Tukey points (P5, P50, P95 with .185, .63, .185) on growth, margin and WACC.

    Source of the weights: Keefer and Bodily 1983. No random numbers, so the same input gives the same spread.
    """
    margins = [year.margin for year in normal.years[: normal.known] if year.margin is not None]
    wobble = deviation(margins) * Decimal("1.645") if len(margins) > 1 else ZERO
    spread_of_margin = max(abs(drivers.margin) * pack.number("three_point_margin"), wobble)
    weights = (Decimal("0.185"), Decimal("0.63"), Decimal("0.185"))
    signs = (-ONE, ZERO, ONE)
    outcomes = []
    for growth_weight, growth in zip(weights, signs, strict=True):
        for margin_weight, margin in zip(weights, signs, strict=True):
            for wacc_weight, wacc in zip(weights, signs, strict=True):
                floor = drivers.terminal_growth + pack.number("least_spread")
                case = replace(
                    drivers,
                    growth=drivers.growth + growth * pack.number("three_point_growth"),
                    margin=drivers.margin + margin * spread_of_margin,
                    wacc=max(drivers.wacc + wacc * pack.number("three_point_wacc"), floor),
                )
                outcomes.append((forecast(case).enterprise_value, growth_weight * margin_weight * wacc_weight))
    outcomes.sort()
    tenth, half, ninth = (_quantile(outcomes, Decimal(share)) for share in ("0.10", "0.50", "0.90"))
    return tenth, half, ninth


def _quantile(outcomes: list[tuple[Decimal, Decimal]], share: Decimal) -> Decimal:
    reached = ZERO
    for value, weight in outcomes:
        reached += weight
        if reached >= share:
            return value
    return outcomes[-1][0]
