"""Dated facts with their sources, as files beside this one: notices of consent, deadlines, recipients of data."""

import csv
import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Notice:
    """What a person reads before they consent, in both languages."""

    purpose: str
    version: str
    valid_from: date
    en: str
    hi: str

    def text(self, language: str) -> str:
        return self.hi if language.startswith("hi") else self.en


@dataclass(frozen=True)
class Recipient:
    """Whom personal data is shared with, what and why (DPDP Act s.11)."""

    recipient: str
    what: str
    why: str
    where: str


@cache
def _notices() -> tuple[Notice, ...]:
    rows = json.loads((FOLDER / "consent_notices.json").read_text())["notices"]
    return tuple(Notice(**{**row, "valid_from": date.fromisoformat(row["valid_from"])}) for row in rows)


def current_notices(day: date) -> dict[str, Notice]:
    """The notice in force on a day, by purpose."""
    in_force = sorted((notice for notice in _notices() if notice.valid_from <= day), key=lambda n: n.valid_from)
    return {notice.purpose: notice for notice in in_force}


def days_to_answer(kind: str, day: date) -> int:
    """Within how many days a data request of this kind is answered, by the rule in force on a day."""
    with (FOLDER / "deadlines.csv").open(newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["kind"] == kind]
    in_force = [row for row in rows if date.fromisoformat(row["valid_from"]) <= day]
    return int(max(in_force, key=lambda row: row["valid_from"])["days"])


@cache
def recipients() -> tuple[Recipient, ...]:
    with (FOLDER / "recipients.csv").open(newline="") as stream:
        return tuple(
            Recipient(row["recipient"], row["what"], row["why"], row["where"]) for row in csv.DictReader(stream)
        )
