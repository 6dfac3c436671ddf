"""A pack: dated market data, house assumptions and the coefficient files they go with, each figure with its source."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any


@dataclass(frozen=True, eq=False)
class Pack:
    """One file of `valuation/packs`, the SHA-256 of its bytes, and its models by what they are for (`M3`)."""

    id: str
    sha256: str
    content: dict[str, Any]
    models: Mapping[str, "Pack"]

    def number(self, name: str) -> Decimal:
        """A single figure."""
        return self.numbers[name]

    @cached_property
    def numbers(self) -> dict[str, Decimal]:
        return {name: Decimal(figure["value"]) for name, figure in self.content["figures"].items()}

    def rows(self, table: str) -> list[list[Any]]:
        found: list[list[Any]] = self.content["tables"][table]["rows"]
        return found

    @cached_property
    def _lookups(self) -> dict[str, dict[str, list[Any]]]:
        return {}

    def lookup(self, table: str, key: str) -> list[Any] | None:
        """The row of a table whose first column is `key`, without that column."""
        if table not in self._lookups:
            self._lookups[table] = {row[0]: row[1:] for row in self.rows(table)}
        return self._lookups[table].get(key)

    def industry_of(self, nic_code: str) -> list[Any] | None:
        """Of the longest mapped beginning of a NIC-2008 code: EV/EBITDA industry, beta industry, sold sector, sold industry,
        IPO sector."""
        for length in range(len(nic_code), 1, -1):
            found = self.lookup("nic", nic_code[:length])
            if found is not None:
                return found
        return None


def load_pack(text: str, models: Mapping[str, Pack]) -> Pack:
    """A pack from its file's text; the models it names must be at hand with the hashes it names.

    Raises:
        ValueError: a model is missing or another file than the pack was made with.
    """
    content = json.loads(text)
    used = {}
    for purpose, named in content.get("models", {}).items():
        model = models.get(named["id"])
        if model is None or model.sha256 != named["sha256"]:
            raise ValueError(f"Pack {content['id']} wants model {named['id']} with SHA-256 {named['sha256']}.")
        used[purpose] = model
    return Pack(content["id"], hashlib.sha256(text.encode()).hexdigest(), content, used)
