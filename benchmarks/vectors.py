"""`python -m benchmarks.vectors`: vectors for the texts of a large generated market, in the database of the environment.

REAL texts (default 6,000) are embedded by the model; every further text has the vector of a real text of the same trade with
noise added (cosine 0.9), because embedding 200,000 texts takes two hours of two cores.
"""

import math
import os
from typing import Any

import django

django.setup()

import numpy as np  # noqa: E402

from matching.engine.text import text_key  # noqa: E402
from matching.models import ListingProfile, Mandate, TextVector  # noqa: E402
from matching.services import vectors  # noqa: E402
from matching.services.profiles import refresh_all_profiles  # noqa: E402
from msmebazaar.core import clock  # noqa: E402

REAL = int(os.environ.get("REAL", "6000"))
NOISE = 0.48  # cosine 0.9 to the text it came from


def make_vectors() -> None:
    """Real vectors for a sample of texts of every trade, and noise around them for the rest, of profiles as they are today."""
    refresh_all_profiles()
    rows = list(ListingProfile.objects.order_by("listing_id").only("listing_id", "division", "title", "summary"))
    by_trade: dict[str, list[str]] = {}
    for row in rows:
        by_trade.setdefault(row.division, []).append(row.text)
    share = REAL / max(len(rows), 1)
    sample = [text for texts in by_trade.values() for text in texts[: max(20, round(len(texts) * share))]]
    theses = sorted(set(Mandate.objects.values_list("thesis", flat=True)))
    draw = np.random.default_rng(7)
    vectors.embed_texts([*sample, *theses[: REAL // 3]])
    known = vectors.vectors_of(text_key(text) for text in [*sample, *theses])
    of_trade = {
        trade: np.stack([known[text_key(text)] for text in texts if text_key(text) in known])
        for trade, texts in by_trade.items()
    }
    model = vectors.current_model()
    have = set(TextVector.objects.filter(model=model).values_list("text_key", flat=True))
    fresh: dict[str, Any] = {}
    for row in rows:
        key = text_key(row.text)
        if key not in have and key not in fresh:
            fresh[key] = noisy(of_trade[row.division], draw)
    some = np.stack([known[text_key(text)] for text in theses if text_key(text) in known])
    for text in theses:
        key = text_key(text)
        if key not in have and key not in fresh:
            fresh[key] = noisy(some, draw)
    today = clock.today_in_india()
    TextVector.objects.bulk_create(
        [
            TextVector(text_key=key, model=model, vector=vectors.packed(value), used_on=today)
            for key, value in fresh.items()
        ],
        batch_size=2000,
        ignore_conflicts=True,  # a worker of a running market makes some meanwhile
    )
    for at in range(0, len(rows), 5000):
        vectors.index_listings({row.listing_id: text_key(row.text) for row in rows[at : at + 5000]})


def noisy(real: Any, draw: Any) -> Any:
    base = real[draw.integers(len(real))]
    noise = draw.normal(size=len(base)) / math.sqrt(len(base))
    moved = base + NOISE * noise
    return (moved / np.linalg.norm(moved)).astype(np.float32)


if __name__ == "__main__":
    make_vectors()
