"""Vectors of texts: made once for each text and model, in batches, outside of transactions."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from uuid import UUID

import numpy as np
from django.db import connection, transaction

from matching.engine.text import LONGEST_TEXT, text_key
from matching.engine.types import DIMENSIONS, Vectors
from matching.models import ListingVector, TextVector
from msmebazaar.core import clock
from msmebazaar.core.logging import get_logger
from msmebazaar.integrations.embeddings import embedder
from msmebazaar.integrations.errors import VendorError

log = get_logger(__name__)
BATCH = 256
LENGTH_TOLERANCE = 0.01


def embed_texts(texts: Iterable[str]) -> int:
    """Make the vectors that are not there yet. Returns how many were made; can be stopped and run again at any time.

    Raises:
        VendorError: the model is away; what was made until then is kept.
    """
    by_key = {text_key(text): text for text in texts if text.strip()}
    model, made, today = embedder().model, 0, clock.today_in_india()
    keys = sorted(by_key)
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        rows = TextVector.objects.filter(model=model, text_key__in=batch)
        known = set(rows.values_list("text_key", flat=True))
        rows.exclude(used_on=today).update(used_on=today)
        missing = [key for key in batch if key not in known]
        if not missing:
            continue
        found = embedder().embed([by_key[key][:LONGEST_TEXT] for key in missing])
        fresh = [
            TextVector(text_key=key, model=model, vector=packed(embedding.vector), used_on=today)
            for key, embedding in zip(missing, found, strict=True)
        ]
        TextVector.objects.bulk_create(fresh, ignore_conflicts=True)
        made += len(fresh)
    return made


def embed_if_possible(texts: Sequence[str]) -> bool:
    """The same for one change: False, and a line in the log, when the model is away. The sweeper tries again."""
    try:
        embed_texts(texts)
    except VendorError as error:
        log.warning("text without a vector", vendor=error.vendor, vendor_code=error.code)
        return False
    return True


def packed(vector: Sequence[float]) -> bytes:
    """Half-precision bytes of a unit vector. ValueError for another length or direction: neither is compared with others."""
    numbers = np.asarray(vector, dtype=np.float32)
    length = float(np.linalg.norm(numbers))
    if numbers.shape != (DIMENSIONS,) or not np.isfinite(length) or abs(length - 1) > LENGTH_TOLERANCE:
        raise ValueError(f"no unit vector of {DIMENSIONS} numbers")
    return numbers.astype(np.float16).tobytes()


def vectors_of(keys: Iterable[str]) -> dict[str, Vectors]:
    """By text key; texts without a vector of today's model are missing."""
    wanted = sorted(set(keys))
    found: dict[str, Vectors] = {}
    for start in range(0, len(wanted), 5000):
        rows = TextVector.objects.filter(model=current_model(), text_key__any_of=wanted[start : start + 5000])
        for key, vector in rows.values_list("text_key", "vector"):
            found[key] = np.frombuffer(bytes(vector), dtype=np.float16).astype(np.float32)
    return found


def current_model() -> str:
    return embedder().model


@transaction.atomic
def index_listings(text_keys: Mapping[UUID, str]) -> None:
    """Put the vectors of live listings where SQL can order by them. Nothing where PostgreSQL has no pgvector."""
    if not has_pgvector():
        return
    vectors, model = vectors_of(text_keys.values()), current_model()
    rows = [
        ListingVector(listing_id=listing_id, model=model, vector=vectors[key].tolist())
        for listing_id, key in text_keys.items()
        if key in vectors
    ]
    ListingVector.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["listing_id"], update_fields=["model", "vector"], batch_size=500
    )


def forget_listing(listing_id: UUID) -> None:
    if has_pgvector():
        ListingVector.objects.filter(listing_id=listing_id).delete()


@cache
def has_pgvector() -> bool:
    """Whether the table of vectors is there; asked once a process."""
    return ListingVector._meta.db_table in connection.introspection.table_names()


def unused_since(day: date, *, dry_run: bool) -> int:
    """Remove vectors of texts that nothing has had since a day. Returns how many."""
    rows = TextVector.objects.filter(used_on__lt=day)
    return rows.count() if dry_run else rows.delete()[0]
