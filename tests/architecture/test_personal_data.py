"""docs/data.md lists every column of every table of ours; one that is added and not listed fails here."""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings as django_settings

from msmebazaar.core import retention
from msmebazaar.core.crypto import EncryptedTextField

APPS = ("core", "accounts", "msme", "valuation", "matching", "whatsapp", "adminpanel")
# Keys, times, and pointers that are what they are in every table.
EVERYWHERE = {"id", "created_at", "updated_at"}


def columns() -> Iterator[tuple[str, bool]]:
    for label in APPS:
        for model in apps.get_app_config(label).get_models(include_auto_created=True):
            for field in model._meta.concrete_fields:
                if field.name not in EVERYWHERE:
                    yield f"{model._meta.db_table}.{field.column}", isinstance(field, EncryptedTextField)


def listed() -> dict[str, str]:
    """Column → the row of the table that speaks of it."""
    text = (django_settings.BASE_DIR / "docs" / "data.md").read_text()
    found: dict[str, str] = {}
    for line in text.splitlines():
        if not line.startswith("| "):
            continue
        cell = line.split("|")[1]
        for table, names in re.findall(r"`(\w+)\.([\w, ]+)`", cell):
            for name in names.split(","):
                found[f"{table}.{name.strip()}"] = line
    return found


ALL = dict(columns())


def test_every_column_is_listed_and_nothing_that_is_gone() -> None:
    known = set(listed())

    assert set(ALL) - known == set(), "describe these in docs/data.md"
    assert known - set(ALL) == set(), "docs/data.md lists columns that are gone"


@pytest.mark.parametrize("column", sorted(name for name, is_encrypted in ALL.items() if is_encrypted))
def test_what_is_encrypted_is_said_to_be(column: str) -> None:
    assert "encrypted" in listed()[column]


def test_every_retention_rule_is_explained() -> None:
    text = (django_settings.BASE_DIR / "docs" / "data.md").read_text()

    assert [rule.what for rule in retention._all_rules() if rule.what not in text] == []
