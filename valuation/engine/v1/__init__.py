"""Engine 1.0.0, kept as it was: the regression on SME-platform IPOs alone, on five totals of a year."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from valuation.engine.pack import Pack
from valuation.engine.v1.model import Estimate, Figures, Model
from valuation.engine.v1.sme_ipo import ENGINE_VERSION as VERSION
from valuation.engine.v1.sme_ipo import evaluate

__all__ = ["VERSION", "run"]


def run(content: dict[str, Any], pack: Pack) -> dict[str, Any]:
    """Canonical input to canonical output."""
    amounts = ("revenue", "pat", "net_worth", "total_assets", "debt")
    figures = tuple(Figures(**{**row, **{name: Decimal(row[name]) for name in amounts}}) for row in content["figures"])
    result = evaluate(figures, Model(pack.id, pack.sha256, pack.content))
    if not isinstance(result, Estimate):
        return {"refusals": [asdict(refusal) for refusal in result]}
    output = asdict(result)
    output["parts"] = [{"name": name, "value": value} for name, value in result.parts]
    return dict(_plain(output))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value
