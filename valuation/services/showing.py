"""Who sees a valuation besides its owner: members beside a listing with consent, anybody with a link for a while."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from msme import selectors as listings
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor, Scope
from valuation import selectors
from valuation.exceptions import NotPublishable, ShareLinkNotFound
from valuation.models import ListingValuation, ShareLink
from valuation.types import Shown

LEAST_QUALITY = 55  # VALUATION.md 4.9: publishable on a listing
LONGEST_SHARE = timedelta(days=90)


@transaction.atomic
def show_on_listing(*, actor: Actor, listing_id: UUID, valuation_id: UUID, shows: str) -> ListingValuation:
    """Let members see the range, or the value too, beside an own listing; this is the owner's consent.

    Raises:
        msme ListingNotFound, ValuationNotFound, ValuationNotReady.
        NotPublishable: of another business, or its figures are too thin.
    """
    listing = listings.get_own_price_terms(actor=actor, listing_id=listing_id)
    actor.require_writable(Scope.LISTING, listing.organisation_id)
    valuation = selectors.get_result(actor=actor, valuation_id=valuation_id)
    is_thin = (valuation.quality or 0) < LEAST_QUALITY or (shows == Shown.POINT and valuation.point_inr is None)
    if valuation.business_id != listing.business_id or is_thin:
        raise NotPublishable(wanted=LEAST_QUALITY)
    shown, _ = ListingValuation.objects.update_or_create(
        listing_id=listing_id, defaults={"valuation": valuation, "shows": shows, "by_id": actor.user_id}
    )
    facts: dict[str, object] = {"valuation_id": str(valuation.id), "shows": shows}
    audit.record("valuation.shown", subject_type="listing", subject_id=listing_id, actor_id=actor.user_id, facts=facts)
    return shown


@transaction.atomic
def hide_from_listing(*, actor: Actor, listing_id: UUID) -> None:
    """Withdraw the consent; repeating it changes nothing."""
    listing = listings.get_own_price_terms(actor=actor, listing_id=listing_id)
    actor.require_writable(Scope.LISTING, listing.organisation_id)
    ListingValuation.objects.filter(listing_id=listing_id).delete()
    audit.record("valuation.hidden", subject_type="listing", subject_id=listing_id, actor_id=actor.user_id)


@transaction.atomic
def make_share_link(
    *, actor: Actor, valuation_id: UUID, label: str, language: str, days: int, now: datetime
) -> tuple[ShareLink, str]:
    """A link to the report for somebody without an account, and its token, which is told only now.

    Raises:
        ValuationNotFound, ValuationNotReady.
    """
    valuation = selectors.get_result(actor=actor, valuation_id=valuation_id)
    actor.require_writable(Scope.VALUATION, valuation.organisation_id)
    token = secrets.token_urlsafe(24)
    link = ShareLink.objects.create(
        valuation=valuation,
        token_sha256=_hash(token),
        label=label,
        language=language,
        by_id=actor.user_id,
        expires_at=now + min(timedelta(days=days), LONGEST_SHARE),
    )
    audit.record("valuation.shared", subject_type="valuation", subject_id=valuation.id, actor_id=actor.user_id)
    return link, token


@transaction.atomic
def revoke_share_link(*, actor: Actor, valuation_id: UUID, share_id: UUID, now: datetime) -> None:
    """End a link at once; repeating it changes nothing.

    Raises:
        ValuationNotFound, ShareLinkNotFound.
    """
    valuation = selectors.get_own_valuation(actor=actor, valuation_id=valuation_id)
    actor.require_writable(Scope.VALUATION, valuation.organisation_id)
    link = ShareLink.objects.select_for_update().filter(valuation=valuation, pk=share_id).first()
    if link is None:
        raise ShareLinkNotFound
    if link.revoked_at is None:
        link.revoked_at = now
        link.save(update_fields=["revoked_at", "updated_at"])
        audit.record("valuation.unshared", subject_type="valuation", subject_id=valuation.id, actor_id=actor.user_id)


def open_share_link(*, token: str, now: datetime) -> ShareLink:
    """The link of a token, counted as opened. A wrong, expired or revoked one does not exist.

    Raises:
        ShareLinkNotFound.
    """
    links = ShareLink.objects.filter(token_sha256=_hash(token), expires_at__gt=now, revoked_at__isnull=True)
    link = links.select_related("valuation", "valuation__business").first()
    if link is None:
        raise ShareLinkNotFound
    ShareLink.objects.filter(pk=link.pk).update(opened=F("opened") + 1, last_opened_at=now)
    return link


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
