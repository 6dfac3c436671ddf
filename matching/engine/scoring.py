"""From log-odds to points: two sides, each from 0 to 100, and one score that is high only when both are.

A side's score is 50 for a pair like any other and ten more for each doubling of the odds. The score is the harmonic mean of the
two: of five ways to join them it told best who said yes to each other (AUC 0.737 against 0.646 for one side alone, measured on
pairs of whom both answers are known; Pizzato et al., RecSys 2010, found the same). It is no probability of a sale.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from matching.engine.model import DOUBLING
from matching.engine.types import Floats

MIDDLE, STRAIGHT = 50.0, 30.0
BASE = "base"
STRONG, GOOD, FAIR = 80, 65, 50


@dataclass(frozen=True)
class Side:
    """Scores (p,) of one side and the points of its factors, (p,) each; with MIDDLE they sum to the score."""

    score: Floats
    points: Mapping[str, Floats]


def side_of(contributions: Mapping[str, Floats]) -> Side:
    """Points of a side from what each factor moves the log-odds by.

    Up to 30 points either way ten are a doubling; beyond, they bring ever less, so that 0 and 100 are never reached and a
    better pair always scores more. Where they do, all factors shrink alike.
    """
    total = sum(contributions.values(), np.zeros(1)) * DOUBLING
    beyond = np.maximum(np.abs(total) - STRAIGHT, 0)
    room = MIDDLE - STRAIGHT
    kept = np.sign(total) * (np.minimum(np.abs(total), STRAIGHT) + room * -np.expm1(-beyond / room))
    shrink = np.where(total == 0, 1.0, kept / np.where(total == 0, 1.0, total)) * DOUBLING
    return Side(MIDDLE + kept, {factor: moved * shrink for factor, moved in contributions.items()})


def joined(seeker: Side, owner: Side) -> Floats:
    """(p,) harmonic mean of the two sides."""
    both: Floats = 2 * seeker.score * owner.score / (seeker.score + owner.score)
    return both


@dataclass(frozen=True)
class Part:
    """One factor's share of a score, in tenths of a point."""

    side: str
    factor: str
    tenths: int


def parts_of(seeker: Side, owner: Side, row: int) -> tuple[int, tuple[Part, ...]]:
    """The whole score of a pair and its parts, which sum to it exactly.

    A side has the weight of the other one's score in the sum of both, which is what the harmonic mean comes to. Tenths are
    handed out so that rounding loses nothing (largest remainders).
    """
    first, second = float(seeker.score[row]), float(owner.score[row])
    score = round(2 * first * second / (first + second))
    exact: list[tuple[str, str, float]] = [("", BASE, MIDDLE)]
    for name, side, weight in (
        ("seeker", seeker, second / (first + second)),
        ("owner", owner, first / (first + second)),
    ):
        exact += [(name, factor, float(points[row]) * weight) for factor, points in sorted(side.points.items())]
    wanted = score * 10
    floors = [int(np.floor(points * 10)) for *_, points in exact]
    left = wanted - sum(floors)
    order = sorted(range(len(exact)), key=lambda at: (floors[at] - exact[at][2] * 10, at))
    step = 1 if left > 0 else -1
    for turn in range(abs(left)):
        floors[order[turn % len(order)]] += step
    return score, tuple(Part(side, factor, tenths) for (side, factor, _), tenths in zip(exact, floors, strict=True))


def band_of(score: int) -> str:
    """In a word: strong, good, fair or weak."""
    return "strong" if score >= STRONG else "good" if score >= GOOD else "fair" if score >= FAIR else "weak"
