"""Businesses that may be one: found when facts change, decided by staff, merged so that it can be taken back."""

import re
from collections import defaultdict
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import selectors as people
from msme.events import BusinessChanged, ListingPublished
from msme.exceptions import MergeNotFound, PairDecided, PairNotFound
from msme.models import Business, Document, DuplicatePair, FinancialStatement, GstRegistration, Listing, Merge
from msme.services.financials import reclassify
from msme.services.market import refresh_entries
from msme.types import DuplicateReason, ListingStatus, PairState
from msmebazaar.core import audit, clock
from msmebazaar.core.actor import Actor, Duty
from msmebazaar.core.outbox import publish

NAMES_ALIKE = 0.85  # of the names without "private limited" and the like
OF_EVERY_NAME = re.compile(r"\b(pvt|private|ltd|limited|llp|opc|and|the|m/s|company|co)\b|[^\w\s]", re.IGNORECASE)
MOST_FOUND, MOST_COMPARED = 20, 1000
# What a merge hands over, by the name it is written down under.
MOVABLE: dict[str, Any] = {
    "statements": FinancialStatement,
    "documents": Document,
    "registrations": GstRegistration,
    "listings": Listing,
}


@transaction.atomic
def find_duplicates(*, business_id: UUID) -> int:
    """Compare a business with all others by PAN, GSTIN, people with their phones, and name with PIN code.

    Returns how many pairs are new. Pairs that staff have decided stay decided. Businesses of one organisation may share a PAN:
    they are one enterprise, and no duplicates.
    """
    business = Business.objects.filter(pk=business_id, merged_into__isnull=True).first()
    if business is None:
        return 0
    reasons = _reasons(business)
    created = 0
    for other_id, found in list(reasons.items())[:MOST_FOUND]:
        first, second = sorted((business.id, other_id))
        pair, is_new = DuplicatePair.objects.get_or_create(
            first_id=first, second_id=second, defaults={"reasons": sorted(found)}
        )
        created += is_new
        if pair.state == PairState.OPEN and pair.reasons != sorted(found):
            pair.reasons = sorted(found)
            pair.save()
    stale = DuplicatePair.objects.filter(Q(first=business) | Q(second=business), state=PairState.OPEN)
    stale.exclude(Q(first_id__in=reasons) | Q(second_id__in=reasons)).delete()
    return created


def _reasons(business: Business) -> dict[UUID, set[str]]:
    others = Business.objects.filter(merged_into__isnull=True).exclude(pk=business.pk)
    foreign = others.exclude(organisation_id=business.organisation_id)
    found: dict[UUID, set[str]] = defaultdict(set)

    def note(reason: str, ids: Any) -> None:
        for other_id in ids:
            found[other_id].add(reason)

    if business.pan_index:
        note(
            DuplicateReason.PAN, foreign.filter(pan_index=business.pan_index).values_list("pk", flat=True)[:MOST_FOUND]
        )
    gstins = [business.gstin_index, *business.registrations.values_list("gstin_index", flat=True)]
    indexes = [index for index in gstins if index]
    if indexes:
        same = foreign.filter(Q(gstin_index__in=indexes) | Q(registrations__gstin_index__in=indexes))
        note(DuplicateReason.GSTIN, same.values_list("pk", flat=True)[:MOST_FOUND])
    if business.pincode:
        note(DuplicateReason.NAME_AND_PIN, _alike(business, others.filter(pincode=business.pincode)))
    shared = people.organisations_of_same_people(organisation_id=business.organisation_id)
    note(DuplicateReason.PHONE, _alike(business, others.filter(organisation_id__in=shared)))
    return found


def _alike(business: Business, others: QuerySet[Business]) -> list[UUID]:
    """Those with nearly the same name, of a few that something else has in common."""
    name = _plain(business.legal_name)
    rows = others.values_list("pk", "legal_name")[:MOST_COMPARED]
    return [key for key, other in rows if SequenceMatcher(None, name, _plain(other)).ratio() >= NAMES_ALIKE][
        :MOST_FOUND
    ]


def _plain(name: str) -> str:
    return " ".join(OF_EVERY_NAME.sub(" ", name.lower()).split()) or name.lower()


@transaction.atomic
def dismiss_pair(*, actor: Actor, pair_id: UUID, now: datetime) -> None:
    """Staff say: these are two businesses. It is not asked again."""
    pair = _open_locked(actor, pair_id)
    _decide(pair, PairState.DISMISSED, actor, now)


@transaction.atomic
def merge_pair(*, actor: Actor, pair_id: UUID, keep_id: UUID, now: datetime) -> Merge:
    """Staff say: these are one. What the other one has goes to the kept one: listings, papers, registrations, missing years.

    What was moved is written down, row by row, so that `undo_merge` can put it back. Nothing is deleted: a year that both
    have stays with the absorbed business, which nobody sees any more.

    Raises:
        Forbidden, PairNotFound, PairDecided.
    """
    pair = _open_locked(actor, pair_id)
    if keep_id not in (pair.first_id, pair.second_id):
        raise PairNotFound
    ids = sorted((pair.first_id, pair.second_id))
    rows = {row.id: row for row in Business.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    kept = rows.pop(keep_id)
    absorbed = rows.popitem()[1]
    moved = _move(absorbed, kept)
    absorbed.merged_into = kept
    absorbed.save()
    merge = Merge.objects.create(kept=kept, absorbed=absorbed, moved=moved, by_id=actor.user_id, at=now)
    _decide(pair, PairState.MERGED, actor, now)
    _tell_the_market(moved["listings"], now)
    _find_class_anew(kept, absorbed)
    audit.record(
        "msme.businesses_merged",
        subject_type="business",
        subject_id=kept.id,
        actor_id=actor.user_id,
        facts={"absorbed": str(absorbed.id), "merge_id": str(merge.id)},
    )
    return merge


def _move(absorbed: Business, kept: Business) -> dict[str, list[str]]:
    """Rows that change hands, by table."""
    years = set(kept.statements.values_list("fiscal_year", flat=True))
    known = {kept.gstin_index, *kept.registrations.values_list("gstin_index", flat=True)}
    moving = {
        "statements": absorbed.statements.exclude(fiscal_year__in=years),
        "documents": absorbed.documents.all(),
        "registrations": absorbed.registrations.exclude(gstin_index__in=known),
        "listings": absorbed.listings.all(),
    }
    moved = {name: [str(key) for key in rows.values_list("pk", flat=True)] for name, rows in moving.items()}
    _hand_over(moved, kept)
    return moved


def _hand_over(moved: dict[str, list[str]], to: Business) -> None:
    for name, model in MOVABLE.items():
        model.objects.filter(pk__in=moved[name]).update(business=to)
    Listing.objects.filter(pk__in=moved["listings"]).update(organisation_id=to.organisation_id)


@transaction.atomic
def undo_merge(*, actor: Actor, merge_id: UUID, now: datetime) -> None:
    """Put everything back that is still there, and ask again whether the two are one.

    Raises:
        Forbidden, MergeNotFound: there is none, or it was taken back already.
    """
    actor.require_duty(Duty.REVIEW)
    merge = Merge.objects.select_for_update().filter(pk=merge_id, undone_at__isnull=True).first()
    if merge is None:
        raise MergeNotFound
    absorbed = Business.objects.select_for_update().get(pk=merge.absorbed_id)
    still = {name: _still_with(merge, name) for name in MOVABLE}
    _hand_over(still, absorbed)
    absorbed.merged_into = None
    absorbed.save()
    merge.undone_at = now
    merge.save()
    first, second = sorted((merge.kept_id, merge.absorbed_id))
    DuplicatePair.objects.filter(first_id=first, second_id=second).update(
        state=PairState.OPEN, decided_by_id=None, decided_at=None
    )
    _tell_the_market(still["listings"], now)
    _find_class_anew(Business.objects.get(pk=merge.kept_id), absorbed)
    audit.record(
        "msme.merge_undone",
        subject_type="business",
        subject_id=merge.kept_id,
        actor_id=actor.user_id,
        facts={"absorbed": str(absorbed.id), "merge_id": str(merge.id)},
    )


def _still_with(merge: Merge, name: str) -> list[str]:
    rows = MOVABLE[name].objects.filter(pk__in=merge.moved[name], business_id=merge.kept_id)
    return [str(key) for key in rows.values_list("pk", flat=True)]


def _tell_the_market(listing_ids: list[str], now: datetime) -> None:
    live = list(Listing.objects.filter(pk__in=listing_ids, status=ListingStatus.LIVE).values_list("pk", flat=True))
    if live:
        refresh_entries(listing_ids=live, now=now)
    for listing_id in live:
        publish(ListingPublished(listing_id))


def _find_class_anew(*businesses: Business) -> None:
    """Figures changed hands: the MSME class, and whatever else follows from them."""
    for business in businesses:
        reclassify(business, clock.today_in_india())
        publish(BusinessChanged(business.id))


def _open_locked(actor: Actor, pair_id: UUID) -> DuplicatePair:
    actor.require_duty(Duty.REVIEW)
    pair = DuplicatePair.objects.select_for_update().filter(pk=pair_id).first()
    if pair is None:
        raise PairNotFound
    if pair.state != PairState.OPEN:
        raise PairDecided(now=str(PairState(pair.state).label))
    return pair


def _decide(pair: DuplicatePair, state: PairState, actor: Actor, now: datetime) -> None:
    pair.state, pair.decided_by_id, pair.decided_at = state, actor.user_id, now
    pair.save()
    audit.record(
        "msme.duplicate_decided",
        subject_type="business",
        subject_id=pair.first_id,
        actor_id=actor.user_id,
        facts={"other": str(pair.second_id), "state": state.value},
    )
