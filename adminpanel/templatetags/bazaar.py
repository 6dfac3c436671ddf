"""Amounts and names of choices on staff screens."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from msme.types import FigureSource, Intent
from msmebazaar.core.http.problems import translated
from msmebazaar.core.types import Money, state_by_letters

register = template.Library()
NAMES = {
    "state": _("State"),
    "sector": _("Sector"),
    "language": _("Language"),
    "intent": _("Offer"),
    "status": _("State of it"),
    "kind": _("Kind"),
    "tier": _("Badge"),
    "step": _("Step"),
    "day": _("day"),
    "week": _("week"),
    "month": _("month"),
}


def _language() -> str:
    return "hi" if (get_language() or "en").startswith("hi") else "en"


@register.filter
def rupees(amount: Decimal) -> str:
    """`₹12.5 crore`."""
    return Money(amount).short(_language())


@register.filter
def rupees_of(amount: float) -> str:
    return Money(Decimal(str(amount))).short(_language())


@register.filter
def whole(number: Decimal | float) -> str:
    """Grouped as in India: 12,34,567."""
    return Money(Decimal(str(number)).quantize(Decimal(1))).grouped().replace("₹", "", 1)


@register.filter
def percent(share: float) -> str:
    return f"{share * 100:.0f} %"


@register.filter
def unlocal(number: float) -> str:
    """As HTML's attributes want it, whatever the language."""
    return f"{number:.4f}"


@register.filter
def in_words(text: str) -> str:
    """A marked text in the reader's language."""
    return translated(text)


@register.filter
def split_name(name: str) -> str:
    return str(NAMES.get(name, name))


@register.filter
def by_row(chart: dict[str, Any]) -> list[tuple[str, list[float]]]:
    """A chart as rows of a table: label, then the value of each line."""
    return [
        (label, [line["values"][number] for line in chart["lines"]]) for number, label in enumerate(chart["labels"])
    ]


@register.filter
def intent_name(intent: str) -> str:
    return str(Intent(intent).label)


@register.filter
def figure_source(source: str) -> str:
    return str(FigureSource(source).label)


@register.filter
def state_name(letters: str) -> str:
    state = state_by_letters(letters)
    return state.name(_language()) if state else letters
