"""A regression from a coefficient file: a formula in logarithms, and a smooth correction from similar cases.

ln(target / scale) = intercept + sum of coefficient x feature + sum of category and word coefficients
                   + sum over landmarks of weight x exp(-|z - z_i|^2 / (2 l^2)),   z: standardised features.

Without landmarks it is a plain linear formula. `valuation.learning` fits such files; this module alone predicts from them, in
products, benchmarks and backtests alike.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from valuation.engine.v2.arithmetic import ZERO, clamp

KERNEL = Context(prec=16, rounding=ROUND_HALF_EVEN)  # more than the weights have, and twice as fast as 28 digits
FARTHEST = Decimal(-20)  # beyond it a landmark adds nothing that is kept


@dataclass(frozen=True)
class Features:
    """Of one case: numbers by name, categories by name, words, and `size`, by which bands differ (a logarithm)."""

    numbers: Mapping[str, Decimal]
    categories: Mapping[str, str]
    words: frozenset[str]
    size: Decimal


@dataclass(frozen=True)
class Prediction:
    """`log`: ln(target / scale). `terms` add up to it. `low`, `high`: logs to add for the 80 % band."""

    log: Decimal
    terms: tuple[tuple[str, Decimal], ...]
    low: Decimal
    high: Decimal


class Regression:
    """A coefficient file made ready; numbers are read once."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.intercept = Decimal(content["intercept"])
        self.names = [row["name"] for row in content["features"]]
        self.centre = [Decimal(row["centre"]) for row in content["features"]]
        self.spread = [Decimal(row["spread"]) for row in content["features"]]
        self.linear = [Decimal(row["coefficient"]) for row in content["features"]]
        self.categories = {
            name: {level: Decimal(value) for level, value in levels.items()}
            for name, levels in content.get("categories", {}).items()
        }
        self.words = {word: Decimal(value) for word, value in content.get("words", {}).items()}
        landmarks = content.get("landmarks", {"length": "1", "rows": []})
        self.steepness = -1 / (2 * Decimal(landmarks["length"]) ** 2)
        self.mixing = {name: Decimal(value) for name, value in landmarks.get("mixing", {}).items()}
        self.landmarks = [
            ([Decimal(value) for value in row["at"]], Decimal(row["weight"]), row.get("categories", {}))
            for row in landmarks["rows"]
        ]
        self.band_edges = [Decimal(edge) for edge in content["band"]["edges"]]
        self.band = [(Decimal(low), Decimal(high)) for low, high in content["band"]["quantiles"]]

    def predict(self, features: Features) -> Prediction:
        """`Features.numbers` must have every feature of the file."""
        z = [
            (features.numbers[name] - centre) / spread
            for name, centre, spread in zip(self.names, self.centre, self.spread, strict=True)
        ]
        terms = [("const", self.intercept)]
        terms += [
            (name, coefficient * value) for name, coefficient, value in zip(self.names, self.linear, z, strict=True)
        ]
        for name, levels in self.categories.items():
            terms.append((name, levels.get(features.categories.get(name, ""), ZERO)))
        if self.words:
            length = Decimal(len(features.words) + 1).sqrt()
            known = sum((self.words[word] for word in sorted(features.words) if word in self.words), ZERO)
            terms.append(("words", known / length))
        if self.landmarks:
            terms.append(("similar_cases", self._correction(z, features.categories)))
        low, high = self.band_at(features.size)
        return Prediction(sum((value for _, value in terms), ZERO), tuple(terms), low, high)

    def _correction(self, z: list[Decimal], categories: Mapping[str, str]) -> Decimal:
        total = ZERO
        for at, weight, levels in self.landmarks:
            distance = sum(((a - b) * (a - b) for a, b in zip(z, at, strict=True)), ZERO)
            exponent = distance * self.steepness
            if exponent < FARTHEST:
                continue
            closeness = exponent.exp(KERNEL)
            if self.mixing:
                closeness *= 1 + sum(
                    (
                        share
                        for name, share in self.mixing.items()
                        if categories.get(name) is not None and categories.get(name) == levels.get(name)
                    ),
                    ZERO,
                )
            total += weight * closeness
        return total

    def band_at(self, size: Decimal) -> tuple[Decimal, Decimal]:
        """Log quantiles of the out-of-fold residuals for firms of this size."""
        return self.band[sum(1 for edge in self.band_edges if size > edge)]


def sme_ipo_features(
    *,
    revenue: Decimal,
    pat: Decimal,
    net_worth: Decimal,
    total_assets: Decimal,
    debt: Decimal,
    months: int,
    sector: str,
    unit: Decimal,
) -> tuple[Features, tuple[str, ...]]:
    """Features of the regression on SME-platform IPOs, and which ratios were held within their bounds.

    Amounts in any one unit, annualised; `unit` is one crore rupees in it. Bounds: margin 0.2-60 %, net worth / revenue
    0.02-5, total assets / revenue 0.05-10 (VALUATION.md 4.6, M3).
    """
    ratios = {
        "margin": (pat / revenue, "0.002", "0.60", "0.08"),
        "net_worth_to_revenue": (net_worth / revenue, "0.02", "5", "0.3"),
        "total_assets_to_revenue": (total_assets / revenue, "0.05", "10", "0.7"),
    }
    numbers = {"ln_revenue": (revenue / unit / 80).ln()}
    clamped = []
    for name, (ratio, low, high, reference) in ratios.items():
        used = clamp(ratio, Decimal(low), Decimal(high))
        numbers[f"ln_{name}"] = (used / Decimal(reference)).ln()
        if used != ratio:
            clamped.append(name)
    numbers["stub"] = Decimal(12 - months) / 12
    numbers["ln_debt"] = (1 + clamp(debt / revenue, ZERO, Decimal(5))).ln()
    return Features(numbers, {"sector": sector}, frozenset(), numbers["ln_revenue"]), tuple(clamped)


def us_listing_features(
    *,
    sde: Decimal,
    reference: Decimal,
    revenue: Decimal | None,
    sector: str,
    state: str = "",
    is_seller_financed: bool = False,
    includes_property: bool = False,
    title: Iterable[str] = (),
) -> Features:
    """Features of the regression on US asking prices: SDE against its reference, in any one currency."""
    numbers = {
        "ln_sde": (sde / reference).ln(),
        "seller_finance": Decimal(int(is_seller_financed)),
        "property": Decimal(int(includes_property)),
        "ln_sde_margin": ZERO,
        "has_revenue": Decimal(int(revenue is not None)),
    }
    if revenue is not None:
        numbers["ln_sde_margin"] = (clamp(sde / revenue, Decimal("0.02"), Decimal(1)) / Decimal("0.3")).ln()
    return Features(numbers, {"sector": sector, "state": state}, frozenset(title), numbers["ln_sde"])
