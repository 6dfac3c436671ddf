"""What is refused before anything is computed: every fault at once, each with the field to mend (VALUATION.md 4.3)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from valuation.engine.pack import Pack
from valuation.engine.v2.arithmetic import ZERO
from valuation.engine.v2.findings import Finding, year_name
from valuation.engine.v2.inputs import ASSETS, BELOW_EBITDA, COSTS, NEVER_NEGATIVE, Case, Year
from valuation.engine.v2.normalisation import OWNER_PAY, reported_ebitda

EXCLUDED_DIVISIONS = ("64", "65", "66", "84", "94", "97", "98", "99")
ASSET_ONLY_DIVISIONS = ("68",)
# Numbers that NIC-2008 gives to no division.
NO_DIVISIONS = ("00", "04", "34", "40", "44", "48", "54", "57", "67", "76", "83", "89")
FEWEST_MONTHS = 6
LEAST_ASSETS, MOST_ASSETS = Decimal("0.05"), Decimal(20)
YEAR_JUMP = Decimal(30)
LEAST_PER_EMPLOYEE, MOST_PER_EMPLOYEE = Decimal(25_000), Decimal(100_000_000)
LEAST_REVENUE, MOST_REVENUE = Decimal(50_000), Decimal(5_000_000_000)
TOLERANCE, LEAST_TOLERANCE = Decimal("0.01"), Decimal(1000)
GST_TOLERANCE = Decimal("0.15")
ADJUSTMENT_FREE = Decimal(500_000)
STALE_MONTHS, PACK_STALE_MONTHS, PACK_AGED_MONTHS = 18, 15, 6


def refusals(case: Case, pack: Pack) -> tuple[Finding, ...]:
    """All faults; empty when the case can be valued."""
    found = [*_facts(case), *_pack_age(case, pack)]
    if not case.years or any((year.get("revenue") or ZERO) <= 0 for year in case.years):
        return (*found, Finding("E_REVENUE_MISSING", "revenue"))
    return (*found, *_periods(case), *_units(case), *_accounts(case), *_adjustments(case))


def _facts(case: Case) -> Iterator[Finding]:
    firm = case.firm
    nic = firm.nic_code
    if not (nic.isascii() and nic.isdigit() and 2 <= len(nic) <= 5) or nic[:2] in NO_DIVISIONS:
        yield Finding("E_NIC_UNKNOWN", "nic_code", words={"nic": nic})
    elif nic[:2] in EXCLUDED_DIVISIONS:
        yield Finding("E_SECTOR_EXCLUDED", "nic_code", words={"nic": nic})
    if firm.currency != "INR":
        yield Finding("E_CURRENCY", "currency")
    if not ZERO < firm.share_offered <= 1:
        yield Finding("E_SHARE_RANGE", "share_offered")
    if case.valuation_date > case.today or (case.today - case.valuation_date).days > 366:
        yield Finding("E_DATE", "valuation_date")


def months_between(first: date, second: date) -> int:
    """Whole months from the first day to the second."""
    return (second.year - first.year) * 12 + second.month - first.month - (second.day < first.day)


def _pack_age(case: Case, pack: Pack) -> Iterator[Finding]:
    if months_between(date.fromisoformat(pack.content["market_data_of"]), case.valuation_date) >= PACK_STALE_MONTHS:
        yield Finding("E_MARKET_DATA_STALE", "valuation_date")


def _periods(case: Case) -> Iterator[Finding]:
    years = [year.fiscal_year for year in case.years]
    for year in sorted({year for year in years if years.count(year) > 1}):
        yield Finding("E_PERIOD_DUPLICATE", "fiscal_year", words={"year": year_name(year)})
    for year in range(min(years), max(years)):
        if year not in years:
            yield Finding("E_PERIOD_GAP", "fiscal_year", words={"year": year_name(year)})
    latest = case.latest
    name = {"year": year_name(latest.fiscal_year)}
    if latest.ends_on > case.valuation_date:
        yield Finding("E_PERIOD_FUTURE", "months", words=name)
    elif months_between(latest.ends_on, case.valuation_date) >= STALE_MONTHS:
        yield Finding("E_PERIOD_STALE", "fiscal_year", words=name)
    if latest.months < FEWEST_MONTHS:
        yield Finding("E_TOO_YOUNG", "months")


def _units(case: Case) -> Iterator[Finding]:
    for year in case.years:
        revenue, assets = year.annual("revenue") or ZERO, year.get("total_assets")
        if assets is not None and not LEAST_ASSETS <= assets / revenue <= MOST_ASSETS:
            amounts = {"assets": assets, "revenue": revenue}
            yield Finding("E_UNIT_INCONSISTENT", "total_assets", amounts, words={"year": year_name(year.fiscal_year)})
    by_year = {year.fiscal_year: year for year in case.years}
    for number in sorted(by_year):
        before = by_year.get(number - 1)
        if before is None:
            continue
        for name in ("revenue", "total_assets"):
            first, second = _comparable(before, name), _comparable(by_year[number], name)
            if first and second and first > 0 and second > 0 and not 1 / YEAR_JUMP < second / first < YEAR_JUMP:
                amounts = {"before": first, "after": second}
                yield Finding("E_UNIT_YEAR_JUMP", name, amounts, {"name": name}, {"year": year_name(number)})
    revenue, employees = case.latest.annual("revenue") or ZERO, case.firm.employees
    per_head = revenue / employees if employees else None
    is_odd = per_head is not None and not LEAST_PER_EMPLOYEE <= per_head <= MOST_PER_EMPLOYEE
    if is_odd or revenue > MOST_REVENUE or (revenue < LEAST_REVENUE and employees):
        words = {"employees": str(employees or 0)}
        yield Finding("E_UNIT_IMPLAUSIBLE", "revenue", {"revenue": revenue}, words=words)
    gst = case.firm.gst_turnover
    if gst is not None and gst > 0 and _is_power_of_ten(revenue / gst):
        yield Finding("E_GST_MISMATCH", "revenue", {"gst": gst, "revenue": revenue})


def _comparable(year: Year, name: str) -> Decimal | None:
    return year.annual(name) if name == "revenue" else year.get(name)


def _is_power_of_ten(ratio: Decimal) -> bool:
    """Within 15 % of 10, 100, ... or 1/10, 1/100, ..."""
    return any(
        abs(ratio / factor - 1) <= GST_TOLERANCE
        for exponent in range(1, 8)
        for factor in (Decimal(10) ** exponent, Decimal(10) ** -exponent)
    )


def differs_from_gst(case: Case) -> bool:
    """W_GST_DIFF: more than 15 % apart."""
    gst, revenue = case.firm.gst_turnover, case.latest.annual("revenue")
    return gst is not None and gst > 0 and revenue is not None and abs(revenue / gst - 1) > GST_TOLERANCE


def _accounts(case: Case) -> Iterator[Finding]:
    for year in case.years:
        name = {"year": year_name(year.fiscal_year)}
        for line in NEVER_NEGATIVE:
            if (year.get(line) or ZERO) < 0:
                yield Finding("E_NEGATIVE_AMOUNT", line, words=name)
        revenue, pat = year.amounts["revenue"], year.get("pat")
        income = revenue + (year.get("other_income") or ZERO) + (year.get("exceptional") or ZERO)
        if pat is not None and abs(pat) > income:
            yield Finding("E_PAT_GT_REVENUE", "pat", words=name)
        costs, below = year.total(COSTS), year.total(BELOW_EBITDA)
        if costs is not None and below is not None and pat is not None:
            found = income - costs - below
            if abs(found - pat) > max(TOLERANCE * revenue, LEAST_TOLERANCE):
                yield Finding("E_PNL_IDENTITY", "pat", {"found": found, "given": pat}, words=name)
        assets = year.total(ASSETS)
        owed, net_worth = year.total(("payables", "other_liabilities", "debt")), year.get("net_worth")
        if assets is not None and owed is not None and net_worth is not None:
            claims = owed + (year.get("related_loans") or ZERO) + net_worth
            if abs(assets - claims) > max(TOLERANCE * assets, LEAST_TOLERANCE):
                yield Finding("E_BALANCE_MISMATCH", "net_worth", {"assets": assets, "claims": claims}, words=name)


def _adjustments(case: Case) -> Iterator[Finding]:
    for year in case.years:
        reported = reported_ebitda(year)
        booked = year.get("owner_remuneration") or ZERO  # pay that the accounts show needs no other evidence
        added = sum(
            (
                item.amount
                for item in year.adjustments
                if item.amount > 0 and not item.is_evidenced and not (item.kind == OWNER_PAY and item.amount <= booked)
            ),
            ZERO,
        )
        if reported is not None and added > ADJUSTMENT_FREE and added > abs(reported) / 2:
            words = {"year": year_name(year.fiscal_year)}
            yield Finding("E_ADJUSTMENT_EXCESS", "adjustments", {"sum": added}, words=words)
