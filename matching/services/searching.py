"""Search by meaning and words over what the caller may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import numpy as np
from django.db.models import QuerySet

from matching.engine.ranking import fused
from matching.engine.types import Vectors
from matching.models import ListingProfile
from matching.services import vectors
from matching.services.scoring import by_words, nearest
from msme import selectors as listings
from msmebazaar.core.actor import Actor
from msmebazaar.core.logging import get_logger
from msmebazaar.integrations.embeddings import embedder
from msmebazaar.integrations.errors import VendorError

log = get_logger(__name__)
DEPTH = 200


@dataclass(frozen=True)
class SearchInput:
    """What is sought, in words, and what it must be; amounts in rupees, divisions two digits of NIC-2008."""

    text: str
    intents: Sequence[str] = ()
    divisions: Sequence[str] = ()
    states: Sequence[str] = ()
    ask_min_inr: Decimal | None = None
    ask_max_inr: Decimal | None = None


@dataclass(frozen=True)
class Found:
    """Listings in order, each with how it was found (`meaning`, `words`); `degraded` names what could not be asked."""

    ids: list[UUID]
    found_by: dict[UUID, tuple[str, ...]]
    degraded: tuple[str, ...]


def search(*, actor: Actor, given: SearchInput) -> Found:
    """At most DEPTH listings by meaning and as many by words, fused by their ranks. Nothing is stored about the search."""
    within = _within(actor, given)
    degraded: list[str] = []
    by_meaning: list[UUID] = []
    vector = _query_vector(given.text)
    if vector is None:
        degraded.append("embedding")
    elif not vectors.has_pgvector():
        degraded.append("pgvector")
    else:
        by_meaning = nearest(within, vector, most=DEPTH)
    by_text = by_words(within, given.text, most=DEPTH)
    order = fused([[str(row) for row in by_meaning], [str(row) for row in by_text]])
    ids = [UUID(name) for name in order]
    meaning, words = set(by_meaning), set(by_text)
    found_by = {
        row: tuple(name for name, rows in (("meaning", meaning), ("words", words)) if row in rows) for row in ids
    }
    return Found(ids, found_by, tuple(degraded))


def _within(actor: Actor, given: SearchInput) -> QuerySet[ListingProfile]:
    rows = ListingProfile.objects.filter(listings.may_browse(actor))
    if given.intents:
        rows = rows.filter(intent__in=given.intents)
    if given.divisions:
        rows = rows.filter(division__in=given.divisions)
    if given.states:
        rows = rows.filter(state__in=given.states)
    if given.ask_min_inr is not None:
        rows = rows.filter(ask_inr__gte=given.ask_min_inr)
    if given.ask_max_inr is not None:
        rows = rows.filter(ask_inr__lte=given.ask_max_inr)
    return rows


def _query_vector(text: str) -> Vectors | None:
    try:
        [found] = embedder().embed([text], as_queries=True)
    except VendorError as error:
        log.warning("search without meaning", vendor=error.vendor, vendor_code=error.code)
        return None
    return np.array(found.vector, dtype=np.float32)
