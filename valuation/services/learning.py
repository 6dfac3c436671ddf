"""Keeping what was asked and paid beside what the engine had said, for the day the market can teach it."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from msme import selectors as listings
from msme.types import Intent, ListingStatus
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor, Scope
from valuation.exceptions import NotSold
from valuation.models import ObservedPrice, Valuation
from valuation.types import PriceKind, ValuationStatus

SALES = (Intent.FULL_SALE, Intent.STAKE_SALE)


@transaction.atomic
def record_ask(*, listing_id: UUID) -> None:
    """The price a listing asks now; the same price again is no news."""
    terms = listings.get_price_terms(listing_id=listing_id)
    if terms is None or terms.intent not in SALES or terms.published_at is None:
        return
    last = ObservedPrice.objects.filter(listing_id=listing_id, kind=PriceKind.ASK).order_by("-observed_at").first()
    if last is None or last.amount_inr != terms.ask_inr:
        _observe(listing_id, terms.business_id, PriceKind.ASK, terms.ask_inr, terms.share_pct, terms.published_at)


@transaction.atomic
def record_offer(*, listing_id: UUID, price_inr: Decimal, now: datetime) -> None:
    """What somebody offered for a listing in a letter of intent; every offer is kept."""
    terms = listings.get_price_terms(listing_id=listing_id)
    if terms is not None and terms.intent in SALES:
        _observe(listing_id, terms.business_id, PriceKind.OFFER, price_inr, terms.share_pct, now)


@transaction.atomic
def record_closed_price(*, actor: Actor, listing_id: UUID, price_inr: Decimal, now: datetime) -> ObservedPrice:
    """What an own sold listing brought; the owner tells it to help price the next ones. Only the newest word counts.

    Raises:
        msme ListingNotFound; NotSold.
    """
    listing = listings.get_own_price_terms(actor=actor, listing_id=listing_id)
    actor.require_writable(Scope.LISTING, listing.organisation_id)
    if listing.status != ListingStatus.SOLD:
        raise NotSold
    ObservedPrice.objects.filter(listing_id=listing_id, kind=PriceKind.CLOSED).delete()
    share = listing.share_pct
    row = _observe(listing_id, listing.business_id, PriceKind.CLOSED, price_inr, share, now)
    audit.record("valuation.closed_price", subject_type="listing", subject_id=listing_id, actor_id=actor.user_id)
    return row


def _observe(
    listing_id: UUID, business_id: UUID, kind: str, amount: Decimal, share_pct: Decimal, at: datetime
) -> ObservedPrice:
    valuation = (
        Valuation.objects.filter(business_id=business_id, status=ValuationStatus.READY, completed_at__lte=at)
        .order_by("-completed_at")
        .first()
    )
    return ObservedPrice.objects.create(
        listing_id=listing_id,
        business_id=business_id,
        valuation=valuation,
        kind=kind,
        amount_inr=amount,
        share_pct=share_pct,
        observed_at=at,
    )
