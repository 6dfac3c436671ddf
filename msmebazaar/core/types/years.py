"""Indian fiscal years, 1 April to 31 March."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

from msmebazaar.core.exceptions import N_, InvalidValue
from msmebazaar.core.types.digits import to_ascii_digits


@dataclass(frozen=True, order=True)
class FinancialYear:
    """Named by the calendar year it starts in; written `2024-25`."""

    start: int

    def __str__(self) -> str:
        return f"{self.start}-{(self.start + 1) % 100:02d}"

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year if day.month >= 4 else day.year - 1)

    @classmethod
    def parse(cls, text: str) -> Self:
        """`2024-25`, `FY 2024-25`, `2024-2025`."""
        match = re.fullmatch(r"(?:FY\s*)?(\d{4})\s*[-–/]\s*(\d{2}|\d{4})", to_ascii_digits(text).strip().upper())
        if match is None:
            raise InvalidValue("shape", N_("A fiscal year looks like 2024-25 (April 2024 to March 2025)."))
        start = int(match[1])
        if int(match[2][-2:]) != (start + 1) % 100:
            raise InvalidValue("years", N_("A fiscal year ends in the year after it starts, like 2024-25."))
        return cls(start)

    @property
    def starts_on(self) -> date:
        return date(self.start, 4, 1)

    @property
    def ends_on(self) -> date:
        return date(self.start + 1, 3, 31)
