"""Templates as data: their texts, and the buttons and lists that carry any text in an open conversation."""

import hashlib
import json
import re
import string
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from whatsapp.types import Category

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "hi")
MOST_BUTTONS, MOST_ITEMS = 3, 10
LONGEST_BUTTON = 20
ANY_LANGUAGE = "en"  # of what has only variables in it


@dataclass(frozen=True)
class Definition:
    """A template as it is to be at Twilio. `variables` in the order of `{{1}}`, `{{2}}` …; `is_session`: never approved."""

    key: str
    language: str
    category: Category
    variables: tuple[str, ...]
    samples: tuple[str, ...]
    body: str
    types: dict[str, Any]
    is_session: bool

    @property
    def fingerprint(self) -> str:
        content = json.dumps([self.types, self.category], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:12]

    @property
    def name(self) -> str:
        """What it is called at Twilio and WhatsApp: lower case, digits and underscores only."""
        return f"bazaar_{self.key}_{self.language}_{self.fingerprint}"


@cache
def definitions() -> tuple[Definition, ...]:
    return (*_approved(), *_buttons(), *_lists())


def _approved() -> list[Definition]:
    found = []
    for key, row in tomllib.loads((FOLDER / "templates.toml").read_text()).items():
        names = tuple(row["variables"])
        for language in LANGUAGES:
            said = {name for _, name, _, _ in string.Formatter().parse(row[language]) if name}
            if said != set(names):
                raise ValueError(f"template {key} in {language} has other variables than {', '.join(names)}")
            places = {name: f"{{{{{number}}}}}" for number, name in enumerate(names, start=1)}
            body = row[language].format(**places)
            if re.match(r"\{\{", body) or re.search(r"\}\}$", body):
                raise ValueError(f"template {key} in {language} begins or ends with a variable")
            category = Category(row["category"])
            samples = tuple(row["samples"])
            types = {"twilio/text": {"body": body}}
            found.append(Definition(key, language, category, names, samples, body, types, is_session=False))
    return found


def _buttons() -> list[Definition]:
    found = []
    for count in range(1, MOST_BUTTONS + 1):
        actions = [
            {"type": "QUICK_REPLY", "title": f"{{{{{2 * n + 2}}}}}", "id": f"{{{{{2 * n + 3}}}}}"} for n in range(count)
        ]
        types = {"twilio/quick-reply": {"body": "{{1}}", "actions": actions}}
        names = ("text", *(name for n in range(count) for name in (f"label_{n}", f"id_{n}")))
        samples = ("Which one?", *(name for n in range(count) for name in (f"Choice {n}", f"c{n}")))
        found.append(
            Definition(
                f"buttons_{count}", ANY_LANGUAGE, Category.SERVICE, names, samples, "{{1}}", types, is_session=True
            )
        )
    return found


def _lists() -> list[Definition]:
    found = []
    for count in range(1, MOST_ITEMS + 1):
        items = [
            {
                "item": f"{{{{{3 * n + 3}}}}}",
                "id": f"{{{{{3 * n + 4}}}}}",
                "description": f"{{{{{3 * n + 5}}}}}",
            }
            for n in range(count)
        ]
        types = {"twilio/list-picker": {"body": "{{1}}", "button": "{{2}}", "items": items}}
        rows = [(f"label_{n}", f"id_{n}", f"about_{n}") for n in range(count)]
        names = ("text", "button", *(name for row in rows for name in row))
        samples = ("Which one?", "Choose", *(name for n in range(count) for name in (f"Choice {n}", f"c{n}", "…")))
        found.append(
            Definition(f"list_{count}", ANY_LANGUAGE, Category.SERVICE, names, samples, "{{1}}", types, is_session=True)
        )
    return found
