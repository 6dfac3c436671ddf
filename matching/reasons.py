"""Parts of a score as sentences. Every figure and name in them comes from the part's values."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from msme import selectors as listings
from msmebazaar.core.exceptions import N_
from msmebazaar.core.types import Money, state_by_letters

SENTENCES = {
    "sector_match": N_("%(sector)s is a trade you look for."),
    "sector_any": N_("You named no trade; this is %(sector)s."),
    "sector_other": N_("%(sector)s is not among the trades you named."),
    "sector_hidden": N_("Its trade would tell who it is; you hear of it after the introduction."),
    "place_match": N_("It is in %(state)s, where you look."),
    "place_any": N_("You named no place; it is in %(state)s."),
    "place_other": N_("It is in %(state)s, outside the places you named."),
    "ticket_match": N_("The asking price of %(ask)s is within %(min)s to %(max)s."),
    "ticket_above": N_("The asking price of %(ask)s is above your %(max)s."),
    "ticket_below": N_("The asking price of %(ask)s is below your %(min)s."),
}


def sentence(code: str, values: Mapping[str, str]) -> str:
    """The reason in the language of the request."""
    language = get_language() or "en"
    words: dict[str, str] = {
        name: Money(Decimal(values[name])).short(language) for name in ("ask", "min", "max") if name in values
    }
    if "nic" in values:
        titles = listings.division_titles().get(values["nic"], (values["nic"], values["nic"]))
        words["sector"] = titles[1] if language.startswith("hi") else titles[0]
    if "state" in values:
        state = state_by_letters(values["state"])
        words["state"] = state.name(language) if state else values["state"]
    return _(SENTENCES[code]) % words
