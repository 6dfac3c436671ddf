"""Reads. Querysets stay inside this app; other apps get the frozen facts of `msme.types`."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from uuid import UUID

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery

from msme.classification import classify, limits_on
from msme.exceptions import BusinessNotFound, ListingNotFound
from msme.models import Business, FinancialStatement, Listing, ListingVersion, NicCode
from msme.types import (
    VERSIONED,
    BusinessFacts,
    Intent,
    ListingFacts,
    ListingStatus,
    MsmeStanding,
    PricePoint,
    ReviewItem,
    VersionChange,
    YearOfFigures,
)
from msmebazaar.core.actor import Actor, Scope
from msmebazaar.core.types import FinancialYear


def own_businesses(*, actor: Actor) -> QuerySet[Business]:
    """Businesses of the actor's organisations, and of owners whose advisor they are."""
    return Business.objects.filter(organisation_id__in=actor.readable(Scope.BUSINESS))


def get_own_business(*, actor: Actor, business_id: UUID) -> Business:
    business = own_businesses(actor=actor).filter(pk=business_id).first()
    if business is None:
        raise BusinessNotFound
    return business


def own_statements(*, actor: Actor, business_id: UUID) -> QuerySet[FinancialStatement]:
    """Figures of an own business, newest year first."""
    return FinancialStatement.objects.filter(business=get_own_business(actor=actor, business_id=business_id))


def get_business_facts(*, actor: Actor, business_id: UUID) -> BusinessFacts:
    """An own business with its figures, for the valuation."""
    business = get_own_business(actor=actor, business_id=business_id)
    return BusinessFacts(
        business.id,
        business.organisation_id,
        business.nic_code,
        business.state,
        business.constitution,
        _figures(business.statements.order_by("-fiscal_year")),
    )


def _figures(statements: Iterable[FinancialStatement]) -> tuple[YearOfFigures, ...]:
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


def own_listings(*, actor: Actor) -> QuerySet[Listing]:
    return Listing.objects.filter(organisation_id__in=actor.readable(Scope.LISTING)).select_related("business")


def may_see(actor: Actor) -> Q:
    """Which live listings the actor may see. Who asks for equity may not do so in public (Companies Act s.42(7)): those are
    for verified investors only."""
    live = Q(status=ListingStatus.LIVE)
    return live if actor.verified_investor_of else live & ~Q(intent=Intent.EQUITY_INVESTMENT)


def live_listings(
    *, actor: Actor, states: Sequence[str] = (), nic_prefixes: Sequence[str] = (), intents: Sequence[str] = ()
) -> QuerySet[Listing]:
    """What the actor may browse, as teasers."""
    found = Listing.objects.filter(may_see(actor)).select_related("business")
    if states:
        found = found.filter(business__state__in=states)
    if intents:
        found = found.filter(intent__in=intents)
    if nic_prefixes:
        wanted = Q()
        for prefix in nic_prefixes:
            wanted |= Q(business__nic_code__startswith=prefix)
        found = found.filter(wanted)
    return found


def get_visible_listing(*, actor: Actor, listing_id: UUID) -> Listing:
    """An own listing in any state, or somebody's live one."""
    listing = (
        Listing.objects.filter(pk=listing_id)
        .filter(Q(organisation_id__in=actor.readable(Scope.LISTING)) | may_see(actor))
        .select_related("business")
        .first()
    )
    if listing is None:
        raise ListingNotFound
    return listing


def get_listing_facts(
    *,
    listing_ids: Sequence[UUID] | None = None,
    intents: Sequence[str] = (),
    ask_between: tuple[Decimal, Decimal] | None = None,
    seen_by: Actor | None = None,
) -> list[ListingFacts]:
    """Live listings as matching sees them: those of the given ids, intents and asking prices that are live.

    `seen_by` leaves out what this actor may not see; without it, it is for ranking only, never for showing.
    """
    latest_revenue = (
        FinancialStatement.objects.filter(business_id=OuterRef("business_id"))
        .order_by("-fiscal_year")
        .values("revenue_inr")[:1]
    )
    rows = Listing.objects.filter(status=ListingStatus.LIVE).annotate(revenue=Subquery(latest_revenue))
    if seen_by is not None:
        rows = rows.filter(may_see(seen_by))
    if listing_ids is not None:
        rows = rows.filter(pk__in=listing_ids)
    if intents:
        rows = rows.filter(intent__in=intents)
    if ask_between is not None:
        rows = rows.filter(ask_inr__range=ask_between)
    facts = rows.order_by("id").values_list(
        "id",
        "organisation_id",
        "version",
        "intent",
        "business__nic_code",
        "business__state",
        "ask_inr",
        "revenue",
        "title",
        "summary",
        "published_at",
    )
    return [ListingFacts(*row) for row in facts]


def own_versions(*, actor: Actor, listing_id: UUID) -> QuerySet[ListingVersion]:
    """What the market has seen of an own listing. ListingNotFound when it is somebody else's."""
    if not own_listings(actor=actor).filter(pk=listing_id).exists():
        raise ListingNotFound
    return ListingVersion.objects.filter(listing_id=listing_id)


def changes_between(older: ListingVersion | None, newer: ListingVersion) -> list[VersionChange]:
    """Field by field, what a version changed; nothing for the first."""
    if older is None:
        return []
    return [
        VersionChange(name, _as_text(getattr(older, name)), _as_text(getattr(newer, name)))
        for name in VERSIONED
        if getattr(older, name) != getattr(newer, name)
    ]


def _as_text(value: object) -> str:
    return "" if value is None else str(value)


def price_history(*, actor: Actor, listing_id: UUID) -> list[PricePoint]:
    """Prices a visible listing has had on the market, oldest first; versions that changed only words are left out."""
    get_visible_listing(actor=actor, listing_id=listing_id)
    rows = (
        ListingVersion.objects.filter(listing_id=listing_id).order_by("number").values_list("published_at", "ask_inr")
    )
    points: list[PricePoint] = []
    for published_at, ask_inr in rows:
        if not points or points[-1].ask_inr != ask_inr:
            points.append(PricePoint(published_at, ask_inr))
    return points


def review_queue() -> QuerySet[Listing]:
    """Submitted listings, the longest waiting first. For staff screens of this app's rows."""
    return (
        Listing.objects.filter(status=ListingStatus.SUBMITTED).select_related("business").order_by("submitted_at", "id")
    )


def list_review_items(*, limit: int) -> list[ReviewItem]:
    return [_review_item(listing) for listing in review_queue().prefetch_related("business__statements")[:limit]]


def count_review_items() -> int:
    return review_queue().count()


def get_review_item(*, listing_id: UUID) -> ReviewItem:
    listing = review_queue().prefetch_related("business__statements").filter(pk=listing_id).first()
    if listing is None:
        raise ListingNotFound
    return _review_item(listing)


def _review_item(listing: Listing) -> ReviewItem:
    statements = sorted(listing.business.statements.all(), key=lambda row: -row.fiscal_year)
    return ReviewItem(
        listing.id,
        listing.title,
        listing.summary,
        listing.intent,
        listing.ask_inr,
        listing.business.legal_name,
        listing.business.nic_code,
        listing.business.state,
        listing.submitted_at,
        _figures(statements),
    )


def count_own_listings(*, organisation_ids: Iterable[UUID]) -> dict[str, int]:
    """How many listings organisations have, by status."""
    statuses = Listing.objects.filter(organisation_id__in=organisation_ids).values_list("status", flat=True)
    counted: dict[str, int] = {}
    for status in statuses:
        counted[status] = counted.get(status, 0) + 1
    return counted


@cache
def division_titles() -> dict[str, tuple[str, str]]:
    """Two-digit division → titles in English and Hindi. Reference data: read once per process."""
    rows = NicCode.objects.filter(level="division").values_list("code", "title_en", "title_hi")
    return {code: (title_en, title_hi) for code, title_en, title_hi in rows}


def list_live_listing_ids(*, organisation_ids: Iterable[UUID]) -> list[UUID]:
    """Ids of an organisation's live listings."""
    rows = Listing.objects.filter(organisation_id__in=organisation_ids, status=ListingStatus.LIVE)
    return list(rows.values_list("id", flat=True))
