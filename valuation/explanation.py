"""What a result means, in sentences from templates: every number in them comes out of the result."""

from decimal import Decimal
from typing import Any

from msmebazaar.core.types import Money
from valuation.engine.v2 import texts as engine
from valuation.engine.v2.texts import say
from valuation.models import Valuation
from valuation.packs import packs
from valuation.texts import finding, sentence
from valuation.types import ValuationStatus


def amount(text: str | Decimal, language: str) -> str:
    """At most three significant digits: more would claim a precision that no estimate has."""
    return Money(Decimal(text)).rounded().short(language)


def explain(valuation: Valuation, language: str) -> list[str]:
    """Paragraphs: the value, the methods, the figures' quality, how far to trust it."""
    if valuation.status == ValuationStatus.PENDING:
        return [sentence("pending", language)]
    output = valuation.output or {}
    if valuation.status == ValuationStatus.REFUSED:
        return [sentence("refused", language)]
    found = [_value(output, language)]
    if "methods" in output:
        found.append(_methods(output, language))
        found.append(sentence("quality", language, score=str(output["quality"]["score"])))
    found.append(track_record(valuation.pack_id, language))
    return found


def _value(output: dict[str, Any], language: str) -> str:
    value = output["value"]
    ends = {"low": amount(value["low80"], language), "high": amount(value["high80"], language)}
    if value["point"] is None:
        found = [sentence("band_only", language, **ends)]
    else:
        found = [sentence("value", language, point=amount(value["point"], language), **ends)]
    if value.get("premise") == "liquidation":
        found.append(sentence("liquidation", language))
    if value.get("basis") == "business_without_cash_and_debt":
        found.append(sentence("basis_business", language))
    stake = output.get("stake")
    if stake and stake["value"]:
        share = f"{(Decimal(stake['share']) * 100).normalize():f}"
        found.append(sentence("stake", language, share=share, value=amount(stake["value"], language)))
    return " ".join(found)


def _methods(output: dict[str, Any], language: str) -> str:
    found = []
    for method in output["methods"]:
        if Decimal(method["weight"]) > 0:
            weight = f"{Decimal(method['weight']) * 100:.0f}"
            name = say(engine.METHODS, method["id"], language)
            value = amount(method["value"], language)
            found.append(sentence("method", language, name=name, value=value, weight=weight))
    for warning in output["warnings"]:
        if warning["code"] == "W_METHODS_DISAGREE":
            names = {name: say(engine.METHODS, key, language) for name, key in warning["names"].items()}
            found.append(sentence("disagree", language, **names))
    return " ".join(found)


def track_record(pack_id: str, language: str) -> str:
    """How often the band held, on what, and what this is not."""
    content = packs()[pack_id].content
    record = content["track_record"]
    if "how" not in record:  # packs of engine 1
        record = {
            "how": "held_out",
            "firms": record["held_out_firms"],
            "inside_percent": record["inside_band_percent"],
            "listings": 401,
            "listings_inside_percent": 79,
        }
    return sentence(
        f"track_{record['how']}",
        language,
        firms=str(record["firms"]),
        inside=str(record["inside_percent"]),
        listings=str(record["listings"]),
        listings_inside=str(record["listings_inside_percent"]),
    )


def reason(valuation: Valuation, language: str) -> str:
    """Two sentences: the method that weighs most, and how good the figures are; of a refused one, what stands against it."""
    output = valuation.output or {}
    if valuation.status == ValuationStatus.REFUSED:
        known = [item for item in output.get("refusals", []) if "amounts" in item]
        return " ".join(finding(item, engine.REFUSALS, language) for item in known) or sentence("refused", language)
    if "methods" not in output:
        return ""
    heaviest = max(output["methods"], key=lambda method: Decimal(method["weight"]))
    told = sentence(
        "method",
        language,
        name=say(engine.METHODS, heaviest["id"], language),
        value=amount(heaviest["value"], language),
        weight=f"{Decimal(heaviest['weight']) * 100:.0f}",
    )
    return f"{told} {sentence('quality', language, score=str(output['quality']['score']))}"
