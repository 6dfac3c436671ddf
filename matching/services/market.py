"""The snapshot of what is common on the market, and the ranker that is in use: what every score is made with."""

import json
import zlib
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from uuid import UUID

import numpy as np

from matching.columns import offers_of
from matching.engine.behaviour import market_of
from matching.engine.model import Ranker, ranker_from
from matching.engine.types import DIMENSIONS, Market, Offers, Vectors
from matching.models import ListingProfile, MarketSnapshot, RankerVersion
from matching.selectors.feedback import past_deals
from matching.services import vectors
from msmebazaar.core import clock
from msmebazaar.integrations.embeddings import LOCAL_MODEL

CENTRE_FILE = Path(__file__).parents[1] / "reference" / "centre_e5.json"
CENTRE_COUNTS_AS = 200  # texts; a small market's own mean is drawn towards the shipped one
KEPT = 14


def take_snapshot(*, now: datetime) -> MarketSnapshot:
    """Read the whole market and keep what is common on it. The last KEPT are kept, for the matches made by them."""
    profiles = list(ListingProfile.objects.order_by("listing_id"))
    known = vectors.vectors_of(profile.text_key for profile in profiles)
    return keep_snapshot(offers_of(profiles, known, clock.today_in_india()), now=now)


def keep_snapshot(offers: Offers, *, now: datetime) -> MarketSnapshot:
    rows = {UUID(listing_id): row for row, listing_id in enumerate(offers.ids)}
    market = market_of("", offers, past_deals(rows))
    content = {
        "centre": [round(float(part), 6) for part in _drawn_in(market.centre, offers)],
        "rarity": {word: round(value, 4) for word, value in market.rarity.items() if value < market.unseen - 1},
        "unseen": round(market.unseen, 4),
        "words": market.words,
        "deals": market.deals,
        "counts": market.counts,
        "popularity": market.popularity,
        "usual_popularity": market.usual_popularity,
        "amount_mean": market.amount_mean,
        "amount_sd": market.amount_sd,
    }
    packed = zlib.compress(json.dumps(content, sort_keys=True).encode())
    snapshot = MarketSnapshot.objects.create(taken_at=now, embedding_model=vectors.current_model(), content=packed)
    old = MarketSnapshot.objects.order_by("-id").values_list("id", flat=True)[KEPT:]
    MarketSnapshot.objects.filter(pk__in=list(old)).delete()
    return snapshot


def _drawn_in(centre: Vectors, offers: Offers) -> Vectors:
    count = int((np.abs(offers.vectors).sum(axis=1) > 0).sum())
    shipped = shipped_centre(vectors.current_model())
    drawn = (centre * count + shipped * CENTRE_COUNTS_AS) / (count + CENTRE_COUNTS_AS)
    return drawn.astype(np.float32)


@lru_cache(maxsize=2)
def shipped_centre(model: str) -> Vectors:
    """Mean of the local model's vectors over our own tables of trades and industries; zeros for other models."""
    if model != LOCAL_MODEL:
        return np.zeros(DIMENSIONS, dtype=np.float32)
    return np.array(json.loads(CENTRE_FILE.read_text())["centre"], dtype=np.float32)


def current_market() -> tuple[int, Market]:
    """The newest snapshot and its number; one is taken where there is none at all."""
    number = MarketSnapshot.objects.order_by("-id").values_list("id", flat=True).first()
    if number is None:
        number = take_snapshot(now=clock.now()).id
    return number, market_by_number(number, vectors.current_model())


@lru_cache(maxsize=4)
def market_by_number(number: int, model: str) -> Market:
    """A snapshot as the engine reads it; where another model made its centre, with the one that comes with the product.

    MarketSnapshot.DoesNotExist for one that is no longer kept.
    """
    row = MarketSnapshot.objects.get(pk=number)
    content = json.loads(zlib.decompress(bytes(row.content)))
    return Market(
        version=str(number),
        centre=np.array(content["centre"], dtype=np.float32) if row.embedding_model == model else shipped_centre(model),
        rarity=content["rarity"],
        unseen=content["unseen"],
        words=content["words"],
        deals=content["deals"],
        counts={
            name: {int(value): count for value, count in table.items()} for name, table in content["counts"].items()
        },
        popularity={name: _by_number(table) for name, table in content["popularity"].items()},
        usual_popularity=content["usual_popularity"],
        amount_mean=content["amount_mean"],
        amount_sd=content["amount_sd"],
    )


def _by_number(table: dict[str, float]) -> "dict[int, float]":
    return {int(name): value for name, value in table.items()}


def current_ranker() -> Ranker | None:
    """The trained ranker in use; None: the untrained engine."""
    version = RankerVersion.objects.filter(is_in_use=True).values_list("version", flat=True).first()
    return ranker_by_version(version) if version else None


@lru_cache(maxsize=4)
def ranker_by_version(version: str) -> Ranker:
    """RuntimeError when the row is not what was promoted."""
    row = RankerVersion.objects.get(pk=version)
    ranker = ranker_from(row.content)
    if ranker.digest != row.sha256:
        raise RuntimeError(f"ranker {version} is not what was promoted")
    return ranker


def forget_cached() -> None:
    """For commands and tests that replace what is cached."""
    market_by_number.cache_clear()
    ranker_by_version.cache_clear()
