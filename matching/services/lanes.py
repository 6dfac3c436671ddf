"""Loans and equity: what the law asks of a marketplace that brings borrowers and lenders, issuers and investors together.

Indicative, not advice. Loans: RBI (Digital Lending) Directions of 8 May 2025, paragraph 6: all matching offers, neutrally,
with the
same facts of each, by a method that is written down. Equity: Companies Act 2013 s.42 and Rule 14 of the Companies (Prospectus and
Allotment of Securities) Rules 2014: offered to identified persons, at most 200 in a financial year.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from accounts import selectors as people
from accounts.exceptions import OrganisationNotFound
from accounts.types import MarketRole
from matching.engine.ranking import tie_break
from matching.exceptions import EquityLimitReached, LoanProductInvalid, LoanProductNotFound, NoLoanAsked
from matching.models import EquityApproach, LoanComparison, LoanProduct
from matching.services.mandates import unknown_states
from msme import selectors as listings
from msme.types import Collateral
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor, Scope
from msmebazaar.core.exceptions import N_, FieldFault
from msmebazaar.core.types import FinancialYear

MOST_INVESTORS = 200
METHOD = "every-match-by-hash-1"
MONTHS, HUNDRED = Decimal(12), Decimal(100)
CENT = Decimal("0.01")
BISECTIONS = 60


@dataclass(frozen=True)
class LoanProductInput:
    """Terms of a loan product: rupees, months, percent. Empty lists leave states and securities open."""

    name: str
    lender_name: str
    amount_min_inr: Decimal
    amount_max_inr: Decimal
    tenor_min_months: int
    tenor_max_months: int
    rate_pct: Decimal
    fee_pct: Decimal
    penalties: str
    key_facts_url: str
    states: list[str] = field(default_factory=list)
    collaterals: list[str] = field(default_factory=list)
    is_active: bool = True


@dataclass(frozen=True)
class LoanOffer:
    """What one product would cost for one request: rupees, percent a year."""

    product: LoanProduct
    amount_inr: Decimal
    tenor_months: int
    instalment_inr: Decimal
    fee_inr: Decimal
    total_inr: Decimal
    apr_pct: Decimal


def own_products(*, actor: Actor) -> QuerySet[LoanProduct]:
    return LoanProduct.objects.filter(organisation_id__in=actor.readable(Scope.MATCHING))


@transaction.atomic
def create_product(*, actor: Actor, organisation_id: UUID, given: LoanProductInput) -> LoanProduct:
    """Offer a loan product; it needs the role of a lender.

    Raises:
        OrganisationNotFound, ReadOnly, LoanProductInvalid.
    """
    if organisation_id not in actor.readable(Scope.MATCHING):
        raise OrganisationNotFound
    actor.require_writable(Scope.MATCHING, organisation_id)
    people.require_market_role(organisation_id=organisation_id, role=MarketRole.LENDER)
    _check(given)
    product = LoanProduct.objects.create(organisation_id=organisation_id, **vars(given))
    _audit("matching.loan_product_created", product, actor)
    return product


@transaction.atomic
def update_product(*, actor: Actor, product_id: UUID, given: LoanProductInput) -> LoanProduct:
    """Raises: LoanProductNotFound, ReadOnly, LoanProductInvalid."""
    product = own_products(actor=actor).select_for_update().filter(pk=product_id).first()
    if product is None:
        raise LoanProductNotFound
    actor.require_writable(Scope.MATCHING, product.organisation_id)
    _check(given)
    for name, value in vars(given).items():
        setattr(product, name, value)
    product.save()
    _audit("matching.loan_product_updated", product, actor)
    return product


@transaction.atomic
def compare_loans(*, actor: Actor, listing_id: UUID, now: datetime) -> list[LoanOffer]:
    """Every active product that fits an own request for a loan, in an order that favours nobody; what was shown is written down.

    The order is by a hash of request and product: the same for the same request, and no lender can influence it.

    Raises:
        ListingNotFound; NoLoanAsked.
    """
    request = listings.get_own_loan_terms(actor=actor, listing_id=listing_id)
    if request is None:
        raise NoLoanAsked
    fitting = LoanProduct.objects.filter(
        Q(states=[]) | Q(states__contains=[request.state]),
        Q(collaterals=[]) | Q(collaterals__contains=[request.collateral or Collateral.NONE]),
        is_active=True,
        amount_min_inr__lte=request.ask_inr,
        amount_max_inr__gte=request.ask_inr,
        tenor_min_months__lte=request.tenor_months,
        tenor_max_months__gte=request.tenor_months,
    )
    offers = [offer_of(product, request.ask_inr, request.tenor_months) for product in fitting]
    offers.sort(key=lambda offer: tie_break(str(listing_id), str(offer.product.id)))
    LoanComparison.objects.create(
        listing_id=listing_id,
        user_id=actor.user_id,
        method=METHOD,
        shown=[{"product_id": str(offer.product.id), "apr_pct": str(offer.apr_pct)} for offer in offers],
        at=now,
    )
    return offers


def offer_of(product: LoanProduct, amount: Decimal, months: int) -> LoanOffer:
    instalment = instalment_of(amount, product.rate_pct, months)
    fee = (amount * product.fee_pct / HUNDRED).quantize(CENT, ROUND_HALF_UP)
    total = instalment * months + fee
    return LoanOffer(product, amount, months, instalment, fee, total, apr_of(amount - fee, instalment, months))


def instalment_of(amount: Decimal, rate_pct: Decimal, months: int) -> Decimal:
    """Equal monthly instalment of an annuity in arrears, to the paisa: A·r / (1 − (1+r)^−n) with r a month's rate."""
    rate = rate_pct / HUNDRED / MONTHS
    exact = amount / months if rate == 0 else amount * rate / (1 - (1 + rate) ** -months)
    return exact.quantize(CENT, ROUND_HALF_UP)


def apr_of(received: Decimal, instalment: Decimal, months: int) -> Decimal:
    """Annual percentage rate: twelve times the monthly rate at which the instalments are worth what was received, to 0.01.

    As in the RBI's circular on key facts statements for loans (15 April 2024, annex B): fees count as less received.
    """
    low, high = Decimal(0), Decimal(1)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        worth = instalment * months if middle == 0 else instalment * (1 - (1 + middle) ** -months) / middle
        low, high = (middle, high) if worth > received else (low, middle)
    return (low * MONTHS * HUNDRED).quantize(CENT, ROUND_HALF_UP)


@transaction.atomic
def count_equity_approach(*, issuer_id: UUID, investor_id: UUID, now: datetime) -> int:
    """Count an investor to whom an issuer's shares are offered. Returns which one of the year it is; the same one counts once.

    Raises:
        EquityLimitReached: it would be the 201st.
    """
    year = FinancialYear.of(now.astimezone().date()).start
    with connection.cursor() as cursor:  # one issuer's year is counted by one at a time
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 42))", [f"{issuer_id}:{year}"])
    rows = EquityApproach.objects.filter(issuer_id=issuer_id, fiscal_year=year)
    known = rows.filter(investor_id=investor_id).first()
    if known is not None:
        return known.number
    count = rows.count()
    if count >= MOST_INVESTORS:
        raise EquityLimitReached(limit=MOST_INVESTORS)
    EquityApproach.objects.create(
        issuer_id=issuer_id, fiscal_year=year, investor_id=investor_id, number=count + 1, at=now
    )
    return count + 1


def _check(given: LoanProductInput) -> None:
    faults: list[FieldFault] = []
    if given.amount_min_inr <= 0 or given.amount_max_inr < given.amount_min_inr:
        message = N_("The highest amount must be more than zero and not below the lowest.")
        faults.append(FieldFault("amount_max_inr", "range", message))
    if given.tenor_max_months < given.tenor_min_months:
        faults.append(FieldFault("tenor_max_months", "range", N_("The longest term must not be below the shortest.")))
    faults += unknown_states(given.states)
    if faults:
        raise LoanProductInvalid(errors=tuple(faults))


def _audit(action: str, product: LoanProduct, actor: Actor) -> None:
    audit.record(action, subject_type="loan_product", subject_id=product.id, actor_id=actor.user_id)
