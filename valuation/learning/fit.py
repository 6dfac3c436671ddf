"""Fitting a regression of `valuation.engine.v2.regression`: penalised least squares with Huber weights, on landmarks.

The smooth part is a Gaussian-process mean on landmark cases chosen by pivoted Cholesky; the band comes from residuals of
folds that a case was not fitted on, by size, as in split conformal prediction (Romano, Patterson, Candes 2019).
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from valuation.engine.v2.regression import Features, Regression
from valuation.learning.sets import DataSet, Recipe, Row

Floats = NDArray[np.float64]
FOLDS = 5
ITERATIONS = 8
JITTER = 1e-4
COVERAGE = 0.82  # a little more than 80 %, since residuals of folds know the recipe
SIZES = 3
SHRINK = 60  # a size's own quantile counts n / (n + this), the quantile of all the rest


@dataclass(frozen=True)
class Sample:
    """Rows ready to be fitted: features and ln(target / scale)."""

    ids: tuple[str, ...]
    features: tuple[Features, ...]
    logs: Floats

    def part(self, chosen: Sequence[int]) -> "Sample":
        return Sample(
            tuple(self.ids[number] for number in chosen),
            tuple(self.features[number] for number in chosen),
            self.logs[list(chosen)],
        )


def sample_of(data: DataSet, rows: Sequence[Row]) -> Sample:
    logs = [float((Decimal(row["target"]) / data.scale(row)).ln()) for row in rows]
    return Sample(tuple(row["row_id"] for row in rows), tuple(data.features(row) for row in rows), np.array(logs))


def folds_of(ids: Sequence[str], repeat: int) -> list[list[int]]:
    """Five folds by a hash of the id: the same on every machine."""
    order = sorted(range(len(ids)), key=lambda number: hashlib.sha256(f"{repeat}:{ids[number]}".encode()).digest())
    return [order[fold::FOLDS] for fold in range(FOLDS)]


def splits_of(sample: Sample, repeat: int) -> Iterator[tuple[Sample, list[int]]]:
    """For each fold: the sample without it, and the numbers of the cases in it."""
    for held_out in folds_of(sample.ids, repeat):
        out = set(held_out)
        yield sample.part([number for number in range(len(sample.ids)) if number not in out]), held_out


def fit(sample: Sample, recipe: Recipe) -> dict[str, Any]:
    """The content of a coefficient file, its band from folds of this sample."""
    content = _coefficients(sample, recipe)
    residuals, sizes = [], []
    for repeat in range(recipe.repeats):
        for rest, held_out in splits_of(sample, repeat):
            regression = Regression(_coefficients(rest, recipe))
            for number in held_out:
                predicted = float(regression.predict(sample.features[number]).log)
                residuals.append(sample.logs[number] - predicted)
                sizes.append(float(sample.features[number].size))
    content["band"] = band_of(np.array(residuals), np.array(sizes))
    return content


def band_of(residuals: Floats, sizes: Floats) -> dict[str, Any]:
    """Quantiles of the residuals for small, middle and large cases, drawn towards those of all."""
    edges = np.quantile(sizes, [part / SIZES for part in range(1, SIZES)])
    tail = (1 - COVERAGE) / 2
    everyone = np.quantile(residuals, [tail, 1 - tail])
    quantiles = []
    for size in range(SIZES):
        own = residuals[np.searchsorted(edges, sizes) == size]
        share = len(own) / (len(own) + SHRINK)
        found = share * np.quantile(own, [tail, 1 - tail]) + (1 - share) * everyone
        quantiles.append([_text(min(found[0], 0.0)), _text(max(found[1], 0.0))])
    return {"edges": [_text(edge) for edge in edges], "quantiles": quantiles}


def _coefficients(sample: Sample, recipe: Recipe) -> dict[str, Any]:
    names = list(sample.features[0].numbers)
    numbers = np.array([[float(case.numbers[name]) for name in names] for case in sample.features])
    centre, spread = numbers.mean(axis=0), numbers.std(axis=0)
    spread[spread == 0] = 1.0
    z = (numbers - centre) / spread
    levels = {name: sorted({case.categories.get(name, "") for case in sample.features}) for name in recipe.category}
    words = _words(sample, recipe)
    blocks = [np.sqrt(recipe.linear) * z]
    for name, variance in recipe.category.items():
        place = {level: number for number, level in enumerate(levels[name])}
        block = np.zeros((len(z), len(place)))
        for number, case in enumerate(sample.features):
            block[number, place[case.categories.get(name, "")]] = 1.0
        blocks.append(np.sqrt(variance) * block)
    if words:
        place = {word: number for number, word in enumerate(words)}
        block = np.zeros((len(z), len(place)))
        for number, case in enumerate(sample.features):
            for word in case.words:
                if word in place:
                    block[number, place[word]] = 1 / np.sqrt(len(case.words) + 1)
        blocks.append(np.sqrt(recipe.word) * block)
    closeness = _closeness(z, sample, recipe)
    chosen = _landmarks(closeness, min(recipe.landmarks, len(z)))
    lower = np.linalg.cholesky(closeness[np.ix_(chosen, chosen)] + JITTER * np.eye(len(chosen)))
    blocks.append(np.linalg.solve(lower, closeness[:, chosen].T).T * np.sqrt(recipe.smooth))
    intercept = float(np.median(sample.logs))
    solved = _solve(np.hstack(blocks), sample.logs - intercept, recipe)
    parts = np.split(solved, np.cumsum([block.shape[1] for block in blocks])[:-1])
    content: dict[str, Any] = {
        "intercept": _text(intercept),
        "features": [
            {"name": name, "centre": _text(centre[n]), "spread": _text(spread[n]), "coefficient": _text(value)}
            for n, (name, value) in enumerate(zip(names, parts[0] * np.sqrt(recipe.linear), strict=True))
        ],
        "categories": {
            name: {
                level: _text(value) for level, value in zip(levels[name], parts[1 + n] * np.sqrt(variance), strict=True)
            }
            for n, (name, variance) in enumerate(recipe.category.items())
        },
        "words": {word: _text(value) for word, value in zip(words, parts[-2] * np.sqrt(recipe.word), strict=True)}
        if words
        else {},
        "band": {"edges": [], "quantiles": [["0", "0"]]},
    }
    weights = np.linalg.solve(lower.T, parts[-1]) * np.sqrt(recipe.smooth)
    content["landmarks"] = {
        "length": _text(recipe.length),
        "mixing": {name: _text(share) for name, share in recipe.mixing.items()},
        "rows": [
            {
                "weight": _text(weight),
                "at": [_text(value) for value in z[number]],
                **({"categories": dict(sample.features[number].categories)} if recipe.mixing else {}),
            }
            for number, weight in zip(chosen, weights, strict=True)
        ],
    }
    return content


def _words(sample: Sample, recipe: Recipe) -> list[str]:
    if not recipe.word:
        return []
    counts: dict[str, int] = {}
    for case in sample.features:
        for word in case.words:
            counts[word] = counts.get(word, 0) + 1
    return sorted(word for word, count in counts.items() if count >= recipe.least_word_count)


def _closeness(z: Floats, sample: Sample, recipe: Recipe) -> Floats:
    """How alike each two cases are: as `Regression` has it, for all pairs at once."""
    squares = (z**2).sum(axis=1)
    distances = np.maximum(squares[:, None] + squares[None] - 2 * z @ z.T, 0)
    found: Floats = np.exp(-distances / (2 * recipe.length**2))
    if recipe.mixing:
        factor = np.ones_like(found)
        for name, share in recipe.mixing.items():
            values = np.array([case.categories.get(name, "") for case in sample.features], dtype=object)
            factor += share * (values[:, None] == values[None])
        found *= factor
    return found


def _landmarks(closeness: Floats, count: int) -> list[int]:
    """Pivoted Cholesky: each next landmark is the case that those before explain least."""
    left = closeness.diagonal().copy()
    columns = np.zeros((len(left), count))
    chosen: list[int] = []
    for step in range(count):
        pivot = int(np.argmax(left))
        if left[pivot] < JITTER:
            break
        column = closeness[:, pivot] - columns[:, :step] @ columns[pivot, :step]
        columns[:, step] = column / np.sqrt(left[pivot])
        left = np.maximum(left - columns[:, step] ** 2, 0)
        chosen.append(pivot)
    return sorted(chosen)


def _solve(design: Floats, wanted: Floats, recipe: Recipe) -> Floats:
    """Ridge with Huber weights, by iteration."""
    weights: Floats = np.ones(len(wanted))
    solved: Floats = np.zeros(design.shape[1])
    for _ in range(ITERATIONS):
        weighted = design * weights[:, None]
        penalty = recipe.noise * np.eye(design.shape[1])
        solved = np.asarray(np.linalg.solve(weighted.T @ design + penalty, weighted.T @ wanted), dtype=np.float64)
        misses = np.maximum(np.abs(wanted - design @ solved), 1e-12)
        weights = np.asarray(np.minimum(1.0, recipe.huber / misses), dtype=np.float64)
    return solved


def _text(value: float) -> str:
    """Eight significant digits: more than the data has."""
    return f"{Decimal(f'{float(value):.8g}'):f}"
