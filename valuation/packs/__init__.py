"""Dated packs of market data, assumptions and coefficients. Old ones stay, so that old results can be calculated again.

`manage.py valuation_fit` makes a coefficient file, `manage.py valuation_add_pack` a pack; the newest pack is the current one.
"""

from functools import cache
from pathlib import Path

from valuation.engine import Pack, load_pack

HERE = Path(__file__).parent
MODELS = HERE / "models"


@cache
def models() -> dict[str, Pack]:
    """Every coefficient file that ships, by id."""
    loaded = [load_pack(file.read_text(encoding="utf-8"), {}) for file in sorted(MODELS.glob("*.json"))]
    return {model.id: model for model in loaded}


@cache
def packs() -> dict[str, Pack]:
    """Every pack that ships, by id."""
    loaded = [load_pack(file.read_text(encoding="utf-8"), models()) for file in sorted(HERE.glob("*.json"))]
    return {pack.id: pack for pack in loaded}


@cache
def current_pack() -> Pack:
    """The newest of those that the current engine reads."""
    return max(
        (pack for pack in packs().values() if "figures" in pack.content),
        key=lambda pack: (pack.content["valid_from"], pack.id),
    )
