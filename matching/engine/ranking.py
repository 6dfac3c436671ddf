"""Order beyond the score: what everybody gets to see is shown a little later, and a page is no list of twins."""

import hashlib
from collections.abc import Sequence

import numpy as np

from matching.engine.types import Floats, Vectors, Whole

EXPOSURE_PRICE = 0.25
RRF_K = 60
LIKENESS = 0.2  # 1 - lambda of maximal marginal relevance (Carbonell and Goldstein 1998)
DIVERSE_TOP = 60
MOST_OF_ONE_OWNER = 3
ROUNDING = 6


def exposure_of(log_odds: Floats) -> Floats:
    """(n,) logarithm of how much all seekers together want each offer. Args: log_odds: (m, n)."""
    wanted: Floats = np.log(np.exp(log_odds).mean(axis=0))
    return wanted


def priced(log_odds: Floats, exposure: Floats) -> Floats:
    """Log-odds (or points, with the exposure in points) less a price for what is in front of everybody already.

    On public deals a quarter brought the Gini coefficient of exposure from 0.69 to 0.64 and cost no rank that could be
    measured; the whole price would cost some.
    """
    return log_odds - EXPOSURE_PRICE * exposure


def led_exposure(times: Floats) -> Floats:
    """(n,) exposure from how often each offer was among the first ten of a list: logarithm beside the mean, both plus one."""
    beside: Floats = np.log((times + 1) / (times.mean() + 1))
    return beside


def tie_break(first: str, second: str) -> str:
    """A hash of a pair: neither age nor name decides, and the order is the same on every machine."""
    return hashlib.sha256(f"{first}|{second}".encode()).hexdigest()


def ordered(keys: Floats, names: Sequence[str], of: str) -> Whole:
    """Rows of `keys`, highest first; equal ones (to six digits) by a hash."""
    rounded = np.round(keys, ROUNDING)
    ties = [tie_break(of, name) for name in names]
    return np.array(sorted(range(len(names)), key=lambda row: (-rounded[row], ties[row])), dtype=np.int64)


def diversified(order: Whole, keys: Floats, vectors: Vectors, owners: Whole) -> Whole:
    """The order with its first 60 spread: each next one is the best that is not like those before it.

    Args:
        order: rows, best first; `keys`, `vectors` (unit, centred) and `owners` by row.
    """
    top, rest = order[:DIVERSE_TOP], order[DIVERSE_TOP:]
    if len(top) < 2:
        return order
    spread = float(keys[top].max() - keys[top].min()) or 1.0
    worth = (keys[top] - keys[top].min()) / spread
    alike = (vectors[top] @ vectors[top].T).astype(np.float64)
    nearest, is_left = np.zeros(len(top)), np.ones(len(top), dtype=bool)
    theirs = owners[top]
    chosen: list[int] = []
    of_owner: dict[int, int] = {}
    for _ in range(len(top)):
        free = is_left & ~np.isin(theirs, [owner for owner, count in of_owner.items() if count >= MOST_OF_ONE_OWNER])
        open_ones = free if free.any() else is_left
        gain = np.round((1 - LIKENESS) * worth - LIKENESS * nearest, ROUNDING)
        best = int(np.where(open_ones, gain, -np.inf).argmax())  # of equal ones the first, which is the better one
        chosen.append(best)
        is_left[best] = False
        of_owner[int(theirs[best])] = of_owner.get(int(theirs[best]), 0) + 1
        nearest = np.maximum(nearest, alike[best])
    return np.concatenate([top[chosen], rest])


def fused(rankings: Sequence[Sequence[str]]) -> list[str]:
    """Several rankings as one, by reciprocal ranks (Cormack et al., SIGIR 2009, k = 60); ties by name."""
    worth: dict[str, float] = {}
    for ranking in rankings:
        for rank, name in enumerate(ranking, start=1):
            worth[name] = worth.get(name, 0.0) + 1 / (RRF_K + rank)
    return sorted(worth, key=lambda name: (-round(worth[name], 9), name))
