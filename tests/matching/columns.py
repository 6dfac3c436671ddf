"""Hand-made wishes and offers for tests of the engine."""

import math
from typing import Any

import numpy as np

from matching.engine.text import words_of
from matching.engine.types import DIMENSIONS, Acceptances, Market, Offers, Wishes, padded

CRORE = 1e7
METAL, FOOD, MACHINES = (2, 25), (2, 10), (2, 28)  # section, division
PUNE, NASHIK, SURAT = (0, 27, 1), (0, 27, 2), (0, 24, 3)  # country, state, district


def unit(number: int) -> Any:
    """A unit vector, the same for the same number."""
    vector = np.random.default_rng(number).normal(size=DIMENSIONS)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def market() -> Market:
    return Market("test", np.zeros(DIMENSIONS, dtype=np.float32), {"forging": 2.0, "works": 0.5}, 3.0)


def offers(*rows: dict[str, Any]) -> Offers:
    """Each row: what differs from a metal works in Pune for 30 crore."""
    filled = [
        {
            "id": f"offer-{number}",
            "owner": 100 + number,
            "intent": 0,
            "sector": METAL,
            "place": PUNE,
            "ask": 30 * CRORE,
            "revenue": 60 * CRORE,
            "stake": math.nan,
            "text": "Forging works",
            "vector": unit(1),
            "age": 0.0,
            "quality": 50.0,
            "tier": 1,
            **row,
        }
        for number, row in enumerate(rows)
    ]
    return Offers(
        ids=[row["id"] for row in filled],
        owners=np.array([row["owner"] for row in filled]),
        intents=np.array([row["intent"] for row in filled]),
        sectors=np.array([row["sector"] for row in filled]),
        places=np.array([row["place"] for row in filled]),
        amounts=np.array([math.log(row["ask"]) for row in filled]),
        revenues=np.array([math.log(row["revenue"]) for row in filled]),
        stakes=np.array([row["stake"] for row in filled], dtype=np.float64),
        tokens=[words_of(row["text"]) for row in filled],
        vectors=np.array([row["vector"] for row in filled]),
        ages=np.array([row["age"] for row in filled]),
        quality=np.array([row["quality"] for row in filled]),
        tiers=np.array([row["tier"] for row in filled]),
    )


def wishes(*rows: dict[str, Any]) -> Wishes:
    """Each row: what differs from somebody who looks for a metal works in state 27 for 10 to 50 crore."""
    filled = [
        {
            "id": f"wish-{number}",
            "owner": 200 + number,
            "intents": 0b11,
            "sectors": [METAL],
            "excluded": [],
            "places": [(27, -1)],
            "ticket": (10 * CRORE, 50 * CRORE),
            "revenue": math.nan,
            "stake": (math.nan, math.nan),
            "strict": 0,
            "thesis": "Forging works with orders",
            "vector": unit(1),
            "kind": 1,
            "tier": 0,
            "complete": 0.5,
            **row,
        }
        for number, row in enumerate(rows)
    ]
    return Wishes(
        ids=[row["id"] for row in filled],
        owners=np.array([row["owner"] for row in filled]),
        intents=np.array([row["intents"] for row in filled]),
        sectors=padded([row["sectors"] for row in filled]),
        excluded=padded([row["excluded"] for row in filled]),
        places=padded([row["places"] for row in filled]),
        lowest=np.array([math.log(row["ticket"][0]) for row in filled]),
        highest=np.array([math.log(row["ticket"][1]) for row in filled]),
        revenue_floors=np.array([math.log(row["revenue"]) for row in filled]),
        stake_lowest=np.array([row["stake"][0] for row in filled]),
        stake_highest=np.array([row["stake"][1] for row in filled]),
        strict=np.array([row["strict"] for row in filled]),
        tokens=[words_of(row["thesis"]) for row in filled],
        vectors=np.array([row["vector"] for row in filled]),
        kinds=np.array([row["kind"] for row in filled]),
        tiers=np.array([row["tier"] for row in filled]),
        completeness=np.array([row["complete"] for row in filled]),
    )


def accepting(count: int, *, kinds: int = 0, tier: int = 0, share: float = math.nan) -> Acceptances:
    return Acceptances(np.full(count, kinds), np.full(count, tier), np.full(count, share))
