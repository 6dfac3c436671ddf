"""What waits for staff."""

from uuid import UUID

from django.db.models import QuerySet

from msme.exceptions import ListingNotFound
from msme.models import Listing
from msme.selectors.businesses import figures_of
from msme.types import TERM_NAMES, Collateral, ListingStatus, ReviewItem, SaleReason


def review_queue() -> QuerySet[Listing]:
    """Submitted listings, the longest waiting first. For staff screens of this app's rows."""
    return (
        Listing.objects.filter(status=ListingStatus.SUBMITTED).select_related("business").order_by("submitted_at", "id")
    )


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
        figures_of(statements),
        _terms(listing),
    )


def _terms(listing: Listing) -> tuple[tuple[str, str], ...]:
    """What the owner answered about the offer, in words; staff read all that buyers will."""
    choices = {value: str(label) for value, label in (*SaleReason.choices, *Collateral.choices)}
    answered = [(name, getattr(listing, name)) for name in TERM_NAMES]
    return tuple(
        (str(TERM_NAMES[name]), str(choices.get(value, value) if isinstance(value, str) else value))
        for name, value in answered
        if value not in (None, "")
    )
