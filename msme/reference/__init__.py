"""Dated tables that ship with the product; each names its source in its head."""

import csv
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent


def rows_of(name: str) -> Iterator[dict[str, str]]:
    """Rows of a table, without its head of sources."""
    with (FOLDER / name).open(encoding="utf-8") as stream:
        yield from csv.DictReader(line for line in stream if not line.startswith("#"))
