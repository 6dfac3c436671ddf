"""How good a ranking is, forward and backward, and how sure one may be of it.

Forward: for every seeker, the offers; backward: for every offer, the seekers, by the same keys. Ties are ordered by a hash, so a
constant ranks as chance does.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine.types import Floats

TOP, DEEP = 10, 50
RESAMPLES = 1000
Gone = Mapping[str, frozenset[str]]  # which offers each seeker went for


@dataclass(frozen=True)
class Quality:
    """Means over seekers (forward) or offers (backward); intervals are 95 %, by resampling seekers."""

    ndcg: float
    ndcg_interval: tuple[float, float]
    recall: float
    recall_interval: tuple[float, float]
    reverse_ndcg: float
    gini: float
    coverage: float
    queries: int


def quality(keys: Mapping[str, Floats], offers: Sequence[str], gone_for: Gone) -> Quality:
    """Score `keys`, (n,) for each seeker, the higher the better.

    nDCG@10 and Recall@50 forward, nDCG@10 backward; Gini coefficient and coverage of all first tens.
    """
    at = {offer: row for row, offer in enumerate(offers)}
    seekers = list(keys)
    ties = np.array([[_tie(seeker, offer) for offer in offers] for seeker in seekers])
    table = np.array([keys[seeker] for seeker in seekers])
    ndcgs, recalls, shown = [], [], Counter[int]()
    wanted_by: dict[str, set[int]] = {}
    for row, seeker in enumerate(seekers):
        order = np.lexsort((ties[row], -table[row]))
        shown.update(order[:TOP].tolist())
        wanted = gone_for.get(seeker, frozenset())
        for offer in wanted:
            wanted_by.setdefault(offer, set()).add(row)
        if wanted:
            hits = np.isin(order, [at[offer] for offer in wanted])
            ndcgs.append(_ndcg(hits, len(wanted)))
            recalls.append(float(hits[:DEEP].sum()) / len(wanted))
    backward = []
    for offer, rows in sorted(wanted_by.items()):
        column = at[offer]
        order = np.lexsort((ties[:, column], -table[:, column]))
        backward.append(_ndcg(np.isin(order, sorted(rows)), len(rows)))
    return Quality(
        float(np.mean(ndcgs)),
        _interval(ndcgs),
        float(np.mean(recalls)),
        _interval(recalls),
        float(np.mean(backward)),
        _gini([shown[row] for row in range(len(offers))]),
        len(shown) / len(offers),
        len(ndcgs),
    )


def _tie(seeker: str, offer: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seeker}|{offer}".encode()).digest()[:7], "big")


def _ndcg(hits: NDArray[np.bool_], relevant: int) -> float:
    """Discounted cumulative gain of the first ten beside the best there could be (Jarvelin and Kekalainen 2002)."""
    gained = sum(1 / math.log2(rank + 2) for rank, hit in enumerate(hits[:TOP].tolist()) if hit)
    return gained / sum(1 / math.log2(rank + 2) for rank in range(min(TOP, relevant)))


def _interval(values: Sequence[float]) -> tuple[float, float]:
    resampled = np.random.default_rng(0).choice(np.array(values), (RESAMPLES, len(values))).mean(axis=1)
    low, high = np.quantile(resampled, (0.025, 0.975))
    return float(low), float(high)


def _gini(counts: Sequence[int]) -> float:
    ordered = sorted(counts)
    n, total = len(ordered), sum(ordered)
    return 2 * sum((rank + 1) * count for rank, count in enumerate(ordered)) / (n * total) - (n + 1) / n
