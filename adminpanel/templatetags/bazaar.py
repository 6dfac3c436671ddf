"""Amounts and names of choices on staff screens."""

from decimal import Decimal

from django import template

from msme.types import FigureSource, Intent
from msmebazaar.core.types import Money, state_by_letters

register = template.Library()


@register.filter
def rupees(amount: Decimal) -> str:
    """`₹12.5 crore`."""
    return Money(amount).short()


@register.filter
def intent_name(intent: str) -> str:
    return str(Intent(intent).label)


@register.filter
def figure_source(source: str) -> str:
    return str(FigureSource(source).label)


@register.filter
def state_name(letters: str) -> str:
    state = state_by_letters(letters)
    return state.name_en if state else letters
