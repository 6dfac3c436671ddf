"""Whether a text tells only numbers that a result has. A language model's words are used; its arithmetic never."""

import re
from collections.abc import Iterable

from msmebazaar.core.types.digits import to_ascii_digits

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
INSTRUCTIONS = (
    "You explain the valuation of a small Indian business to its owner, in {language}, in at most six plain sentences. "
    "Use only the facts given by the user. Write every number exactly as it is given, in digits, and no other number. "
    "No advice, no promises."
)
LANGUAGES = {"en": "English", "hi": "Hindi"}


def numbers_in(text: str) -> set[str]:
    """Every number of a text, without grouping and trailing zeros, whatever its digits are."""
    found = set()
    for match in NUMBER.findall(to_ascii_digits(text)):
        plain = match.replace(",", "")
        found.add(plain.rstrip("0").rstrip(".") if "." in plain else plain)
    return found


def unsupported(text: str, facts: Iterable[str]) -> list[str]:
    """Numbers of a text that none of the facts has."""
    allowed: set[str] = set()
    for fact in facts:
        allowed |= numbers_in(fact)
    return sorted(numbers_in(text) - allowed)
