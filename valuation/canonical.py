"""The canonical form of input and output: JSON with sorted keys and decimal strings, so that its hash means something."""

import hashlib
import json
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from msme.types import YearOfFigures
from valuation.engine import Estimate, Figures, Refusal


def sha256_of(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def input_of(figures: tuple[YearOfFigures, ...]) -> dict[str, Any]:
    """What the engine is given, and nothing else: no names, no asking price."""
    years = [
        {
            "fiscal_year": row.fiscal_year,
            "months": row.months,
            "source": row.source,
            "revenue": str(row.revenue_inr),
            "pat": str(row.pat_inr),
            "net_worth": str(row.net_worth_inr),
            "total_assets": str(row.total_assets_inr),
            "debt": str(row.debt_inr),
        }
        for row in sorted(figures, key=lambda row: row.fiscal_year, reverse=True)
    ]
    return {"figures": years}


def figures_of(content: dict[str, Any]) -> tuple[Figures, ...]:
    """The engine's input from its canonical form."""
    amounts = ("revenue", "pat", "net_worth", "total_assets", "debt")
    return tuple(Figures(**{**row, **{name: Decimal(row[name]) for name in amounts}}) for row in content["figures"])


def output_of(result: Estimate | tuple[Refusal, ...]) -> dict[str, Any]:
    if isinstance(result, Estimate):
        content = asdict(result)
        content["parts"] = [{"name": name, "value": value} for name, value in result.parts]
        return dict(_plain(content))
    return {"refusals": [asdict(refusal) for refusal in result]}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value
