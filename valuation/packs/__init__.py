"""Dated packs of market data and coefficients. Old ones stay, so that old results can be calculated again."""

from functools import cache
from pathlib import Path

from valuation.engine import Model, load_model

CURRENT = "sme-ipo-2026-11"


@cache
def packs() -> dict[str, Model]:
    """Every pack that ships, by id."""
    loaded = [load_model(file.read_text(encoding="utf-8")) for file in sorted(Path(__file__).parent.glob("*.json"))]
    return {model.id: model for model in loaded}


def current_pack() -> Model:
    return packs()[CURRENT]
