"""Asset approach: adjusted net asset value (M7), and what a liquidation would leave."""

from dataclasses import dataclass
from decimal import Decimal

from valuation.engine.pack import Pack
from valuation.engine.v2.arithmetic import ONE, ZERO
from valuation.engine.v2.inputs import ASSETS, Case


@dataclass(frozen=True)
class AssetLine:
    """One class of assets: what it stands at, and what it brings, going concern and liquidation. Rupees."""

    name: str
    basis: Decimal
    going_concern: Decimal
    liquidation: Decimal


@dataclass(frozen=True)
class NetAssets:
    lines: tuple[AssetLine, ...]
    gross: Decimal
    liabilities: Decimal
    contingent: Decimal
    adjusted_nav: Decimal
    liquidation_equity: Decimal
    is_appraised: bool


def contingent_of(case: Case, pack: Pack) -> Decimal:
    """Contingent liabilities x their probability."""
    probability = case.firm.contingent_probability
    if probability is None:
        probability = pack.number("contingent_probability")
    return (case.latest.get("contingent") or ZERO) * probability


def net_assets(case: Case, pack: Pack) -> NetAssets | None:
    """None without a balance sheet. Land and plant at market value where one is given (A-14)."""
    year, firm = case.latest, case.firm
    if not year.has_balance_sheet:
        return None
    lines = []
    for name in ASSETS:
        booked = year.get(name)
        if booked is None:
            continue
        row, basis, going_concern = name, booked, None
        if name == "land_building":
            if firm.land_building_market is not None:
                basis = firm.land_building_market
            if firm.land_building_market is None or not firm.is_land_appraised:
                row = "land_building_unappraised"
        if name == "plant" and firm.plant_appraised is not None:
            basis, going_concern = firm.plant_appraised, firm.plant_appraised
        factors = pack.lookup("nav", row) or ["0", "0"]
        lines.append(
            AssetLine(
                name,
                basis,
                basis * Decimal(factors[0]) if going_concern is None else going_concern,
                basis * Decimal(factors[1]),
            )
        )
    owed = ("payables", "other_liabilities", "debt", "related_loans")
    liabilities = sum((year.get(name) or ZERO for name in owed), ZERO)
    contingent = contingent_of(case, pack)
    gross = sum((line.going_concern for line in lines), ZERO)
    sold = sum((line.liquidation for line in lines), ZERO) * (ONE - pack.number("liquidation_costs"))
    land = year.get("land_building") or firm.land_building_market or ZERO
    return NetAssets(
        tuple(lines),
        gross,
        liabilities,
        contingent,
        gross - liabilities - contingent,
        sold - liabilities - contingent,
        land == 0 or firm.is_land_appraised,
    )
