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
    alike = vectors[top] @ vectors[top].T
    nearest = np.zeros(len(top))
    chosen: list[int] = []
    left = list(range(len(top)))
    of_owner: dict[int, int] = {}
    while left:
        free = [at for at in left if of_owner.get(int(owners[top[at]]), 0) < MOST_OF_ONE_OWNER] or left
        best = max(free, key=lambda at: (round((1 - LIKENESS) * worth[at] - LIKENESS * nearest[at], ROUNDING), -at))
        chosen.append(best)
        left.remove(best)
        of_owner[int(owners[top[best]])] = of_owner.get(int(owners[top[best]]), 0) + 1
        nearest = np.maximum(nearest, alike[best])
    return np.concatenate([top[chosen], rest])


def fused(rankings: Sequence[Sequence[str]]) -> list[str]:
    """Several rankings as one, by reciprocal ranks (Cormack et al., SIGIR 2009, k = 60); ties by name."""
    worth: dict[str, float] = {}
    for ranking in rankings:
        for rank, name in enumerate(ranking, start=1):
            worth[name] = worth.get(name, 0.0) + 1 / (RRF_K + rank)
    return sorted(worth, key=lambda name: (-round(worth[name], 9), name))
