"""Reads of listings."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from uuid import UUID

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Value, When

from msme.exceptions import ListingNotFound
from msme.models import FinancialStatement, Listing, ListingVersion, MarketEntry
from msme.selectors.market import may_browse
from msme.types import (
    VERSIONED,
    ListingFacts,
    ListingStatus,
    PricePoint,
    PriceTerms,
    VersionChange,
)
from msmebazaar.core.actor import Actor, Scope


def own_listings(*, actor: Actor) -> QuerySet[Listing]:
    return Listing.objects.filter(organisation_id__in=actor.readable(Scope.LISTING)).select_related("business")


def may_see(actor: Actor | None) -> Q:
    """Which live listings the actor may see."""
    return Q(status=ListingStatus.LIVE) & may_browse(actor)


def get_visible_listing(*, actor: Actor | None, listing_id: UUID) -> Listing:
    """An own listing in any state, or somebody's live one. `actor` None: nobody in particular."""
    own = actor.readable(Scope.LISTING) if actor else frozenset()
    listing = (
        Listing.objects.filter(pk=listing_id)
        .filter(Q(organisation_id__in=own) | may_see(actor))
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
    told = Case(When(entry__division="", then=Value("")), default=F("business__nic_code"))
    facts = (
        rows.annotate(nic_told=told)
        .order_by("id")
        .values_list(
            "id",
            "organisation_id",
            "version",
            "intent",
            "nic_told",
            "business__state",
            "ask_inr",
            "revenue",
            "title",
            "summary",
            "published_at",
        )
    )
    return [ListingFacts(*row) for row in facts]


def entry_of(listing: Listing) -> MarketEntry:
    """What the market may know of a live listing."""
    return MarketEntry.objects.select_related("listing").get(pk=listing.pk)


def get_own_listing(*, actor: Actor, listing_id: UUID) -> Listing:
    listing = own_listings(actor=actor).filter(pk=listing_id).first()
    if listing is None:
        raise ListingNotFound
    return listing


def get_own_price_terms(*, actor: Actor, listing_id: UUID) -> PriceTerms:
    """Raises: ListingNotFound."""
    return _price_terms(get_own_listing(actor=actor, listing_id=listing_id))


def get_price_terms(*, listing_id: UUID) -> PriceTerms | None:
    """For work in the background; None where there is no such listing any more."""
    listing = Listing.objects.filter(pk=listing_id).first()
    return _price_terms(listing) if listing else None


def _price_terms(listing: Listing) -> PriceTerms:
    return PriceTerms(
        listing.id,
        listing.organisation_id,
        listing.business_id,
        listing.status,
        listing.intent,
        listing.ask_inr,
        listing.stake_pct or Decimal(100),
        listing.published_at,
    )


def require_visible(*, actor: Actor, listing_id: UUID) -> None:
    """Raises: ListingNotFound when the actor may not see it."""
    get_visible_listing(actor=actor, listing_id=listing_id)


def own_versions(*, actor: Actor, listing_id: UUID) -> QuerySet[ListingVersion]:
    """What the market has seen of an own listing. ListingNotFound when it is somebody else's."""
    return ListingVersion.objects.filter(listing=get_own_listing(actor=actor, listing_id=listing_id))


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


def count_own_listings(*, organisation_ids: Iterable[UUID]) -> dict[str, int]:
    """How many listings organisations have, by status."""
    statuses = Listing.objects.filter(organisation_id__in=organisation_ids).values_list("status", flat=True)
    counted: dict[str, int] = {}
    for status in statuses:
        counted[status] = counted.get(status, 0) + 1
    return counted


def list_live_listing_ids(*, organisation_ids: Iterable[UUID]) -> list[UUID]:
    """Ids of an organisation's live listings."""
    rows = Listing.objects.filter(organisation_id__in=organisation_ids, status=ListingStatus.LIVE)
    return list(rows.values_list("id", flat=True))
