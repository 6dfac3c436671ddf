"""Every sentence of the bot: `catalogues/<language>.toml`. Loading fails when one is missing or wants other values.

English and Hindi have everything. The other languages say which flows they have whole (`complete`); what else they lack is
said in their `fallback`. All but English wait for a native reader (`needs_review`).
"""

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "catalogues"
WHOLE = ("en", "hi")


class TextMissing(ValueError):
    """A catalogue that lacks a sentence, or whose sentence wants other values than the English one."""


@dataclass(frozen=True)
class Catalogue:
    """A language. `name` in its own script; `complete`: parts that it has whole (`common`, flows)."""

    language: str
    name: str
    fallback: str
    needs_review: bool
    complete: tuple[str, ...]
    texts: Mapping[str, str]

    @cached_property
    def is_offered(self) -> bool:
        """Whether people can choose it: the way in must not stop half-way."""
        return "onboard" in self.complete

    def placeholders(self, key: str) -> frozenset[str]:
        return placeholders(self.texts.get(key, ""))


def placeholders(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


def read(content: Mapping[str, Any]) -> Catalogue:
    about = content["about"]
    parts = {key: value for key, value in content.items() if key != "about"}
    return Catalogue(
        about["language"],
        about["name"],
        about["fallback"],
        about["needs_review"],
        tuple(about["complete"]),
        dict(_flat(parts)),
    )


def _flat(content: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    found = []
    for key, value in content.items():
        if isinstance(value, str):
            found.append((f"{prefix}{key}", value))
        else:
            found += _flat(value, f"{prefix}{key}.")
    return found


def check(catalogues: Mapping[str, Catalogue]) -> None:
    """Raise TextMissing naming the first sentence that is missing, unknown, or wants other values than the English one."""
    english = catalogues["en"]
    for catalogue in catalogues.values():
        if catalogue.fallback not in catalogues:
            raise TextMissing(f"{catalogue.language} falls back to {catalogue.fallback}, which is not there")
        for key in english.texts:
            is_wanted = catalogue.language in WHOLE or key.split(".")[0] in catalogue.complete
            if is_wanted and not catalogue.texts.get(key):
                raise TextMissing(f"{key} is missing in {catalogue.language}")
        for key in catalogue.texts:
            if key not in english.texts:
                raise TextMissing(f"{key} is in {catalogue.language} and not in English")
            if catalogue.placeholders(key) != english.placeholders(key):
                raise TextMissing(f"{key} wants different values in {catalogue.language} and English")


def load(folder: Path = FOLDER) -> dict[str, Catalogue]:
    found = [read(tomllib.loads(path.read_text())) for path in sorted(folder.glob("*.toml"))]
    catalogues = {catalogue.language: catalogue for catalogue in found}
    check(catalogues)
    return catalogues


CATALOGUES = load()
LANGUAGES = tuple(sorted(CATALOGUES, key=lambda language: (language not in WHOLE, language)))
OFFERED = tuple(language for language in LANGUAGES if CATALOGUES[language].is_offered)


def product_language(language: str) -> str:
    """English or Hindi: what the rest of the product says in a conversation of this language."""
    while language not in WHOLE:
        language = CATALOGUES[language].fallback if language in CATALOGUES else "en"
    return language


def has(key: str) -> bool:
    return key in CATALOGUES["en"].texts


def say(key: str, language: str, **values: str | int) -> str:
    """The sentence in a language, or in the one it falls back to. KeyError for a sentence that does not exist."""
    catalogue = CATALOGUES.get(language, CATALOGUES["en"])
    while key not in catalogue.texts:
        if catalogue.language == "en":
            raise KeyError(key)
        catalogue = CATALOGUES[catalogue.fallback]
    return catalogue.texts[key].format(**values)
