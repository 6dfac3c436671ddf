"""A linear model of log-odds, as a file: what each number weighs, and what it is for the average pair."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from matching.engine.types import Floats

DOUBLING = 10 / math.log(2)  # points of a logarithm: ten for each doubling of the odds
CLIP = 5.0  # standard deviations beyond which a number says no more


@dataclass(frozen=True)
class Weight:
    """`factor` groups numbers that are about one thing; `mean` and `sd` are those of the pairs it was fitted on."""

    feature: str
    factor: str
    weight: float
    mean: float = 0.0
    sd: float = 1.0


@dataclass(frozen=True)
class LinearModel:
    """Log-odds of an average pair are `intercept`; each number moves them by weight times its distance from the mean in sds."""

    version: str
    intercept: float
    weights: tuple[Weight, ...]
    source: str = ""

    def contributions(self, features: Mapping[str, Floats]) -> dict[str, Floats]:
        """(p,) of each factor, in log-odds beyond the average pair; numbers this model does not know are left out."""
        found: dict[str, Floats] = {}
        for entry in self.weights:
            given = features[entry.feature]
            moved = np.clip((given - entry.mean) / entry.sd, -CLIP, CLIP) * entry.weight
            found[entry.factor] = found.get(entry.factor, 0.0) + moved
        return found

    def log_odds(self, features: Mapping[str, Floats]) -> Floats:
        return self.intercept + sum(self.contributions(features).values(), np.zeros(1))


@dataclass(frozen=True)
class Ranker:
    """A trained model: it keeps a share of what the untrained engine says and adds what behaviour tells."""

    version: str
    keeps: float
    behaviour: LinearModel

    def as_json(self) -> str:
        """The file: the same content gives the same bytes."""
        return json.dumps(asdict(self), sort_keys=True, indent=1, ensure_ascii=False)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.as_json().encode()).hexdigest()


def ranker_from(text: str) -> Ranker:
    content = json.loads(text)
    model = content["behaviour"]
    weights = tuple(Weight(**entry) for entry in model["weights"])
    return Ranker(
        content["version"],
        content["keeps"],
        LinearModel(model["version"], model["intercept"], weights, model["source"]),
    )
