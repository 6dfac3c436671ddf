"""Profiles: what matching compares of a live listing, kept true to what the market may know of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import Value

from matching.engine.text import text_key
from matching.events import AcceptanceSet
from matching.models import Acceptance, ListingProfile
from matching.services import vectors
from msme import selectors as listings
from msme.types import ListingFacts
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor, Scope
from msmebazaar.core.outbox import publish

PAGE = 2000
FROM_FACTS = [
    "organisation_id",
    "version",
    "intent",
    "section",
    "division",
    "state",
    "district",
    "ask_inr",
    "revenue_about_inr",
    "stake_pct",
    "quality",
    "tier",
    "published_at",
    "title",
    "summary",
    "text_key",
    "words",
]
ACCEPTED = ["accepts_kinds", "accepts_tier", "accepts_share_pct"]


@transaction.atomic
def refresh_profile(*, listing_id: UUID) -> ListingProfile | None:
    """Make the profile of one listing what the market tells now; one that is not live loses it. Returns it."""
    facts = listings.get_listing_facts(listing_ids=[listing_id])
    if not facts:
        ListingProfile.objects.filter(pk=listing_id).delete()
        vectors.forget_listing(listing_id)
        return None
    _write(facts)
    return ListingProfile.objects.get(pk=listing_id)


def refresh_all_profiles() -> int:
    """The whole market, a page at a time. Returns how many profiles there are now."""
    after, count = None, 0
    while page := listings.get_listing_facts(after=after, most=PAGE):
        with transaction.atomic():
            gone = ListingProfile.objects.filter(pk__lte=page[-1].listing_id)
            if after is not None:
                gone = gone.filter(pk__gt=after)
            gone.exclude(pk__in=[facts.listing_id for facts in page]).delete()
            _write(page)
        after, count = page[-1].listing_id, count + len(page)
    rest = ListingProfile.objects.filter(pk__gt=after) if after else ListingProfile.objects.all()
    rest.delete()
    return count


def _write(facts: Sequence[ListingFacts]) -> None:
    """Write what differs from what is there: most of a market is as it was yesterday."""
    titles = listings.division_titles()
    accepted = Acceptance.objects.in_bulk([row.listing_id for row in facts])
    rows = [
        _profile(row, titles.get(row.division, ("", "")), accepted.get(row.listing_id) or Acceptance()) for row in facts
    ]
    known = ListingProfile.objects.defer("words").in_bulk([row.listing_id for row in rows])
    changed = [row for row in rows if row.listing_id not in known or _differs(row, known[row.listing_id])]
    ListingProfile.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["listing_id"],
        update_fields=[*FROM_FACTS, *ACCEPTED],
        batch_size=500,
    )


def _differs(new: ListingProfile, old: ListingProfile) -> bool:
    """The words follow from title, summary and division, which are compared themselves."""
    return any(getattr(new, name) != getattr(old, name) for name in (*FROM_FACTS, *ACCEPTED) if name != "words")


def _profile(facts: ListingFacts, trade: tuple[str, str], accepted: Acceptance) -> ListingProfile:
    profile = ListingProfile(
        **{name: getattr(facts, name) for name in FROM_FACTS if hasattr(facts, name)},
        listing_id=facts.listing_id,
        accepts_kinds=accepted.kinds,
        accepts_tier=accepted.tier,
        accepts_share_pct=accepted.share_pct,
        words=SearchVector(Value(facts.title), weight="A", config="hindi")
        + SearchVector(Value(" ".join(trade)), weight="B", config="hindi")
        + SearchVector(Value(facts.summary), weight="C", config="hindi"),
    )
    profile.text_key = text_key(profile.text)
    return profile


@dataclass(frozen=True)
class AcceptanceInput:
    """Which seekers an owner accepts. Empty and nothing leave it open; the share is in percent of the asking price."""

    kinds: list[str]
    tier: int
    share_pct: int | None


@transaction.atomic
def set_acceptance(*, actor: Actor, listing_id: UUID, given: AcceptanceInput) -> Acceptance:
    """Say which seekers one accepts for an own listing, in whatever state it is; matches of a live one are made anew.

    Raises:
        ListingNotFound, ReadOnly.
    """
    listing = listings.get_own_price_terms(actor=actor, listing_id=listing_id)
    actor.require_writable(Scope.LISTING, listing.organisation_id)
    acceptance, _ = Acceptance.objects.update_or_create(listing_id=listing_id, defaults=vars(given))
    audit.record("matching.acceptance_set", subject_type="listing", subject_id=listing_id, actor_id=actor.user_id)
    publish(AcceptanceSet(listing_id))
    return acceptance
