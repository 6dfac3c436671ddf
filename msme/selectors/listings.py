"""Reads of listings."""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet

from msme.closeness import level_of
from msme.exceptions import ListingNotFound
from msme.models import Listing, ListingVersion, MarketEntry
from msme.selectors.market import may_browse
from msme.types import (
    ABOUT_DIGITS,
    VERSIONED,
    Intent,
    Level,
    ListingFacts,
    ListingStatus,
    LoanTerms,
    OwnListing,
    PricePoint,
    PriceTerms,
    VersionChange,
)
from msmebazaar.core.actor import Actor, Scope
from msmebazaar.core.types import Money

STILL_SHOWN = (ListingStatus.LIVE, ListingStatus.PAUSED, ListingStatus.UNDER_OFFER)  # to those who have signed


def own_listings(*, actor: Actor) -> QuerySet[Listing]:
    return Listing.objects.filter(organisation_id__in=actor.readable(Scope.LISTING)).select_related("business")


def may_see(actor: Actor | None) -> Q:
    """Which live listings the actor may see."""
    return Q(status=ListingStatus.LIVE) & may_browse(actor)


def get_visible_listing(*, actor: Actor | None, listing_id: UUID) -> Listing:
    """An own listing in any state, somebody's live one, or one that an introduction has brought the actor close to.

    `actor` None: nobody in particular.
    """
    own = actor.readable(Scope.LISTING) if actor else frozenset()
    seen = Q(organisation_id__in=own) | may_see(actor)
    if level_of(actor, listing_id).rank >= Level.NDA.rank:
        seen |= Q(status__in=STILL_SHOWN)
    listing = Listing.objects.filter(pk=listing_id).filter(seen).select_related("business").first()
    if listing is None:
        raise ListingNotFound
    return listing


def get_listing_facts(
    *,
    listing_ids: Sequence[UUID] | None = None,
    business_id: UUID | None = None,
    after: UUID | None = None,
    most: int | None = None,
) -> list[ListingFacts]:
    """Live listings as matching sees them, by id: for ranking only, never for showing.

    Args:
        after, most: a page of all, by id.
    """
    rows = MarketEntry.objects.filter(listing__status=ListingStatus.LIVE)
    if listing_ids is not None:
        rows = rows.filter(pk__in=listing_ids)
    if business_id is not None:
        rows = rows.filter(business_id=business_id)
    if after is not None:
        rows = rows.filter(pk__gt=after)
    found = rows.order_by("pk").values_list(
        "pk",
        "organisation_id",
        "listing__version",
        "intent",
        "section",
        "division",
        "state",
        "district",
        "ask_inr",
        "revenue_inr",
        "stake_pct",
        "quality",
        "tier",
        "listing__title",
        "listing__summary",
        "published_at",
    )
    return [ListingFacts(*row[:9], Money(row[9]).rounded(ABOUT_DIGITS).amount, *row[10:]) for row in found[:most]]


def entry_of(listing: Listing) -> MarketEntry:
    """What the market may know of a live listing. MarketEntry.DoesNotExist for one that is not live."""
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


def get_own_loan_terms(*, actor: Actor, listing_id: UUID) -> LoanTerms | None:
    """None for an own listing that asks for no loan, or does not say for how long yet. Raises: ListingNotFound."""
    listing = own_listings(actor=actor).filter(pk=listing_id).first()
    if listing is None:
        raise ListingNotFound
    if listing.intent != Intent.LOAN or listing.tenor_months is None:
        return None
    return LoanTerms(listing.id, listing.ask_inr, listing.tenor_months, listing.collateral, listing.business.state)


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


def list_visible_listing_ids(*, among: Collection[UUID], actor: Actor) -> set[UUID]:
    """Those of them that are live and that the actor may browse now."""
    rows = MarketEntry.objects.filter(may_browse(actor), pk__in=among, listing__status=ListingStatus.LIVE)
    return set(rows.values_list("pk", flat=True))


def titles_of(*, listing_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Titles by listing, in whatever state it is; a title tells nobody's name."""
    return dict(Listing.objects.filter(pk__in=list(listing_ids)).values_list("pk", "title"))


def list_own_listings(*, actor: Actor, limit: int) -> list[OwnListing]:
    """Those that are not over, the newest first."""
    over = (ListingStatus.SOLD, ListingStatus.WITHDRAWN, ListingStatus.EXPIRED)
    rows = own_listings(actor=actor).exclude(status__in=over).order_by("-created_at")[:limit]
    return [OwnListing(row.id, row.title, row.status, row.ask_inr) for row in rows]
