"""`make messages`: collect the texts that people read, bring the Hindi catalogue up to date, compile it.

Babel does the work, so no system gettext is needed. Ends with an error that names what has no Hindi yet.
"""

import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
PO = ROOT / "msmebazaar" / "locale" / "hi" / "LC_MESSAGES" / "django.po"
PACKAGES = ("msmebazaar", "accounts", "msme", "valuation", "matching", "whatsapp", "adminpanel")
PAGES = ("whatsapp/templates/**/*.html", "adminpanel/templates/**/*.html", "msmebazaar/templates/**/*.html")
FIRST_DAY = datetime(2026, 11, 23, tzinfo=UTC)  # a fixed date: the file changes only with its texts
KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "N_": None}


def collected() -> Catalog:
    """Every marked text in the Python sources, in a stable order."""
    catalog = Catalog(
        locale="hi",
        project="MSMEBazaar",
        charset="utf-8",
        fuzzy=False,
        header_comment="# Hindi texts of MSMEBazaar. Collected and compiled by `make messages`.",
        creation_date=FIRST_DAY,
        revision_date=FIRST_DAY,
    )
    found = set()
    for package in PACKAGES:
        for _file, _line, message, _comments, _context in extract_from_dir(
            ROOT / package, method_map=[("**.py", "python")], keywords=KEYWORDS
        ):
            found.add(message)
    for page in sorted(page for pattern in PAGES for page in ROOT.glob(pattern)):
        code = BytesIO(templatize(page.read_text(), origin=str(page)).encode())
        found |= {message for _line, message, _comments, _context in extract("python", code, keywords=KEYWORDS)}
    for message in sorted(found, key=str):
        catalog.add(message)
    return catalog


def updated() -> Catalog:
    """The Hindi catalogue with exactly the collected texts; what is gone is dropped, nothing is guessed."""
    known = read_po(BytesIO(PO.read_bytes()), locale="hi") if PO.exists() else Catalog(locale="hi")
    catalog = collected()
    for message in catalog:
        if message.id and known.get(message.id):
            message.string = known.get(message.id).string  # type: ignore[union-attr]
    return catalog


def compiled(catalog: Catalog) -> bytes:
    stream = BytesIO()
    write_mo(stream, catalog)
    return stream.getvalue()


def main() -> int:
    catalog = updated()
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as stream:
        write_po(stream, catalog, omit_header=False, sort_output=True, width=120)
    PO.with_suffix(".mo").write_bytes(compiled(catalog))
    missing = [message.id for message in catalog if message.id and not message.string]
    for text in missing:
        print(f"no Hindi yet: {text}")
    print(f"{len(catalog)} texts, {len(missing)} without Hindi")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
