"""When a value is outside its usual range, so that a colleague looks at it. Thresholds of our own, wide on purpose.

Of the 225 issues behind the model nine in ten were priced at 0.3 to 4.5 times revenue, so 0.05 and 5 are outside what was
seen; a range whose ends are a factor of eight apart is the widest tenth of what the engine gives with thin figures.
"""

from collections.abc import Mapping
from decimal import Decimal

from valuation.types import OddReason

LEAST_OF_REVENUE, MOST_OF_REVENUE = Decimal("0.05"), Decimal(5)
WIDEST, JUMP = Decimal(8), Decimal(2)


def odd_reasons(
    *,
    point: Decimal | None,
    low: Decimal | None,
    high: Decimal | None,
    before: Decimal | None,
    year: Mapping[str, Decimal],
) -> list[OddReason]:
    """Rupees all; `before`: the value before this one; `year`: revenue and pat of the newest year, for twelve months."""
    if point is None:
        return []
    found = []
    revenue = year.get("revenue", Decimal(0))
    if before and (point > before * JUMP or point < before / JUMP):
        found.append(OddReason.JUMP)
    if revenue > 0 and point and not LEAST_OF_REVENUE <= point / revenue <= MOST_OF_REVENUE:
        found.append(OddReason.REVENUE_MULTIPLE)
    if low and high and high > low * WIDEST:
        found.append(OddReason.WIDE)
    if point == 0 and year.get("pat", Decimal(0)) > 0:
        found.append(OddReason.NOTHING)
    return found
