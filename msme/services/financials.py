"""Yearly figures, with the checks that catch a slipped unit before a valuation is built on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from msme import selectors, statements
from msme.events import BusinessChanged
from msme.exceptions import FinancialsInvalid, FinancialsKnown
from msme.models import AddBack, Business, Document, FinancialStatement
from msme.services.businesses import own_business_locked
from msme.types import LINES, TOTALS
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor
from msmebazaar.core.exceptions import N_, FieldFault
from msmebazaar.core.outbox import publish
from msmebazaar.core.types import FinancialYear, Money

# Total assets over revenue outside this range means that two units were mixed: 0 false alarms on 298 real SME rows, and
# it catches a slip by 100 in 97 to 100 % (VALUATION.md 4.3, E_UNIT_INCONSISTENT).
LEAST_ASSETS_TO_REVENUE, MOST_ASSETS_TO_REVENUE = Decimal("0.05"), Decimal(20)
YEAR_JUMP = 30
TOTALS_TOLERANCE = Decimal("1.01")


@dataclass(frozen=True)
class AddBackInput:
    """One item between reported and adjusted EBITDA; rupees, with the sign it has in the sum, and the paper that shows it."""

    kind: str
    amount_inr: Decimal
    reason: str
    document_id: UUID | None = None


@dataclass(frozen=True)
class FinancialsInput:
    """Figures of one fiscal year in rupees; of the year to date when `months` is less than 12.

    `is_confirmed`: a revenue 30 times that of the year beside it, or a thirtieth, is meant.
    `lines`: what is known of `msme.types.LINES`, by name.
    """

    fiscal_year: FinancialYear
    months: int
    source: str
    revenue_inr: Decimal
    pat_inr: Decimal
    net_worth_inr: Decimal
    total_assets_inr: Decimal
    debt_inr: Decimal
    exports_inr: Decimal = Decimal(0)
    plant_machinery_inr: Decimal | None = None
    lines: Mapping[str, Decimal | None] = field(default_factory=dict)
    add_backs: Sequence[AddBackInput] = ()
    is_confirmed: bool = False

    def all_lines(self) -> dict[str, Decimal | None]:
        """Totals and lines together, every known name present."""
        known = {**dict.fromkeys(LINES), **self.lines}
        return known | {name: getattr(self, name) for name in TOTALS}


@transaction.atomic
def add_financials(*, actor: Actor, business_id: UUID, given: FinancialsInput, today: date) -> FinancialStatement:
    """Add a year.

    Raises:
        BusinessNotFound, FinancialsKnown.
        FinancialsInvalid: figures that contradict each other or other years, all at once.
    """
    business = own_business_locked(actor, business_id)
    statement = FinancialStatement(business=business, fiscal_year=given.fiscal_year.start)
    _fill(statement, given, today)
    try:
        with transaction.atomic():
            statement.save(force_insert=True)
    except IntegrityError as error:
        if "msme_financialstatement_one_per_year" in str(error):
            raise FinancialsKnown(year=str(given.fiscal_year)) from error
        raise
    _after_save("msme.financials_added", statement, given, actor, today)
    return statement


@transaction.atomic
def replace_financials(*, actor: Actor, business_id: UUID, given: FinancialsInput, today: date) -> FinancialStatement:
    """Set the figures of a year, whether it was there or not; repeating it changes nothing."""
    business = own_business_locked(actor, business_id)
    year = given.fiscal_year.start
    statement = FinancialStatement.objects.filter(business=business, fiscal_year=year).first()
    statement = statement or FinancialStatement(business=business, fiscal_year=year)
    _fill(statement, given, today)
    statement.save()
    _after_save("msme.financials_replaced", statement, given, actor, today)
    return statement


def _fill(statement: FinancialStatement, given: FinancialsInput, today: date) -> None:
    lines = given.all_lines()
    faults = _own_faults(given, today)
    if not given.is_confirmed:
        faults += _jumps(statement.business_id, given)
    if not faults:  # a wrong unit contradicts everything; one message is enough
        faults = statements.faults(lines, [(item.kind, item.amount_inr) for item in given.add_backs])
        faults += _paper_faults(statement.business_id, given)
    if faults:
        raise FinancialsInvalid(errors=tuple(faults))
    statement.months, statement.source = given.months, given.source
    for name, amount in lines.items():
        setattr(statement, name, amount)


def _after_save(action: str, statement: FinancialStatement, given: FinancialsInput, actor: Actor, today: date) -> None:
    statement.add_backs.all().delete()
    AddBack.objects.bulk_create(AddBack(statement=statement, **vars(item)) for item in given.add_backs)
    _audit(action, statement, actor)
    reclassify(statement.business, today)
    publish(BusinessChanged(statement.business_id))


def reclassify(business: Business, today: date) -> None:
    """Find the MSME class anew for all businesses of the enterprise; its figures have changed."""
    standing = selectors.standing_of(business, on=today)
    selectors.enterprise_of(business).update(msme_class=standing.msme_class or "")


def _own_faults(given: FinancialsInput, today: date) -> list[FieldFault]:
    faults = []
    if given.fiscal_year.starts_on > today:
        faults.append(FieldFault("fiscal_year", "future", N_("This fiscal year has not begun.")))
    elif given.months == 12 and given.fiscal_year.ends_on > today:
        message = N_("This fiscal year is not over; say how many months the figures cover.")
        faults.append(FieldFault("months", "not_over", message))
    if given.revenue_inr <= 0:
        faults.append(FieldFault("revenue_inr", "not_positive", N_("Revenue must be more than zero.")))
    if given.total_assets_inr <= 0:
        faults.append(FieldFault("total_assets_inr", "not_positive", N_("Total assets must be more than zero.")))
    if given.revenue_inr > 0 and given.total_assets_inr > 0:
        ratio = given.total_assets_inr / (given.revenue_inr * 12 / given.months)
        if not LEAST_ASSETS_TO_REVENUE <= ratio <= MOST_ASSETS_TO_REVENUE:
            message = N_(
                "Total assets %(assets)s do not fit revenue %(revenue)s. Are both in the same unit, lakh or crore?"
            )
            amounts = {"assets": Money(given.total_assets_inr).short(), "revenue": Money(given.revenue_inr).short()}
            faults.append(FieldFault("total_assets_inr", "unit_inconsistent", message, dict(amounts)))
        claims = given.net_worth_inr + given.debt_inr
        if not faults and claims > given.total_assets_inr * TOTALS_TOLERANCE:
            message = N_("Net worth and debt add up to %(sum)s, more than total assets of %(assets)s.")
            sums = {"sum": Money(claims).grouped(), "assets": Money(given.total_assets_inr).grouped()}
            faults.append(FieldFault("total_assets_inr", "balance_mismatch", message, dict(sums)))
    if given.exports_inr > given.revenue_inr > 0:
        faults.append(FieldFault("exports_inr", "exceeds_revenue", N_("Exports cannot be more than the revenue.")))
    if abs(given.pat_inr) > given.revenue_inr > 0:
        message = N_("The profit after tax is larger than the revenue. Are both in the same unit?")
        faults.append(FieldFault("pat_inr", "pat_exceeds_revenue", message))
    return faults


def _paper_faults(business_id: UUID, given: FinancialsInput) -> list[FieldFault]:
    """Add-backs that name a paper which this business does not have."""
    named = {item.document_id for item in given.add_backs if item.document_id}
    known = set(Document.objects.filter(business_id=business_id, pk__in=named).values_list("pk", flat=True))
    message = N_("There is no such document of this business.")
    return [
        FieldFault(f"add_backs.{number}.document_id", "unknown", message)
        for number, item in enumerate(given.add_backs)
        if item.document_id and item.document_id not in known
    ]


def _jumps(business_id: UUID, given: FinancialsInput) -> list[FieldFault]:
    """A revenue 30 times that of a neighbouring year, or a thirtieth, is a unit slip until somebody says otherwise."""
    neighbours = FinancialStatement.objects.filter(
        business_id=business_id, fiscal_year__in=(given.fiscal_year.start - 1, given.fiscal_year.start + 1)
    )
    for neighbour in neighbours:
        ratio = (given.revenue_inr * neighbour.months) / (neighbour.revenue_inr * given.months)
        if ratio >= YEAR_JUMP or ratio * YEAR_JUMP <= 1:
            message = N_(
                "Revenue was %(other)s in %(year)s. Is this figure in the same unit? If so, send it again with confirm."
            )
            params: dict[str, str | int] = {
                "other": Money(neighbour.revenue_inr).short(),
                "year": str(FinancialYear(neighbour.fiscal_year)),
            }
            return [FieldFault("revenue_inr", "unit_year_jump", message, params)]
    return []


def _audit(action: str, statement: FinancialStatement, actor: Actor) -> None:
    audit.record(
        action,
        subject_type="business",
        subject_id=statement.business_id,
        actor_id=actor.user_id,
        facts={"fiscal_year": statement.fiscal_year},
    )
