"""Saved searches, and telling of what is new to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import selectors as people
from accounts import services as accounts
from msme import selectors
from msme.exceptions import SavedSearchNotFound, TooManySavedSearches
from msme.models import MarketEntry, SavedSearch
from msme.types import PERIODS, Frequency
from msmebazaar.core.actor import Actor

MOST_SEARCHES = 50
ROUND = 2000
MOST_NAMED = 100  # more new listings than this are told as "100"


@dataclass(frozen=True)
class SavedSearchInput:
    """`query`: parameters of `GET /listings/`, as JSON can keep them."""

    name: str
    frequency: str
    query: Mapping[str, Any]


@transaction.atomic
def save_search(*, actor: Actor, given: SavedSearchInput, now: datetime) -> SavedSearch:
    """Keep a search; it tells of what is published from now on.

    Raises:
        TooManySavedSearches.
    """
    if SavedSearch.objects.filter(user_id=actor.user_id).count() >= MOST_SEARCHES:
        raise TooManySavedSearches(limit=MOST_SEARCHES)
    return SavedSearch.objects.create(
        user_id=actor.user_id,
        name=given.name,
        frequency=given.frequency,
        query=dict(given.query),
        seen_until=now,
        due_at=_due(given.frequency, now),
    )


@transaction.atomic
def update_search(*, actor: Actor, search_id: UUID, given: SavedSearchInput, now: datetime) -> SavedSearch:
    """Change what is sought or how often it tells. Another query begins anew: what is there already is not news."""
    search = _own_locked(actor, search_id)
    if dict(given.query) != search.query:
        search.seen_until = now
    search.name, search.frequency, search.query = given.name, given.frequency, dict(given.query)
    search.due_at = _due(given.frequency, now)
    search.save()
    return search


@transaction.atomic
def forget_search(*, actor: Actor, search_id: UUID) -> None:
    _own_locked(actor, search_id).delete()


def tell_of_new_listings(*, now: datetime) -> int:
    """Look at the searches that are due and tell their owners what is new. Returns how many were told.

    One transaction a search: a search that another worker holds is left to it, and one that fails stays due. Those for which
    nothing at all was published since they were looked at are put off together.
    """
    newest = MarketEntry.objects.order_by("-published_at").values_list("published_at", flat=True).first()
    due = SavedSearch.objects.filter(due_at__lte=now)
    for frequency, period in PERIODS.items():
        without_news = due.filter(frequency=frequency)
        if newest is not None:
            without_news = without_news.filter(seen_until__gte=newest)
        without_news.update(due_at=now + period)
    told = 0
    for search_id in list(due.order_by("due_at").values_list("pk", flat=True)[:ROUND]):
        told += _look(search_id, now)
    return told


@transaction.atomic
def _look(search_id: UUID, now: datetime) -> int:
    search = SavedSearch.objects.select_for_update(skip_locked=True).filter(pk=search_id, due_at__lte=now).first()
    if search is None:
        return 0
    actor = people.actor_of(user_id=search.user_id)
    query = selectors.read_query(selectors.query_of(search.query), search.query.get("q", ""), actor=actor)
    new = selectors.entries(query, actor=actor).filter(published_at__gt=search.seen_until, published_at__lte=now)
    count = new.exclude(organisation_id__in=actor.organisation_ids)[:MOST_NAMED].count()
    if count:
        params = {"count": count, "name": search.name, "search_id": str(search.id)}
        accounts.notify(user_ids=[search.user_id], kind="msme.new_listings", now=now, params=params)
    search.seen_until, search.due_at = now, _due(search.frequency, now)
    search.save(update_fields=["seen_until", "due_at", "updated_at"])
    return int(count > 0)


def _due(frequency: str, now: datetime) -> datetime | None:
    return None if frequency == Frequency.NEVER else now + PERIODS[frequency]


def _own_locked(actor: Actor, search_id: UUID) -> SavedSearch:
    search = SavedSearch.objects.select_for_update().filter(pk=search_id, user_id=actor.user_id).first()
    if search is None:
        raise SavedSearchNotFound
    return search
