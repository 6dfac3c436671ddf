"""How good predictions are: the columns of the benchmark's table, and cross-validation by the shipped code."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from valuation.engine.v2.regression import Regression
from valuation.learning.fit import fit, sample_of, splits_of
from valuation.learning.sets import DataSet, Row

ALPHA = 0.2


@dataclass(frozen=True)
class Predicted:
    """In the set's money."""

    row_id: str
    point: Decimal
    low80: Decimal
    high80: Decimal
    size: Decimal


@dataclass(frozen=True)
class Score:
    """Shares are fractions; `width`: median high / low; `interval_score` in logs, lower is better (Gneiting, Raftery 2007).

    `coverage_by_size`: small, middle, large third.
    """

    n: int
    mdape: float
    log_rmse: float
    within20: float
    within35: float
    within50: float
    coverage: float
    width: float
    interval_score: float
    coverage_by_size: tuple[float, float, float]


def predict(data: DataSet, regression: Regression, rows: Sequence[Row]) -> list[Predicted]:
    found = []
    for row in rows:
        features = data.features(row)
        prediction = regression.predict(features)
        point = data.scale(row) * prediction.log.exp()
        low, high = point * prediction.low.exp(), point * prediction.high.exp()
        found.append(Predicted(row["row_id"], point, low, high, features.size))
    return found


def cross_validate(data: DataSet, rows: Sequence[Row]) -> list[Predicted]:
    """Every row predicted, with its band, by a fit that never saw it. Folds other than those inside `fit`."""
    sample = sample_of(data, rows)
    found: list[Predicted] = []
    for rest, held_out in splits_of(sample, repeat=1000):
        regression = Regression(fit(rest, data.recipe))
        found += predict(data, regression, [rows[number] for number in held_out])
    return found


def score(predicted: Sequence[Predicted], targets: dict[str, Decimal]) -> Score:
    pairs = sorted(((row, targets[row.row_id]) for row in predicted), key=lambda pair: pair[0].size)
    errors = [abs(float(row.point / target) - 1) for row, target in pairs]
    logs = [math.log(float(row.point / target)) for row, target in pairs]
    inside = [row.low80 <= target <= row.high80 for row, target in pairs]
    n, third = len(pairs), len(pairs) / 3
    parts = [inside[round(part * third) : round((part + 1) * third)] for part in range(3)]
    penalties = []
    for row, target in pairs:
        low, high, actual = (math.log(float(value)) for value in (row.low80, row.high80, target))
        penalties.append(high - low + (2 / ALPHA) * (max(low - actual, 0) + max(actual - high, 0)))
    within = [sum(error <= limit for error in errors) / n for limit in (0.20, 0.35, 0.50)]
    by_size = [sum(part) / len(part) for part in parts]
    return Score(
        n,
        median(errors),
        math.sqrt(sum(value * value for value in logs) / n),
        within[0],
        within[1],
        within[2],
        sum(inside) / n,
        median(float(row.high80 / row.low80) for row, _ in pairs),
        sum(penalties) / n,
        (by_size[0], by_size[1], by_size[2]),
    )
