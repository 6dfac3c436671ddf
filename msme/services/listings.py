"""A listing's life. Every move goes through `_move`, which knows the table of legal ones."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from accounts import selectors as people
from accounts import services as accounts
from msme import selectors, teaser
from msme.events import ListingLeftMarket, ListingPublished
from msme.exceptions import IllegalMove, ListingNotEditable, ListingNotFound, ListingNotPublishable
from msme.models import Listing
from msme.types import EDITABLE, Intent, ListingStatus, ReviewReason
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor, Scope
from msmebazaar.core.exceptions import N_, FieldFault, Forbidden
from msmebazaar.core.outbox import publish

ON_MARKET = frozenset({ListingStatus.LIVE})


@dataclass(frozen=True)
class ListingInput:
    """What an owner offers. `stake_pct` in percent of the whole, for a stake sale or an equity investment."""

    intent: str
    title: str
    summary: str
    ask_inr: Decimal
    stake_pct: Decimal | None = None


@transaction.atomic
def create_listing(*, actor: Actor, business_id: UUID, given: ListingInput) -> Listing:
    """A draft. It is complete and checked only when it is submitted."""
    business = selectors.get_own_business(actor=actor, business_id=business_id)
    actor.require_writable(Scope.LISTING, business.organisation_id)
    listing = Listing.objects.create(business=business, organisation_id=business.organisation_id, **vars(given))
    _audit("msme.listing_created", listing, actor)
    return listing


@transaction.atomic
def update_listing(*, actor: Actor, listing_id: UUID, given: ListingInput) -> Listing:
    """Replace the content of a draft, or of one for which changes were asked."""
    listing = _own_locked(actor, listing_id)
    if listing.status not in EDITABLE:
        raise ListingNotEditable(now=_named(listing.status))
    for name, value in vars(given).items():
        setattr(listing, name, value)
    listing.version += 1
    listing.save()
    _audit("msme.listing_updated", listing, actor)
    return listing


@transaction.atomic
def submit_listing(*, actor: Actor, listing_id: UUID, now: datetime) -> Listing:
    """Hand a listing to staff.

    Raises:
        IllegalMove: it is not a draft.
        ListingNotPublishable: everything that is missing or gives the owner away, all at once.
    """
    listing = _own_locked(actor, listing_id)
    _guard_move(listing, ListingStatus.SUBMITTED)
    faults = _what_is_missing(listing)
    if faults:
        raise ListingNotPublishable(errors=tuple(faults))
    listing.submitted_at = now
    listing.review_reason, listing.review_note = "", ""
    return _move(listing, ListingStatus.SUBMITTED, actor)


def _what_is_missing(listing: Listing) -> list[FieldFault]:
    business = listing.business
    faults = []
    if not business.gstin_index:
        faults.append(FieldFault("business.gstin", "required", N_("Add a GSTIN first.")))
    if not business.statements.exists():
        faults.append(
            FieldFault("business.financials", "required", N_("Enter the figures of at least one year first."))
        )
    if listing.intent in (Intent.STAKE_SALE, Intent.EQUITY_INVESTMENT) and listing.stake_pct is None:
        faults.append(FieldFault("stake_pct", "required", N_("Say how many percent are offered.")))
    names = [business.legal_name, business.trade_name]
    for field in ("title", "summary"):
        faults += teaser.leaks(getattr(listing, field), names=names, field=field)
    return faults


@transaction.atomic
def approve_listing(*, actor: Actor, listing_id: UUID, now: datetime) -> Listing:
    """Staff approve; the listing goes live at once, and matching hears of it."""
    listing = _locked_for_staff(actor, listing_id)
    _move(listing, ListingStatus.APPROVED, actor)
    _tell_owners(listing, "msme.listing_live", now)
    return _publish(listing, actor, now)


@transaction.atomic
def ask_for_changes(*, actor: Actor, listing_id: UUID, reason: ReviewReason, note: str, now: datetime) -> Listing:
    """Staff send a listing back, with a reason the owner reads in their language."""
    listing = _locked_for_staff(actor, listing_id)
    listing.review_reason, listing.review_note = reason, note
    _tell_owners(listing, "msme.changes_asked", now)
    return _move(listing, ListingStatus.CHANGES_ASKED, actor)


@transaction.atomic
def pause_listing(*, actor: Actor, listing_id: UUID) -> Listing:
    listing = _own_locked(actor, listing_id)
    _move(listing, ListingStatus.PAUSED, actor)
    publish(ListingLeftMarket(listing.id))
    return listing


@transaction.atomic
def resume_listing(*, actor: Actor, listing_id: UUID, now: datetime) -> Listing:
    listing = _own_locked(actor, listing_id)
    if listing.status != ListingStatus.PAUSED:
        raise IllegalMove(now=_named(listing.status), wanted=_named(ListingStatus.LIVE))
    return _publish(listing, actor, now)


@transaction.atomic
def withdraw_listing(*, actor: Actor, listing_id: UUID) -> Listing:
    """Take a listing off for good."""
    listing = _own_locked(actor, listing_id)
    was_on_market = listing.status in ON_MARKET
    _move(listing, ListingStatus.WITHDRAWN, actor)
    if was_on_market:
        publish(ListingLeftMarket(listing.id))
    return listing


def _tell_owners(listing: Listing, kind: str, now: datetime) -> None:
    members = people.list_member_ids(organisation_id=listing.organisation_id)
    params = {"title": listing.title, "listing_id": str(listing.id)}
    accounts.notify(user_ids=members, kind=kind, now=now, params=params)


def _publish(listing: Listing, actor: Actor, now: datetime) -> Listing:
    listing.published_at = listing.published_at or now
    listing.version += 1
    _move(listing, ListingStatus.LIVE, actor)
    publish(ListingPublished(listing.id))
    return listing


def _own_locked(actor: Actor, listing_id: UUID) -> Listing:
    listing = selectors.own_listings(actor=actor).select_for_update(of=("self",)).filter(pk=listing_id).first()
    if listing is None:
        raise ListingNotFound
    actor.require_writable(Scope.LISTING, listing.organisation_id)
    return listing


def _locked_for_staff(actor: Actor, listing_id: UUID) -> Listing:
    if not actor.is_staff:
        raise Forbidden
    listing = Listing.objects.select_for_update(of=("self",)).select_related("business").filter(pk=listing_id).first()
    if listing is None:
        raise ListingNotFound
    return listing


def _named(status: str) -> str:
    """A state's name in the reader's language."""
    return str(ListingStatus(status).label)


def _guard_move(listing: Listing, wanted: ListingStatus) -> None:
    if not listing.can_become(wanted):
        raise IllegalMove(now=_named(listing.status), wanted=_named(wanted))


def _move(listing: Listing, wanted: ListingStatus, actor: Actor) -> Listing:
    _guard_move(listing, wanted)
    was = listing.status
    listing.status = wanted
    listing.save()
    _audit("msme.listing_moved", listing, actor, {"from": was, "to": wanted.value})
    return listing


def _audit(action: str, listing: Listing, actor: Actor, facts: dict[str, object] | None = None) -> None:
    audit.record(action, subject_type="listing", subject_id=listing.id, actor_id=actor.user_id, facts=facts)
