"""Reads of businesses and their figures."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from accounts import selectors as people
from msme import places, understanding
from msme.classification import classify, limits_on
from msme.exceptions import BusinessNotFound
from msme.models import Business, FinancialStatement, NicCode
from msme.reference import rows_of
from msme.statements import Earnings, earnings
from msme.types import (
    LINES,
    PROFIT_AND_LOSS,
    AddBackFact,
    BusinessFacts,
    DocumentState,
    IndustryFound,
    MsmeStanding,
    OwnBusiness,
    YearOfFigures,
)
from msmebazaar.core.actor import Actor, Scope
from msmebazaar.core.crypto import blind_index
from msmebazaar.core.exceptions import N_, FieldFault
from msmebazaar.core.types import CIN, FinancialYear, Udyam

KNOWN_LINES = (*LINES, "plant_machinery_inr")
MOST_INDUSTRIES = 8
SCANNED = ((re.compile(r"^Manuf ?acture (?:of )?", re.IGNORECASE), ""), (re.compile(r"\s+([-,;)])"), r"\1"))


def own_businesses(*, actor: Actor) -> QuerySet[Business]:
    """Businesses of the actor's organisations, and of owners whose advisor they are."""
    mine = Business.objects.filter(organisation_id__in=actor.readable(Scope.BUSINESS), merged_into__isnull=True)
    return mine.prefetch_related("registrations", "owners")


def get_own_business(*, actor: Actor, business_id: UUID) -> Business:
    business = own_businesses(actor=actor).filter(pk=business_id).first()
    if business is None:
        raise BusinessNotFound
    return business


def earnings_of(statement: FinancialStatement) -> Earnings:
    """EBITDA, adjusted EBITDA and SDE of a year, as far as its lines tell."""
    lines = {name: getattr(statement, name) for name in ("revenue_inr", "pat_inr", *PROFIT_AND_LOSS)}
    return earnings(lines, [(item.kind, item.amount_inr) for item in statement.add_backs.all()])


def names_of(business: Business) -> list[str]:
    """Every name that tells whose business it is: the firm's, its owners', its people's; for the guard of what others see."""
    return [
        business.legal_name,
        business.trade_name,
        *people.list_member_names(organisation_id=business.organisation_id),
        *(owner.full_name for owner in business.owners.all()),
    ]


def weak_contradictions(business: Business) -> list[FieldFault]:
    """Facts that do not fit together but prove nothing: old letters on certificates, errors of the PIN directory."""
    found = []
    district = places.district_of(business.pincode) if business.pincode else None
    if business.pincode and district is None:
        found.append(FieldFault("pincode", "not_in_directory", N_("We do not know this PIN code; is it right?")))
    elif district and district.state != business.state:
        message = N_("This PIN code seems to lie in %(district)s, in another state.")
        found.append(FieldFault("pincode", "other_state", message, {"district": district.name}))
    if business.udyam:
        state = Udyam(business.udyam).state
        if state is None or state.letters != business.state:
            message = N_("The letters of the Udyam number are those of another state.")
            found.append(FieldFault("udyam", "other_state", message))
    if business.cin and business.established_year and CIN(business.cin).year != business.established_year:
        message = N_("The CIN says %(year)s. Was the firm founded before the company?")
        found.append(FieldFault("established_year", "other_than_cin", message, {"year": CIN(business.cin).year}))
    if business.cin and business.cin[6:8] != business.state:
        message = N_("The company was registered in another state than its address.")
        found.append(FieldFault("cin", "other_state", message))
    return found


def own_statements(*, actor: Actor, business_id: UUID) -> QuerySet[FinancialStatement]:
    """Figures of an own business, newest year first."""
    business = get_own_business(actor=actor, business_id=business_id)
    return FinancialStatement.objects.filter(business=business).prefetch_related("add_backs")


def get_business_facts(*, actor: Actor, business_id: UUID) -> BusinessFacts:
    """An own business with its figures, for the valuation."""
    return facts_of(get_own_business(actor=actor, business_id=business_id))


def list_facts(*, business_ids: Iterable[UUID]) -> list[BusinessFacts]:
    """Facts for work that nobody in particular asked for: a revaluation of the whole market."""
    found = Business.objects.filter(pk__in=business_ids, merged_into__isnull=True).prefetch_related("owners")
    return [facts_of(business) for business in found]


def facts_of(business: Business) -> BusinessFacts:
    owners = business.owners.all()
    rows = business.statements.order_by("-fiscal_year").prefetch_related("add_backs__document")
    return BusinessFacts(
        business.id,
        business.organisation_id,
        business.nic_code,
        business.state,
        business.constitution,
        business.established_year,
        business.employees,
        sum(1 for owner in owners if owner.is_active) if owners else None,
        business.legal_name,
        figures_of(rows, with_add_backs=True),
    )


def figures_of(statements: Iterable[FinancialStatement], *, with_add_backs: bool = False) -> tuple[YearOfFigures, ...]:
    """`with_add_backs`: the rows come with `add_backs__document` prefetched."""
    return tuple(
        YearOfFigures(
            str(FinancialYear(row.fiscal_year)),
            row.months,
            row.source,
            row.revenue_inr,
            row.pat_inr,
            row.net_worth_inr,
            row.total_assets_inr,
            row.debt_inr,
            {name: amount for name in KNOWN_LINES if (amount := getattr(row, name)) is not None},
            tuple(
                AddBackFact(
                    item.kind,
                    item.amount_inr,
                    item.reason,
                    item.document is not None and item.document.state == DocumentState.READY,
                )
                for item in (row.add_backs.all() if with_add_backs else ())
            ),
        )
        for row in statements
    )


def enterprise_of(business: Business) -> QuerySet[Business]:
    """The businesses of the organisation on the same PAN, which are one enterprise; a business without a PAN is one itself."""
    if not business.pan_index:
        return Business.objects.filter(pk=business.pk)
    return Business.objects.filter(organisation_id=business.organisation_id, pan_index=business.pan_index)


def standing_of(business: Business, *, on: date) -> MsmeStanding:
    """The MSME class on a day, from the newest fiscal year of the enterprise that was over or under way then."""
    rows = FinancialStatement.objects.filter(
        business__in=enterprise_of(business), fiscal_year__lte=FinancialYear.of(on).start
    )
    newest = rows.aggregate(Max("fiscal_year"))["fiscal_year__max"]
    limits = limits_on(on)
    source = limits[0].source if limits else ""
    if newest is None:
        return MsmeStanding(None, on, None, Decimal(0), Decimal(0), is_complete=False, source=source)
    of_year = list(rows.filter(fiscal_year=newest))
    turnover = sum(((row.revenue_inr - row.exports_inr) * 12 / row.months for row in of_year), Decimal(0))
    investments = [row.plant_machinery_inr for row in of_year]
    investment = sum((amount for amount in investments if amount is not None), Decimal(0))
    found = classify(investment=investment, turnover=turnover, on=on)
    return MsmeStanding(
        found,
        on,
        str(FinancialYear(newest)),
        turnover.quantize(Decimal("0.01")),
        investment,
        is_complete=None not in investments,
        source=source,
    )


@cache
def sections_of_divisions() -> dict[str, str]:
    """Two-digit division → section letter."""
    return {row["division"]: row["section"] for row in rows_of("nic2008_divisions.csv")}


@cache
def section_titles() -> dict[str, tuple[str, str]]:
    """Section letter → titles in English and Hindi."""
    return {row["section"]: (row["title_en"], row["title_hi"]) for row in rows_of("nic2008_sections.csv")}


@cache
def division_titles() -> dict[str, tuple[str, str]]:
    """Two-digit division → titles in English and Hindi."""
    return {row["division"]: (row["title_en"], row["title_hi"]) for row in rows_of("nic2008_divisions.csv")}


def find_industries(*, words: str, language: str) -> list[IndustryFound]:
    """Industries that somebody's words may mean: trades we have a name for, then sub-classes that speak of it, then the rest of
    the division. None when the words say nothing to our tables."""
    understood = understanding.understand(words)
    said = set(understanding.words_of(words))
    trades = [
        IndustryFound(row["nic"], row[f"noun_{language}"], row[f"noun_{language}"])
        for row in rows_of("trades.csv")
        if row["nic"].startswith(understood.industries or ("-",))
        or said & set(understanding.words_of(f"{row['noun_en']} {row['noun_hi']}")) - understanding.FILLERS
    ]
    telling = sorted((word for word in said - understanding.FILLERS if len(word) > 3), key=len, reverse=True)[:3]
    named = Q()
    for word in telling:
        named |= Q(title_en__icontains=word.rstrip("s"))
    rows = NicCode.objects.filter(named, level="subclass").order_by("code")[:4] if telling else []
    classes = [IndustryFound(row.code, *[_readable(row.title_en)] * 2) for row in rows]
    rest = []
    for division in dict.fromkeys(code[:2] for code in understood.industries):
        other = NicCode.objects.filter(level="subclass", division=division)
        row = other.filter(title_en__icontains="n.e.c").last() or other.last()
        if row is not None:
            title = division_titles()[division][1 if language == "hi" else 0]
            rest.append(IndustryFound(row.code, title, title))
    found: dict[str, IndustryFound] = {}
    for item in [*trades, *classes, *rest]:
        found.setdefault(item.nic_code, item)
    return list(found.values())[:MOST_INDUSTRIES]


def _readable(title: str) -> str:
    """A title of the classification without what every other one begins with, and without the worst faults of the scan."""
    for pattern, instead in SCANNED:
        title = pattern.sub(instead, title)
    return title[:1].upper() + title[1:]


def find_own_by_gstin(*, actor: Actor, organisation_id: UUID, gstin: str) -> UUID | None:
    """The organisation's business with this GSTIN, as far as the actor may see it."""
    rows = own_businesses(actor=actor).filter(organisation_id=organisation_id, gstin_index=blind_index("gstin", gstin))
    return rows.values_list("id", flat=True).first()


def list_own_businesses(*, actor: Actor, limit: int) -> list[OwnBusiness]:
    """The newest first."""
    rows = own_businesses(actor=actor).annotate(newest=Max("statements__fiscal_year")).order_by("-created_at")[:limit]
    return [
        OwnBusiness(
            row.id, row.trade_name or row.legal_name or "", str(FinancialYear(row.newest)) if row.newest else ""
        )
        for row in rows
    ]
