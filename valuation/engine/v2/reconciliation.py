"""From methods to one value: tiers, weights, the calibrated 80 % band, the quality of the figures (VALUATION.md 4.7, 4.8)."""

from dataclasses import dataclass
from decimal import Decimal

from valuation.engine.pack import Pack
from valuation.engine.v2.arithmetic import ONE, ZERO, deviation, mean
from valuation.engine.v2.checks import differs_from_gst
from valuation.engine.v2.inputs import Case
from valuation.engine.v2.normalisation import Normal

QUARTER, HALF = Decimal("0.25"), Decimal("0.5")
QUALITY_OF_YEARS = (0, 5, 10, 20, 25, 25)


@dataclass(frozen=True)
class Method:
    """One method. `value`: equity in rupees, None where it cannot be used. `base`: weight before renormalising.

    `low`, `high`: the method's own 80 % range where it has one. `reason`: key of `texts.REASONS`.
    """

    id: str
    approach: str
    reason: str
    value: Decimal | None = None
    base: Decimal = ZERO
    low: Decimal | None = None
    high: Decimal | None = None
    inputs: tuple[tuple[str, str | Decimal], ...] = ()

    @property
    def is_used(self) -> bool:
        return self.value is not None and self.base > 0


@dataclass(frozen=True)
class Weighed:
    """Weights and contributions of the used methods, by id, and their sum, which may be negative."""

    weights: dict[str, Decimal]
    contributions: dict[str, Decimal]
    value: Decimal


def tier_of(normal: Normal, pack: Pack) -> str:
    """micro, small or medium by the latest year (A-1)."""
    revenue, sde = normal.latest.revenue, normal.latest.sde
    tier = "medium"
    for name, rule, edge in pack.rows("tiers"):
        measured = revenue if rule == "revenue_at_most" else sde
        if measured is not None and measured <= Decimal(edge):
            tier = name
            break
    return tier


def base_weight(tier: str, method: str, pack: Pack) -> Decimal:
    for row_tier, row_method, weight in pack.rows("weights"):
        if row_tier == tier and row_method == method:
            return Decimal(weight)
    return ZERO


def weigh(methods: tuple[Method, ...]) -> Weighed | None:
    """Arithmetic mean with renormalised weights, so that contributions add up (A-16). None: no method is used."""
    used = [method for method in methods if method.is_used]
    total = sum((method.base for method in used), ZERO)
    if not used:
        return None
    weights = {method.id: method.base / total for method in used}
    parts = {method.id: weights[method.id] * method.value for method in used if method.value is not None}
    return Weighed(weights, parts, sum(parts.values(), ZERO))


def spread_of(methods: tuple[Method, ...]) -> Decimal | None:
    """Highest over lowest of the used methods with a positive value; None with fewer than two of them."""
    values = [method.value for method in methods if method.is_used and method.value is not None and method.value > 0]
    return max(values) / min(values) if len(values) > 1 else None


@dataclass(frozen=True)
class Band:
    low: Decimal
    high: Decimal


def band(value: Decimal, tails: tuple[Decimal, Decimal], spread: Decimal | None, widening: Decimal) -> Band:
    """80 %: V exp(-k a) to V exp(k b). `tails`: (-a, b) in logs; each at least a quarter of ln(highest / lowest method)."""
    least = QUARTER * spread.ln() if spread is not None else ZERO
    low, high = max(-tails[0], least), max(tails[1], least)
    return Band(value * (-widening * low).exp(), value * (widening * high).exp())


def widening_for(quality: int, pack: Pack) -> Decimal:
    """k: the house factor (A-17), up to half again for poor figures."""
    return pack.number("band_widening") * (ONE + HALF * (ONE - Decimal(quality) / 100))


def quality_of(case: Case, normal: Normal, pack: Pack) -> tuple[tuple[str, int, int], ...]:
    """Points out of 100 by part: (name, points, most)."""
    years = QUALITY_OF_YEARS[min(len(case.years), 5)]
    source = int((pack.lookup("source_weights", case.latest.source) or ["0", "0"])[1])
    has_sheet = case.latest.has_balance_sheet
    known = [year.margin for year in normal.years if year.margin is not None]
    stability = 0
    if len(known) >= 2 and mean(known) > 0:
        variation = deviation(known) / mean(known)
        stability = 10 if variation < QUARTER else 5 if variation < HALF else 0
    items = [item for year in case.years for item in year.adjustments]
    gst = 15 if case.firm.gst_turnover is not None and not differs_from_gst(case) else 0
    checked = gst or (15 if case.firm.has_filed_returns or case.latest.source == "filed" else 0)
    return (
        ("years", years, 25),
        ("source", source, 25),
        ("balance_sheet", 15 if has_sheet else 0, 15),
        ("cross_check", checked, 15),
        ("adjustments", 10 if all(item.is_evidenced for item in items) else 0, 10),
        ("stability", stability, 10),
    )
