"""Market approach: SME-platform IPOs (M3), private EV/EBITDA (M4), SDE multiple (M5), cross-checks (M6, M8)."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from valuation.engine.pack import Pack
from valuation.engine.v2.arithmetic import CRORE, ZERO, clamp
from valuation.engine.v2.discount import Rates
from valuation.engine.v2.inputs import Case
from valuation.engine.v2.normalisation import Normal
from valuation.engine.v2.regression import Prediction, Regression, sme_ipo_features, us_listing_features

MARKET_ROW = "Total Market (without financials)"


def regression_of(pack: Pack, purpose: str) -> Regression | None:
    """The pack's regression for a method."""
    model = pack.models.get(purpose)
    return None if model is None else _regression(model)


@cache
def _regression(model: Pack) -> Regression:
    """Read once per file."""
    return Regression(model.content)


@dataclass(frozen=True)
class IpoValue:
    """Equity before the issue at the issue price, rupees, with the regression behind it."""

    equity: Decimal
    prediction: Prediction
    clamped: tuple[str, ...]


def sme_ipo_equity(case: Case, normal: Normal, pack: Pack) -> IpoValue:
    """What the SME platform would pay. Profit, net worth and total assets must be known and the first two positive."""
    regression = regression_of(pack, "M3")
    net_worth, assets = case.latest.get("net_worth"), case.latest.get("total_assets")
    assert regression is not None and normal.pat is not None and net_worth is not None and assets is not None
    industry = pack.industry_of(case.firm.nic_code)
    features, clamped = sme_ipo_features(
        revenue=normal.latest.revenue,
        pat=normal.pat,
        net_worth=net_worth,
        total_assets=assets,
        debt=case.latest.get("debt") or ZERO,
        months=case.latest.months,
        sector=industry[4] if industry else "other",
        unit=CRORE,
    )
    prediction = regression.predict(features)
    return IpoValue(normal.latest.revenue * prediction.log.exp(), prediction, clamped)


@dataclass(frozen=True)
class Multiple:
    """A multiple, and the steps to it: (name, value)."""

    value: Decimal
    steps: tuple[tuple[str, str | Decimal], ...]


def private_ev_ebitda(nic_code: str, pack: Pack) -> Multiple:
    """Listed industry EV/EBITDA, held within bounds, x listed-to-SME level x SME-to-private level, held within bounds."""
    number = pack.number
    industry = pack.industry_of(nic_code)
    name = industry[0] if industry else MARKET_ROW
    firms, listed = pack.lookup("ev_ebitda", name) or (0, None)
    if listed is None or firms < number("least_firms"):
        name = MARKET_ROW
        firms, listed = pack.lookup("ev_ebitda", name) or (0, "0")
    held = clamp(Decimal(listed), number("ev_ebitda_industry_lowest"), number("ev_ebitda_industry_highest"))
    private = held * number("sme_level") * number("private_level")
    value = clamp(private, number("ev_ebitda_lowest"), number("ev_ebitda_highest"))
    return Multiple(
        value,
        (
            ("industry", name),
            ("firms", Decimal(firms)),
            ("listed_ev_ebitda", Decimal(listed)),
            ("sme_level", number("sme_level")),
            ("private_level", number("private_level")),
            ("multiple", value),
        ),
    )


def sold_row(nic_code: str, pack: Pack) -> tuple[str, Decimal, Decimal] | None:
    """Name, price/SDE and price/revenue of sold businesses: the sector's, which rests on more sales than the industry's."""
    industry = pack.industry_of(nic_code)
    if industry is None or not industry[2]:
        return None
    for sector, name, sde, revenue in pack.rows("sold"):
        if sector == industry[2] and name == "":
            return sector, Decimal(sde), Decimal(revenue)
    return None


def sde_multiple(case: Case, normal: Normal, rates: Rates, pack: Pack) -> Multiple | None:
    """Multiple of seller's discretionary earnings. None: no sold businesses of this trade are known.

    With a regression in the pack (`M5`): asking price over SDE of US listings at the same purchasing power, x what sales
    bring of the ask. Without: the sector's median sold multiple, x (SDE / reference) ^ slope. Both x company risk.
    """
    number = pack.number
    sold = sold_row(case.firm.nic_code, pack)
    sde = normal.latest.sde
    if sold is None or sde is None or sde <= 0:
        return None
    sector, median, _ = sold
    risk = number("sde_risk_base") - number("sde_risk_per_point") * rates.company_risk
    recurring = case.firm.recurring_revenue
    if recurring is not None and recurring >= number("recurring_threshold"):
        risk += number("sde_risk_recurring")
    risk = clamp(risk, number("sde_risk_lowest"), number("sde_risk_highest"))
    regression = regression_of(pack, "M5")
    steps: list[tuple[str, str | Decimal]] = [("sector", sector)]
    if regression is None:
        size = (number("sde_slope") * (sde / number("sde_reference_inr")).ln()).exp()
        market = median * size
        steps += [("sold_multiple", median), ("size_factor", size)]
    else:
        features = us_listing_features(
            sde=sde, reference=number("sde_reference_inr"), revenue=normal.latest.revenue, sector=sector
        )
        market = regression.predict(features).log.exp() * number("sale_to_ask")
        steps += [("sold_multiple", median), ("regression_multiple", market)]
    value = clamp(market * risk, number("sde_multiple_lowest"), number("sde_multiple_highest"))
    return Multiple(value, (*steps, ("risk_factor", risk), ("multiple", value)))


@dataclass(frozen=True)
class CrossCheck:
    """A rule that is shown and not weighed; rupees of equity, or of the business's assets for the rule of thumb."""

    id: str
    value: Decimal
    multiple: Decimal
    base: Decimal


def cross_checks(case: Case, normal: Normal, net_debt: Decimal | None, pack: Pack) -> tuple[CrossCheck, ...]:
    """M6: medians of the SME-IPO set at the private level; M8: price / revenue of sold businesses of the trade."""
    number = pack.number
    level, revenue = number("private_level"), normal.latest.revenue
    found = []
    if normal.pat is not None and normal.pat > 0:
        found.append(CrossCheck("M6_pe", normal.pat * number("ipo_pe") * level, number("ipo_pe"), normal.pat))
    net_worth = case.latest.get("net_worth")
    if net_worth is not None and net_worth > 0:
        found.append(CrossCheck("M6_pb", net_worth * number("ipo_pb") * level, number("ipo_pb"), net_worth))
    if net_debt is not None:
        value = revenue * number("ipo_ev_sales") * level - net_debt
        found.append(CrossCheck("M6_ev_sales", value, number("ipo_ev_sales"), revenue))
    sold = sold_row(case.firm.nic_code, pack)
    if sold is not None:
        found.append(CrossCheck("M8", revenue * sold[2], sold[2], revenue))
    return tuple(found)


def loss_maker_equity(normal: Normal, net_debt: Decimal, pack: Pack) -> Decimal:
    """EV/Sales at the lower quartile of the SME IPOs, at the private level, less net debt."""
    enterprise = normal.latest.revenue * pack.number("ipo_ev_sales_p25") * pack.number("private_level")
    return enterprise - net_debt
