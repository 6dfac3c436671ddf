"""Amounts on staff screens."""

from decimal import Decimal

from django import template

from msmebazaar.core.types import Money, state_by_letters

register = template.Library()


@register.filter
def rupees(amount: Decimal) -> str:
    """`₹12.5 crore`."""
    return Money(amount).short()


@register.filter
def state_name(letters: str) -> str:
    state = state_by_letters(letters)
    return state.name_en if state else letters
