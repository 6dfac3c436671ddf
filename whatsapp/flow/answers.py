"""From what somebody wrote to what a step stores. Plain values only: they are kept as JSON."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from msmebazaar.core.exceptions import InvalidValue
from msmebazaar.core.types import GSTIN, Money, Pincode, Udyam
from msmebazaar.core.types.digits import to_ascii_digits
from msmebazaar.core.types.money import CRORE, LAKH
from whatsapp.flow.definitions import AnswerKind
from whatsapp.flow.words import NO, normalised

LONGEST_TEXT = 200
LARGEST_BARE = 1000  # "50" may be lakh or crore; "5000000" is rupees
_BARE = re.compile(r"-?\d{1,3}(?:\.\d+)?")
NOTHING = NO | frozenset(["none", "nil", "zero", "0", "कुछ-नहीं", "शून्य", "kuch-nahi", "koi-nahi", "இல்லை"])
LOSS = re.compile(r"(?:loss(?: of)?|घाटा|नुकसान|ghata|nuksan)\s*(?:of|का|ka)?\s*", re.IGNORECASE)


class Unreadable(Exception):
    """An answer that does not fit. `key` is the sentence that says why; `fault` a refusal of a value in its own words."""

    def __init__(self, key: str = "", *, fault: InvalidValue | None = None) -> None:
        self.key = key
        self.fault = fault
        super().__init__(key or str(fault))


@dataclass(frozen=True)
class Bare:
    """A number that may be lakh or crore."""

    number: Decimal

    def readings(self) -> dict[str, Decimal]:
        return {"lakh": self.number * LAKH, "crore": self.number * CRORE, "rupees": self.number}


def read(kind: AnswerKind, text: str) -> Any:
    """The value of an answer in words.

    Returns:
        str; for amounts a decimal string of rupees, or `Bare` where the unit has to be asked for.
    Raises:
        Unreadable.
    """
    plain = " ".join(text.split())
    if kind is AnswerKind.TEXT:
        if not 2 <= len(plain) <= LONGEST_TEXT:
            raise Unreadable("common.wrong_length")
        return plain
    if kind is AnswerKind.IDENTIFIER:
        return _identifier(plain)
    if kind is AnswerKind.PINCODE:
        return _typed(Pincode.parse, plain)
    if kind is AnswerKind.MONEY_OR_NONE and normalised(plain).replace(" ", "-") in NOTHING:
        return "0.00"
    if kind in (AnswerKind.MONEY, AnswerKind.SIGNED_MONEY, AnswerKind.MONEY_OR_NONE):
        return _amount(plain, is_signed=kind is AnswerKind.SIGNED_MONEY)
    raise Unreadable("common.pick_one" if kind is AnswerKind.CHOICE else "common.send_file")


def _typed(parse: Any, text: str) -> str:
    try:
        return str(parse(text))
    except InvalidValue as fault:
        raise Unreadable(fault=fault) from fault


def _identifier(text: str) -> str:
    """A GSTIN, or a Udyam number."""
    is_udyam = normalised(text).replace(" ", "").startswith("udyam")
    return _typed(Udyam.parse if is_udyam else GSTIN.parse, text)


def _amount(text: str, *, is_signed: bool) -> str | Bare:
    plain = to_ascii_digits(text)
    is_loss = LOSS.match(plain) is not None
    plain = LOSS.sub("", plain, count=1).strip() if is_loss else plain
    if _BARE.fullmatch(plain):
        bare = abs(Decimal(plain)) * (-1 if is_loss or plain.startswith("-") else 1)
        if bare and abs(bare) < LARGEST_BARE:
            return Bare(bare)
    amount = Decimal(_typed(Money.parse, plain))
    amount = -abs(amount) if is_loss else amount
    if amount < 0 and not is_signed:
        raise Unreadable("common.not_negative")
    if amount == 0 and not is_signed:
        raise Unreadable("common.not_zero")
    return str(Money(amount))
