"""The SME-platform listings that look most like the firm: a reader's check of M3, which does not use this choice."""

from decimal import Decimal
from functools import cache
from typing import Any

from valuation.engine.pack import Pack
from valuation.engine.v2.arithmetic import CRORE, ZERO, deviation
from valuation.engine.v2.inputs import Case
from valuation.engine.v2.normalisation import Normal

Position = tuple[Decimal, Decimal, Decimal]
COUNT = 10
COLUMNS = ("sector", "year", "revenue_crore", "margin", "net_worth_to_revenue", "pe")


def nearest(case: Case, normal: Normal, pack: Pack) -> list[dict[str, Any]]:
    """Ten, the firm's own sector first, then by distance in standardised ln revenue, margin and net worth / revenue.

    Empty where the firm's profit or net worth is not positive, or the pack has no listings.
    """
    net_worth, pat = case.latest.get("net_worth"), normal.pat
    table = pack.content["tables"].get("comparables")
    if table is None or net_worth is None or net_worth <= 0 or pat is None or pat <= 0:
        return []
    revenue = normal.latest.revenue
    own = _position(revenue / CRORE, pat / revenue, net_worth / revenue)
    rows, places, spreads = _table(pack)
    industry = pack.industry_of(case.firm.nic_code)
    sector = industry[4] if industry else "other"
    scored = []
    for number, (row, place) in enumerate(zip(rows, places, strict=True)):
        distance = sum((((a - b) / spread) ** 2 for a, b, spread in zip(own, place, spreads, strict=True)), ZERO).sqrt()
        scored.append((row["sector"] != sector, distance, number, row))
    scored.sort(key=lambda item: item[:3])
    return [
        {**row, "is_same_sector": not is_other, "distance": str(distance.quantize(Decimal("0.01")))}
        for is_other, distance, _, row in scored[:COUNT]
    ]


@cache
def _table(pack: Pack) -> tuple[list[dict[str, str]], list[Position], list[Decimal]]:
    """The pack's listings, where they stand, and the standard deviation of each axis."""
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in pack.rows("comparables")]
    places = [
        _position(Decimal(row["revenue_crore"]), Decimal(row["margin"]), Decimal(row["net_worth_to_revenue"]))
        for row in rows
    ]
    return rows, places, [deviation([place[axis] for place in places]) for axis in range(3)]


def _position(revenue_crore: Decimal, margin: Decimal, net_worth_to_revenue: Decimal) -> Position:
    return revenue_crore.ln(), margin, net_worth_to_revenue
