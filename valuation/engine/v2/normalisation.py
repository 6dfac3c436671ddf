"""From booked to normalised earnings: what the business earns for whoever owns it, in rupees a year."""

from dataclasses import dataclass
from decimal import Decimal

from valuation.engine.pack import Pack
from valuation.engine.v2.arithmetic import ONE, ZERO, mean, recency_weighted
from valuation.engine.v2.inputs import BELOW_EBITDA, COSTS, OWNER_UNPAID, Adjustment, Case, Firm, Year

OWNER_PAY, MARKET_SALARY = "owner_pay", "market_salary"


@dataclass(frozen=True)
class NormalYear:
    """One year, annualised. `ebitda_reported` excludes other income; None where the accounts do not tell.

    `adjustments` add up to `ebitda - ebitda_reported`. `sde` is EBITDA and the market salary of one owner.
    """

    fiscal_year: int
    months: int
    source: str
    revenue: Decimal
    ebitda_reported: Decimal | None
    adjustments: tuple[Adjustment, ...]
    ebitda: Decimal | None
    sde: Decimal | None
    depreciation: Decimal | None
    interest: Decimal | None
    gross_margin: Decimal | None

    @property
    def margin(self) -> Decimal | None:
        return None if self.ebitda is None else self.ebitda / self.revenue


@dataclass(frozen=True)
class Normal:
    """All years, newest first, and what they say of a year to come.

    `maintainable`, `margin`: None where the latest EBITDA is not known. `pat` falls back to the booked profit then.
    `known`: how many of the newest years in a row have an EBITDA.
    """

    years: tuple[NormalYear, ...]
    known: int
    maintainable: Decimal | None
    margin: Decimal | None
    depreciation_rate: Decimal | None
    pat: Decimal | None
    is_pat_booked: bool
    cagr: Decimal | None
    is_declining: bool
    has_imputed_salary: bool

    @property
    def latest(self) -> NormalYear:
        return self.years[0]


def normalise(case: Case, pack: Pack, *, ebitda_factor: Decimal = ONE, salary_factor: Decimal = ONE) -> Normal:
    """Adjust every year and weigh them (VALUATION.md 4.4). The factors are for the sensitivities."""
    years, imputed = [], False
    for year in case.years:
        normal, is_imputed = _normal_year(year, case.firm, pack, ebitda_factor, salary_factor)
        years.append(normal)
        imputed = imputed or is_imputed
    known = next((count for count, year in enumerate(years) if year.ebitda is None), len(years))
    used = years[:known]
    latest = years[0]
    maintainable = margin = None
    is_declining = False
    if used:
        ebitdas = [year.ebitda for year in used[:3] if year.ebitda is not None]
        margins = [year.ebitda / year.revenue for year in used[:3] if year.ebitda is not None]
        average = mean(ebitdas)
        is_declining = len(ebitdas) > 1 and average > 0 and ebitdas[0] < pack.number("decline_threshold") * average
        maintainable = ebitdas[0] if is_declining else recency_weighted(ebitdas)
        margin = margins[0] if is_declining else recency_weighted(margins)
    rates = [year.depreciation / year.revenue for year in used[:3] if year.depreciation is not None]
    pat, is_booked = None, False
    if maintainable is not None and latest.depreciation is not None and latest.interest is not None:
        pat = (maintainable - latest.depreciation - latest.interest) * (1 - pack.number("tax_rate"))
    else:
        pat, is_booked = case.latest.annual("pat"), True
    cagr = None
    if len(years) > 1:
        oldest = years[-1]
        span = latest.fiscal_year - oldest.fiscal_year
        cagr = ((latest.revenue / oldest.revenue).ln() / span).exp() - 1
    return Normal(
        tuple(years),
        known,
        maintainable,
        margin,
        mean(rates) if rates else None,
        pat,
        is_booked,
        cagr,
        is_declining,
        imputed,
    )


def reported_ebitda(year: Year) -> Decimal | None:
    """From above (revenue less operating costs), or else from below (profit, tax, interest, depreciation added back)."""
    costs, revenue, pat = year.total(COSTS), year.get("revenue"), year.get("pat")
    if costs is not None and revenue is not None:
        return revenue - costs
    below = year.total(BELOW_EBITDA)
    if below is not None and pat is not None:
        return pat + below - (year.get("other_income") or ZERO) - (year.get("exceptional") or ZERO)
    return None


def _normal_year(
    year: Year, firm: Firm, pack: Pack, ebitda_factor: Decimal, salary_factor: Decimal
) -> tuple[NormalYear, bool]:
    scale = Decimal(12) / year.months
    revenue = year.amounts["revenue"] * scale
    reported = reported_ebitda(year)
    given, is_imputed = _with_salaries(year, firm, pack)
    adjustments = tuple(
        Adjustment(
            item.kind,
            item.amount * scale * (salary_factor if item.kind == MARKET_SALARY else ONE),
            item.reason,
            item.is_evidenced,
        )
        for item in given
    )
    ebitda = sde = None
    if reported is not None:
        reported = reported * scale
        plain = reported + sum((item.amount for item in adjustments), ZERO)
        ebitda = plain * ebitda_factor if plain > 0 else plain / ebitda_factor
        one_owner = max((-item.amount for item in adjustments if item.kind == MARKET_SALARY), default=ZERO)
        sde = ebitda + one_owner
    cogs = year.get("cogs")
    normal = NormalYear(
        year.fiscal_year,
        year.months,
        year.source,
        revenue,
        reported,
        adjustments if reported is not None else (),
        ebitda,
        sde,
        year.annual("depreciation"),
        year.annual("interest"),
        None if cogs is None else 1 - cogs / year.amounts["revenue"],
    )
    return normal, is_imputed and reported is not None


def _with_salaries(year: Year, firm: Firm, pack: Pack) -> tuple[tuple[Adjustment, ...], bool]:
    """The owner's booked pay out, a market salary in, where the owner has not said so item by item."""
    kinds = {item.kind for item in year.adjustments}
    if MARKET_SALARY in kinds:
        return year.adjustments, False
    salary, owners, is_imputed = firm.market_salary, firm.active_owners, False
    if salary is None and firm.legal_form in OWNER_UNPAID:
        salary, is_imputed = default_salary(year.amounts["revenue"] * 12 / year.months, pack), True
    if owners is None:
        owners = 1 if firm.legal_form in OWNER_UNPAID else 0
    if salary is None or owners == 0:
        return year.adjustments, False
    share = Decimal(year.months) / 12
    extra = [Adjustment(MARKET_SALARY, -salary * share) for _ in range(owners)]
    booked = year.get("owner_remuneration")
    if booked and OWNER_PAY not in kinds:
        extra.append(Adjustment(OWNER_PAY, booked))
    return (*year.adjustments, *extra), is_imputed


def default_salary(revenue: Decimal, pack: Pack) -> Decimal:
    """What one who replaces a working owner costs a year, by the size of the firm (A-20)."""
    for tier, rule, edge in pack.rows("tiers"):
        if rule == "revenue_at_most" and revenue <= Decimal(edge):
            return Decimal((pack.lookup("owner_salary", tier) or ["0"])[0])
    return Decimal((pack.lookup("owner_salary", "medium") or ["0"])[0])
