"""What goes into the engine and what comes out. All amounts are rupees as Decimal, all rates fractions."""

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Figures:
    """Figures of one fiscal year.

    `months` is how many the profit and loss account covers; net worth, assets and debt are those at its end.
    """

    fiscal_year: str
    months: int
    source: str
    revenue: Decimal
    pat: Decimal
    net_worth: Decimal
    total_assets: Decimal
    debt: Decimal


@dataclass(frozen=True)
class Refusal:
    """Why there is no result: a code, the field to mend, and what to do about it in both languages."""

    code: str
    field: str
    message_en: str
    message_hi: str


@dataclass(frozen=True)
class Interval:
    """A value with its 80 % band, in rupees."""

    point: Decimal
    low80: Decimal
    high80: Decimal


@dataclass(frozen=True)
class Estimate:
    """The result.

    `value` is what a private sale of the whole may bring; `at_sme_ipo` what the SME platform would pay for the equity
    before the issue. `parts` are the regression's terms, which add up to ln(equity / revenue). `quality` is 0 to 100.
    """

    value: Interval
    at_sme_ipo: Interval
    parts: tuple[tuple[str, Decimal], ...]
    clamped: tuple[str, ...]
    warnings: tuple[str, ...]
    quality: int


@dataclass(frozen=True)
class Model:
    """A pack: coefficients and assumptions with their sources, and the SHA-256 of its file."""

    id: str
    sha256: str
    content: dict[str, Any]

    def number(self, *path: str) -> Decimal:
        found: Any = self.content
        for name in path:
            found = found[name]
        return Decimal(found)


def load_model(text: str) -> Model:
    """A pack from its file's text."""
    content = json.loads(text)
    return Model(content["id"], hashlib.sha256(text.encode()).hexdigest(), content)
