"""A listing's life. Every move goes through `_move`, which knows the table of legal ones."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts import selectors as people
from accounts import services as accounts
from msme import selectors, teaser
from msme.events import ListingLeftMarket, ListingPublished
from msme.exceptions import (
    IllegalMove,
    ListingInvalid,
    ListingNotEditable,
    ListingNotFound,
    ListingNotPublishable,
    PriceSlip,
    PriceUnchanged,
    ReviewNotTakenBack,
)
from msme.models import Listing, ListingVersion, MarketEntry
from msme.services.market import refresh_entries
from msme.types import ALL_TERMS, EDITABLE, TERMS, VERSIONED, Intent, ListingStatus, ReviewReason, StatusReason
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor, Duty, Scope
from msmebazaar.core.exceptions import N_, FieldFault
from msmebazaar.core.outbox import publish
from msmebazaar.core.types import Money

ON_MARKET = frozenset({ListingStatus.LIVE})
PRICE_JUMP = 20  # a slip between lakh and crore is a factor of 100, between thousand and lakh too
PING_EVERY, GRACE, MOST_PINGS = timedelta(days=30), timedelta(days=7), 2
LONGEST_PAUSE = timedelta(days=180)
ROUND = 200


@dataclass(frozen=True)
class FreshnessRound:
    """How many listings were asked about, paused and ended in one round."""

    pinged: int
    paused: int
    expired: int


@dataclass(frozen=True)
class ListingInput:
    """What an owner offers; `msme.types.TERMS` says which intents have which terms. Percents are of the whole."""

    intent: str
    title: str
    summary: str
    ask_inr: Decimal
    stake_pct: Decimal | None = None
    reason: str = ""
    handover_months: int | None = None
    seller_finance_pct: Decimal | None = None
    includes_property: bool | None = None
    assets: str = ""
    use_of_funds: str = ""
    tenor_months: int | None = None
    collateral: str = ""


@transaction.atomic
def create_listing(*, actor: Actor, business_id: UUID, given: ListingInput) -> Listing:
    """A draft. It is complete and checked only when it is submitted."""
    business = selectors.get_own_business(actor=actor, business_id=business_id)
    actor.require_writable(Scope.LISTING, business.organisation_id)
    _refuse_foreign_terms(given)
    listing = Listing.objects.create(business=business, organisation_id=business.organisation_id, **vars(given))
    _audit("msme.listing_created", listing, actor)
    return listing


@transaction.atomic
def update_listing(*, actor: Actor, listing_id: UUID, given: ListingInput) -> Listing:
    """Replace the content of a draft, or of one for which changes were asked."""
    listing = _own_locked(actor, listing_id)
    if listing.status not in EDITABLE:
        raise ListingNotEditable(now=_named(listing.status))
    _refuse_foreign_terms(given)
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


TEXTS = ("title", "summary", "assets", "use_of_funds")
TERM_WANTED = {
    "stake_pct": N_("Say how many percent are offered."),
    "reason": N_("Say why it is offered; buyers ask that first."),
    "assets": N_("List what is for sale: machines, stock, rights."),
    "use_of_funds": N_("Say what the money is for."),
    "tenor_months": N_("Say in how many months it is paid back."),
    "collateral": N_("Say what security you can give, or none."),
}


def _refuse_foreign_terms(given: ListingInput) -> None:
    """A term that this intent does not have is a mistake, not something to drop in silence."""
    needed, allowed = TERMS[given.intent]
    foreign = sorted(ALL_TERMS - needed - allowed)
    message = N_("“%(intent)s” has no such term.")
    params: dict[str, str | int] = {"intent": str(Intent(given.intent).label)}
    faults = [
        FieldFault(term, "not_for_intent", message, params)
        for term in foreign
        if getattr(given, term) not in (None, "")
    ]
    if faults:
        raise ListingInvalid(errors=tuple(faults))


def _what_is_missing(listing: Listing) -> list[FieldFault]:
    business = listing.business
    faults = []
    if not business.gstin_index:
        faults.append(FieldFault("business.gstin", "required", N_("Add a GSTIN first.")))
    if not business.statements.exists():
        faults.append(
            FieldFault("business.financials", "required", N_("Enter the figures of at least one year first."))
        )
    needed, _ = TERMS[listing.intent]
    faults += [
        FieldFault(term, "required", TERM_WANTED[term])
        for term in sorted(needed)
        if getattr(listing, term) in (None, "")
    ]
    names = selectors.names_of(business)
    for field in TEXTS:
        faults += teaser.leaks(getattr(listing, field), names=names, field=field, pincode=business.pincode)
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
def take_back_review(*, actor: Actor, listing_id: UUID, now: datetime) -> Listing:
    """Staff take their own decision back: the listing waits for review again, off the market. Its owner is told.

    Raises:
        Forbidden, ListingNotFound; ReviewNotTakenBack: it is no longer where the decision had put it.
    """
    listing = _locked_for_staff(actor, listing_id)
    was = ListingStatus(listing.status)
    if was not in (ListingStatus.LIVE, ListingStatus.CHANGES_ASKED):
        raise ReviewNotTakenBack(now=_named(was))
    listing.status, listing.review_reason, listing.review_note = ListingStatus.SUBMITTED, "", ""
    listing.save()
    if was in ON_MARKET:
        MarketEntry.objects.filter(pk=listing.id).delete()
        publish(ListingLeftMarket(listing.id))
    _tell_owners(listing, "msme.review_taken_back", now)
    _audit("msme.review_taken_back", listing, actor, {"from": was.value})
    return listing


@transaction.atomic
def pause_listing(*, actor: Actor, listing_id: UUID) -> Listing:
    return _leave_market(_own_locked(actor, listing_id), ListingStatus.PAUSED, actor)


@transaction.atomic
def resume_listing(*, actor: Actor, listing_id: UUID, now: datetime) -> Listing:
    """Back to the market: from a pause, or when an offer came to nothing."""
    listing = _own_locked(actor, listing_id)
    if listing.status not in (ListingStatus.PAUSED, ListingStatus.UNDER_OFFER):
        raise IllegalMove(now=_named(listing.status), wanted=_named(ListingStatus.LIVE))
    return _publish(listing, actor, now)


@transaction.atomic
def mark_under_offer(*, actor: Actor, listing_id: UUID) -> Listing:
    """Somebody's offer was accepted in principle; nobody new sees the listing."""
    return _leave_market(_own_locked(actor, listing_id), ListingStatus.UNDER_OFFER, actor)


@transaction.atomic
def mark_sold(*, actor: Actor, listing_id: UUID) -> Listing:
    """The deal is done. Final."""
    return _leave_market(_own_locked(actor, listing_id), ListingStatus.SOLD, actor)


@transaction.atomic
def withdraw_listing(*, actor: Actor, listing_id: UUID) -> Listing:
    """Take a listing off for good."""
    return _leave_market(_own_locked(actor, listing_id), ListingStatus.WITHDRAWN, actor)


@transaction.atomic
def reprice_listing(*, actor: Actor, listing_id: UUID, ask_inr: Decimal, is_confirmed: bool, now: datetime) -> Listing:
    """Ask another price. On the market it is a new published version at once; staff need not look again.

    Raises:
        ListingNotEditable: it is neither live nor paused (a draft is changed as a whole).
        PriceUnchanged.
        PriceSlip: 20 times the price before or a twentieth, and not confirmed.
    """
    listing = _own_locked(actor, listing_id)
    if listing.status not in (ListingStatus.LIVE, ListingStatus.PAUSED):
        raise ListingNotEditable(now=_named(listing.status))
    if ask_inr == listing.ask_inr:
        raise PriceUnchanged
    ratio = ask_inr / listing.ask_inr
    if not is_confirmed and (ratio >= PRICE_JUMP or ratio * PRICE_JUMP <= 1):
        raise PriceSlip(before=Money(listing.ask_inr).short(), after=Money(ask_inr).short())
    was, listing.ask_inr = listing.ask_inr, ask_inr
    listing.version += 1
    if listing.status == ListingStatus.LIVE:
        _confirm(listing, now)
        _keep_version(listing, actor.user_id, now)
        publish(ListingPublished(listing.id))
    listing.save()
    if listing.status == ListingStatus.LIVE:
        refresh_entries(listing_ids=[listing.id], now=now)
    _audit("msme.listing_repriced", listing, actor, {"from": f"{was:.2f}", "to": f"{ask_inr:.2f}"})
    return listing


@transaction.atomic
def confirm_available(*, actor: Actor, listing_id: UUID, now: datetime) -> Listing:
    """The owner's answer to "still available?"; saying it again only moves the date."""
    listing = _own_locked(actor, listing_id)
    if listing.status != ListingStatus.LIVE:
        raise IllegalMove(now=_named(listing.status), wanted=_named(ListingStatus.LIVE))
    _confirm(listing, now)
    listing.save()
    _audit("msme.listing_confirmed", listing, actor)
    return listing


@transaction.atomic
def keep_listings_fresh(*, now: datetime) -> FreshnessRound:
    """Ask owners of quiet listings whether they are still offered, pause those who stay silent, end what was paused long ago.

    A ping every 30 days; a week after the second unanswered one the listing is paused. Rows that another worker holds are
    left to it.
    """
    live = Listing.objects.select_for_update(skip_locked=True).filter(status=ListingStatus.LIVE)
    silent = live.filter(pings_sent=MOST_PINGS, pinged_at__lte=now - GRACE)
    due = live.filter(
        Q(pings_sent=0, confirmed_at__lte=now - PING_EVERY) | Q(pings_sent=1, pinged_at__lte=now - PING_EVERY)
    )
    old = Listing.objects.select_for_update(skip_locked=True).filter(
        status=ListingStatus.PAUSED, updated_at__lte=now - LONGEST_PAUSE
    )
    to_pause, to_end, to_ping = list(silent[:ROUND]), list(old[:ROUND]), list(due[:ROUND])
    for listing in to_pause:
        _leave_alone(listing, ListingStatus.PAUSED, StatusReason.SILENT, now)
    for listing in to_end:
        _leave_alone(listing, ListingStatus.EXPIRED, StatusReason.TOO_LONG_PAUSED, now)
    for listing in to_ping:
        _ping(listing, now)
    return FreshnessRound(len(to_ping), len(to_pause), len(to_end))


def _ping(listing: Listing, now: datetime) -> None:
    listing.pings_sent += 1
    listing.pinged_at = now
    listing.save(update_fields=["pings_sent", "pinged_at", "updated_at"])
    _tell_owners(listing, "msme.still_available", now)


def _leave_alone(listing: Listing, wanted: ListingStatus, reason: StatusReason, now: datetime) -> None:
    """Off the market by our rule, not by a person."""
    _leave_market(listing, wanted, None, reason)
    _tell_owners(listing, "msme.left_market", now)


def _leave_market(listing: Listing, wanted: ListingStatus, actor: Actor | None, reason: str = "") -> Listing:
    was_on_market = listing.status in ON_MARKET
    listing.status_reason = reason
    _move(listing, wanted, actor)
    if was_on_market:
        MarketEntry.objects.filter(pk=listing.id).delete()
        publish(ListingLeftMarket(listing.id))
    return listing


def _confirm(listing: Listing, now: datetime) -> None:
    listing.confirmed_at, listing.pings_sent, listing.pinged_at = now, 0, None


def _keep_version(listing: Listing, user_id: UUID | None, now: datetime) -> None:
    """Write down what the market sees from now on, unless it saw the same before."""
    last = listing.versions.order_by("-number").first()
    content = {name: getattr(listing, name) for name in VERSIONED}
    if last is None or any(getattr(last, name) != value for name, value in content.items()):
        number = last.number + 1 if last else 1
        ListingVersion.objects.create(
            listing=listing, number=number, published_at=now, published_by_id=user_id, **content
        )


def _tell_owners(listing: Listing, kind: str, now: datetime) -> None:
    members = people.list_member_ids(organisation_id=listing.organisation_id)
    params = {"title": listing.title, "listing_id": str(listing.id)}
    accounts.notify(user_ids=members, kind=kind, now=now, params=params)


def _publish(listing: Listing, actor: Actor, now: datetime) -> Listing:
    listing.published_at = listing.published_at or now
    listing.version += 1
    listing.status_reason = ""
    _confirm(listing, now)
    _move(listing, ListingStatus.LIVE, actor)
    _keep_version(listing, actor.user_id, now)
    refresh_entries(listing_ids=[listing.id], now=now)
    publish(ListingPublished(listing.id))
    return listing


def _own_locked(actor: Actor, listing_id: UUID) -> Listing:
    listing = selectors.own_listings(actor=actor).select_for_update(of=("self",)).filter(pk=listing_id).first()
    if listing is None:
        raise ListingNotFound
    actor.require_writable(Scope.LISTING, listing.organisation_id)
    return listing


def _locked_for_staff(actor: Actor, listing_id: UUID) -> Listing:
    actor.require_duty(Duty.REVIEW)
    listing = Listing.objects.select_for_update(of=("self",)).select_related("business").filter(pk=listing_id).first()
    if listing is None or not actor.covers(listing.business.state):
        raise ListingNotFound
    return listing


def _named(status: str) -> str:
    """A state's name in the reader's language."""
    return str(ListingStatus(status).label)


def _guard_move(listing: Listing, wanted: ListingStatus) -> None:
    if not listing.can_become(wanted):
        raise IllegalMove(now=_named(listing.status), wanted=_named(wanted))


def _move(listing: Listing, wanted: ListingStatus, actor: Actor | None) -> Listing:
    _guard_move(listing, wanted)
    was = listing.status
    listing.status = wanted
    listing.save()
    _audit("msme.listing_moved", listing, actor, {"from": was, "to": wanted.value})
    return listing


def _audit(action: str, listing: Listing, actor: Actor | None, facts: dict[str, object] | None = None) -> None:
    actor_id = actor.user_id if actor else None
    audit.record(action, subject_type="listing", subject_id=listing.id, actor_id=actor_id, facts=facts)
