"""A refusal or a warning: a code with the field and the amounts it speaks of. Sentences: `texts`."""

import dataclasses
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Finding:
    """`amounts` are rupees; `names` keys of `texts.NAMES` or `texts.METHODS`; `words` go into the sentence as they are."""

    code: str
    field: str = ""
    amounts: dict[str, Decimal] = dataclasses.field(default_factory=dict)
    names: dict[str, str] = dataclasses.field(default_factory=dict)
    words: dict[str, str] = dataclasses.field(default_factory=dict)


def year_name(fiscal_year: int) -> str:
    return f"{fiscal_year}-{(fiscal_year + 1) % 100:02d}"
