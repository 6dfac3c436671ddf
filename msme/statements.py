"""What follows from a year's lines: EBITDA, add-backs, SDE, and whether the totals add up.

Plain arithmetic in rupees; no database. A line that is None is not known, which is not the same as zero.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from msme.types import ADD_BACK_SIGNS, ASSETS, BELOW_EBITDA, COSTS, LIABILITIES, AddBackKind
from msmebazaar.core.exceptions import N_, FieldFault
from msmebazaar.core.types import Money

IDENTITY_TOLERANCE, LEAST_TOLERANCE = Decimal("0.01"), Decimal(1000)  # E_PNL_IDENTITY: 1 % or ₹1,000 (VALUATION.md 4.3)

Lines = Mapping[str, Decimal | None]


@dataclass(frozen=True)
class Earnings:
    """Of one year, rupees; None where the lines do not tell.

    `ebitda_inr`: revenue less operating costs, without other income. `adjusted_ebitda_inr`: with all add-backs.
    `sde_inr`: adjusted EBITDA and the market salary of one owner (VALUATION.md 4.4).
    """

    ebitda_inr: Decimal | None
    adjusted_ebitda_inr: Decimal | None
    sde_inr: Decimal | None
    margin: Decimal | None


def earnings(lines: Lines, add_backs: Iterable[tuple[str, Decimal]]) -> Earnings:
    """From the lines of a year and its add-backs (kind, signed amount)."""
    reported = ebitda(lines)
    if reported is None:
        return Earnings(None, None, None, None)
    items = list(add_backs)
    adjusted = reported + sum((amount for _, amount in items), Decimal(0))
    one_owner = max((-amount for kind, amount in items if kind == AddBackKind.MARKET_SALARY), default=Decimal(0))
    revenue = lines["revenue_inr"]
    margin = (adjusted / revenue).quantize(Decimal("0.0001")) if revenue else None
    return Earnings(reported, adjusted, adjusted + one_owner, margin)


def ebitda(lines: Lines) -> Decimal | None:
    """From above (revenue less all costs), or else from below (profit, tax, interest, depreciation added back)."""
    costs = _all_known(lines, COSTS)
    revenue, pat = lines["revenue_inr"], lines["pat_inr"]
    if costs is not None and revenue is not None:
        return revenue - costs
    below = _all_known(lines, BELOW_EBITDA)
    if below is not None and pat is not None:
        return pat + below - (lines.get("other_income_inr") or 0) - (lines.get("exceptional_inr") or 0)
    return None


def _all_known(lines: Lines, names: Iterable[str]) -> Decimal | None:
    found = [lines.get(name) for name in names]
    return None if None in found else sum((amount for amount in found if amount is not None), Decimal(0))


def faults(lines: Lines, add_backs: Iterable[tuple[str, Decimal]]) -> list[FieldFault]:
    """Every total that its parts contradict, with the sum; and add-backs of the wrong sign."""
    return [*_profit_faults(lines), *_balance_faults(lines), *_part_faults(lines), *_add_back_faults(add_backs)]


def _profit_faults(lines: Lines) -> list[FieldFault]:
    costs, below = _all_known(lines, COSTS), _all_known(lines, BELOW_EBITDA)
    revenue, pat = lines["revenue_inr"], lines["pat_inr"]
    if costs is None or below is None or revenue is None or pat is None:
        return []
    income = revenue + (lines.get("other_income_inr") or 0) + (lines.get("exceptional_inr") or 0)
    found = income - costs - below
    if abs(found - pat) <= max(abs(revenue) * IDENTITY_TOLERANCE, LEAST_TOLERANCE):
        return []
    message = N_(
        "Income less all costs, interest, depreciation and tax is %(sum)s, but the profit is given as %(pat)s."
    )
    return [FieldFault("pat_inr", "profit_mismatch", message, _words(sum=found, pat=pat))]


def _balance_faults(lines: Lines) -> list[FieldFault]:
    total, net_worth = lines["total_assets_inr"], lines["net_worth_inr"]
    if total is None or net_worth is None:
        return []
    found = []
    tolerance = max(total * IDENTITY_TOLERANCE, LEAST_TOLERANCE)
    assets = _all_known(lines, ASSETS)
    if assets is not None and abs(assets - total) > tolerance:
        message = N_("The assets add up to %(sum)s, but total assets are given as %(total)s.")
        found.append(FieldFault("total_assets_inr", "assets_mismatch", message, _words(sum=assets, total=total)))
    others = _all_known(lines, LIABILITIES)
    if others is not None:
        claims = net_worth + (lines.get("debt_inr") or 0) + others
        if abs(claims - total) > tolerance:
            message = N_(
                "Net worth, debt, payables and other liabilities add up to %(sum)s; total assets are %(total)s."
            )
            found.append(FieldFault("net_worth_inr", "balance_mismatch", message, _words(sum=claims, total=total)))
    return found


def _part_faults(lines: Lines) -> list[FieldFault]:
    """A part that is larger than the whole it lies in."""
    pay, total = lines.get("owner_remuneration_inr"), lines["total_assets_inr"]
    room = [lines.get("employee_cost_inr"), lines.get("other_opex_inr")]
    found = []
    if pay is not None and None not in room and pay > sum(part for part in room if part is not None):
        message = N_("The owner's pay is part of employee cost or other expenses and cannot be more than both.")
        found.append(FieldFault("owner_remuneration_inr", "exceeds_costs", message))
    for name in ASSETS:
        amount = lines.get(name)
        if amount is not None and total is not None and amount > total > 0:
            found.append(
                FieldFault(name, "exceeds_assets", N_("This is part of total assets and cannot be more than them."))
            )
    return found


def _add_back_faults(add_backs: Iterable[tuple[str, Decimal]]) -> list[FieldFault]:
    found = []
    for number, (kind, amount) in enumerate(add_backs):
        sign = ADD_BACK_SIGNS[kind]
        if amount == 0 or sign * amount < 0:
            plus = N_("This add-back raises EBITDA; give a positive amount.")
            minus = N_("This add-back lowers EBITDA; give a negative amount.")
            message = plus if sign >= 0 else minus
            found.append(FieldFault(f"add_backs.{number}.amount_inr", "sign", message))
    return found


def _words(**amounts: Decimal) -> dict[str, str | int]:
    return {name: Money(amount).grouped() for name, amount in amounts.items()}
