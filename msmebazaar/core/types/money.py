"""Amounts in Indian rupees."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Self

from msmebazaar.core.exceptions import N_, InvalidValue
from msmebazaar.core.types.digits import to_ascii_digits
from msmebazaar.core.types.numerals import ENGLISH, ENGLISH_SCALE, HINDI, HINDI_SCALE

PAISA = Decimal("0.01")
THOUSAND, LAKH, CRORE = Decimal(1_000), Decimal(100_000), Decimal(10_000_000)
LARGEST = Decimal(10) ** 15  # fits Decimal(18, 2)

UNITS: dict[str, Decimal] = {
    **dict.fromkeys(["", "rs", "rupee", "rupees", "रुपये", "रुपया", "रु"], Decimal(1)),
    **dict.fromkeys(["k", "thousand", "हजार", "हज़ार"], THOUSAND),
    **dict.fromkeys(["l", "lac", "lacs", "lakh", "lakhs", "लाख"], LAKH),
    **dict.fromkeys(["c", "cr", "crs", "crore", "crores", "करोड़", "करोड़"], CRORE),
    **dict.fromkeys(["arab", "अरब"], CRORE * 100),
}
WORDS = {"en": ("lakh", "crore"), "hi": ("लाख", "करोड़")}
_AMOUNT = re.compile(
    r"(?P<sign>-)?\s*(?:₹|rs\.?|inr|रु\.?)?\s*(?P<number>\d[\d,]*(?:\.\d+)?|\.\d+)\s*(?P<unit>[^\d\s.,]*)\.?"
)


@dataclass(frozen=True, order=True)
class Money:
    """Rupees with two decimals. Arithmetic is done on `amount`."""

    amount: Decimal

    def __post_init__(self) -> None:
        object.__setattr__(self, "amount", self.amount.quantize(PAISA, ROUND_HALF_UP))

    def __str__(self) -> str:
        return str(self.amount)

    @classmethod
    def parse(cls, text: str) -> Self:
        """`50 lakh`, `2.5 Cr`, `₹1,25,00,000`, `५० लाख`, `1.2 करोड़`, `25k`, `Rs. 10 lacs`, `-3.5 lakh`."""
        match = _AMOUNT.fullmatch(to_ascii_digits(text).strip().lower())
        unit = UNITS.get(match["unit"]) if match else None
        if match is None or unit is None:
            raise InvalidValue(
                "amount", N_("This amount was not understood. Write it like 50 lakh, 2.5 crore or 1,25,000.")
            )
        try:
            amount = Decimal(match["number"].replace(",", "")) * unit
        except InvalidOperation as error:
            raise InvalidValue("amount", N_("This amount was not understood.")) from error
        if amount >= LARGEST:
            raise InvalidValue("too_large", N_("This amount is larger than any business here."))
        return cls(-amount if match["sign"] else amount)

    def rounded(self, digits: int = 3) -> Self:
        """At most `digits` significant digits before the point: more would claim a precision no estimate has."""
        exponent = self.amount.adjusted() - (digits - 1)
        if exponent <= 0 or not self.amount:
            return self
        return type(self)(self.amount.scaleb(-exponent).to_integral_value(ROUND_HALF_UP).scaleb(exponent))

    def grouped(self) -> str:
        """`₹1,23,45,678`: groups of 3, 2, 2 …; paise only when there are any."""
        sign, whole = ("-" if self.amount < 0 else ""), abs(self.amount)
        digits, _, paise = f"{whole:.2f}".partition(".")
        head, tail = digits[:-3], digits[-3:]
        while head:
            head, tail = head[:-2], f"{head[-2:]},{tail}"
        return f"{sign}₹{tail}" + (f".{paise}" if paise != "00" else "")

    def in_words(self, language: str = "en") -> str:
        """`twenty-four crore sixty lakh`, `चौबीस करोड़ साठ लाख`: whole rupees, for a person to confirm an amount.

        No library counts in Hindi and in lakh and crore, so the numbers to 99 are a table of ours.
        """
        words, scale, minus = (
            (HINDI, HINDI_SCALE, "ऋण ") if language.startswith("hi") else (ENGLISH, ENGLISH_SCALE, "minus ")
        )
        left = int(abs(self.amount).to_integral_value(ROUND_HALF_UP))
        parts = []
        crores, left = divmod(left, int(CRORE))
        if crores:
            above = Money(Decimal(crores)).in_words(language) if crores > 99 else words[crores]
            parts.append(f"{above} {scale[0]}")
        for size, name in ((100_000, scale[1]), (1_000, scale[2]), (100, scale[3])):
            count, left = divmod(left, size)
            if count:
                parts.append(f"{words[count]} {name}")
        if left or not parts:
            parts.append(words[left])
        return (minus if self.amount < 0 else "") + " ".join(parts)

    def short(self, language: str = "en") -> str:
        """`₹12.35 lakh`, `₹1.5 crore`; below one lakh the full amount. At most two decimals, rounded half up."""
        lakh, crore = WORDS["hi" if language.startswith("hi") else "en"]
        sign, whole = ("-" if self.amount < 0 else ""), abs(self.amount)
        if whole < LAKH:
            return Money(self.amount.quantize(Decimal(1), ROUND_HALF_UP)).grouped()
        in_lakh = (whole / LAKH).quantize(PAISA, ROUND_HALF_UP)
        if in_lakh < 100:
            return f"{sign}₹{_plain(in_lakh)} {lakh}"
        in_crore = (whole / CRORE).quantize(PAISA, ROUND_HALF_UP)
        return f"{sign}₹{_plain(in_crore)} {crore}"


def _plain(number: Decimal) -> str:
    """Two decimals at most, no trailing zeros, Indian groups."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    whole, _, decimals = text.partition(".")
    grouped = Money(Decimal(whole)).grouped().removeprefix("₹")
    return f"{grouped}.{decimals}" if decimals else grouped
