"""Stored results in the reader's language: names, sentences and reasons laid over the engine's codes."""

from decimal import Decimal
from typing import Any

from django.utils.translation import get_language

from msme.types import YearOfFigures
from msmebazaar.core.types import Money
from valuation.engine.v2 import texts as engine
from valuation.engine.v2.texts import say
from valuation.models import ListingValuation, Valuation
from valuation.texts import LEVERS, finding
from valuation.types import Shown

EMPTY: dict[str, Any] = {
    "stake": None,
    "enterprise_value": None,
    "net_debt": None,
    "tier": "",
    "methods": [],
    "implied": {},
    "rates": {},
    "forecast": [],
    "sensitivity": {"drivers": [], "dcf": []},
    "normalisation": [],
    "earnings": {},
    "assets": None,
    "cross_checks": [],
    "comparables": [],
}


def language() -> str:
    return "hi" if (get_language() or "en").startswith("hi") else "en"


def shown_result(output: dict[str, Any]) -> dict[str, Any]:
    """A stored output as the API tells it: names and sentences in the reader's language. Engine 1 knew less."""
    tongue = language()
    value = {"basis": "equity", "premise": "going_concern", **output["value"]}
    quality = output["quality"]
    return {
        **EMPTY,
        **{name: output[name] for name in EMPTY if name in output},
        "value": value,
        "methods": [
            {
                **{name: method[name] for name in ("id", "approach", "value", "low", "high", "weight", "contribution")},
                "name": say(engine.METHODS, method["id"], tongue),
                "why": say(engine.REASONS, method["reason"], tongue),
                "inputs": method["inputs"],
            }
            for method in output.get("methods", [])
        ],
        "quality": quality if isinstance(quality, dict) else {"score": quality, "parts": []},
        "warnings": shown_warnings(output),
    }


def shown_warnings(output: dict[str, Any]) -> list[dict[str, str]]:
    found = []
    for warning in output["warnings"]:
        if isinstance(warning, str):  # engine 1
            warning = {"code": warning, "field": "", "amounts": {}, "names": {}, "words": {}}
            if warning["code"] not in engine.WARNINGS:
                continue
        message = finding(warning, engine.WARNINGS, language())
        found.append({"code": warning["code"], "field": warning["field"], "message": message})
    return found


def shown_refusals(output: dict[str, Any]) -> list[dict[str, str]]:
    tongue = language()
    return [
        {
            "code": refusal["code"],
            "field": refusal["field"],
            "message": refusal.get(f"message_{tongue}") or finding(refusal, engine.REFUSALS, tongue),
        }
        for refusal in output.get("refusals", [])
    ]


def shown_check(output: dict[str, Any], newest: YearOfFigures) -> dict[str, Any]:
    tongue = language()
    totals = ("revenue_inr", "pat_inr", "net_worth_inr", "total_assets_inr", "debt_inr")
    amounts = {name: Money(getattr(newest, name)) for name in totals}
    return {
        "fiscal_year": newest.fiscal_year,
        "understood": [
            {
                "field": name,
                "amount_inr": amount.amount,
                "short": amount.short(tongue),
                "in_words": amount.in_words(tongue),
            }
            for name, amount in amounts.items()
        ],
        "refusals": shown_refusals(output),
        "warnings": [] if "refusals" in output else shown_warnings(output),
        "quality": output.get("quality"),
    }


def shown_comparison(older: Valuation, newer: Valuation) -> dict[str, Any]:
    before, after = older.output or {}, newer.output or {}
    change = share = None
    if older.point_inr is not None and newer.point_inr is not None:
        change = newer.point_inr - older.point_inr
        share = str((change / older.point_inr).quantize(Decimal("0.0001"))) if older.point_inr else None
    reasons = {
        "figures": older.input["years"] != newer.input["years"],
        "answers": older.input["firm"] != newer.input["firm"],
        "engine": older.engine_version != newer.engine_version,
        "market_data": older.pack_sha256 != newer.pack_sha256,
    }
    values = {method["id"]: method["value"] for method in after["methods"]}
    return {
        "older": older,
        "newer": newer,
        "change_inr": change,
        "change": share,
        "methods": [
            {
                "id": method["id"],
                "name": say(engine.METHODS, method["id"], language()),
                "before": method["value"],
                "after": values.get(method["id"]),
            }
            for method in before["methods"]
        ],
        "earnings_before": before["earnings"],
        "earnings_after": after["earnings"],
        "quality_change": after["quality"]["score"] - before["quality"]["score"],
        "reasons": [name for name, is_so in reasons.items() if is_so],
    }


def shown_lever(lever: dict[str, Any]) -> dict[str, Any]:
    return {**lever, "text": say(LEVERS, lever["name"], language())}


def shown_scenario(found: dict[str, Any]) -> dict[str, Any]:
    if "refusals" in found:
        return {"value": None, "effect": None, "quality": None, "refusals": shown_refusals(found)}
    return {"value": found["value"], "effect": found["effect"], "quality": found["quality"], "refusals": []}


def shown_beside(shown: ListingValuation, track: str) -> dict[str, Any]:
    row = shown.valuation
    return {
        "shows": shown.shows,
        "point_inr": row.point_inr if shown.shows == Shown.POINT else None,
        "low80_inr": row.low80_inr,
        "high80_inr": row.high80_inr,
        "quality": row.quality,
        "completed_at": row.completed_at,
        "explanation": track,
    }
