"""States and union territories, read once from the dated table `states.csv` beside this file (source in its head)."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True)
class State:
    """`letters` are ISO 3166-2:IN (Telangana TS, not the vehicle code TG). `valid_to` None: in use."""

    gst_code: str
    letters: str
    name_en: str
    name_hi: str
    valid_from: date
    valid_to: date | None
    replaced_by: str | None

    def name(self, language: str) -> str:
        return self.name_hi if language.startswith("hi") else self.name_en


def _read() -> tuple[State, ...]:
    lines = (Path(__file__).with_name("states.csv")).read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return tuple(
        State(
            row["gst_code"],
            row["letters"],
            row["name_en"],
            row["name_hi"],
            date.fromisoformat(row["valid_from"]),
            date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            row["replaced_by"] or None,
        )
        for row in rows
    )


ALL_STATES = _read()
STATES = tuple(state for state in ALL_STATES if state.valid_to is None)
_by_code = {state.gst_code: state for state in ALL_STATES}
_by_letters = {state.letters: state for state in STATES}


def state_by_gst_code(code: str) -> State | None:
    """The state of a two-digit GST code, also one that is no longer in use."""
    return _by_code.get(code)


def state_by_letters(letters: str) -> State | None:
    return _by_letters.get(letters)
