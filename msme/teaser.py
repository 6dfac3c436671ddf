"""What must not stand in a teaser: anything that tells who the business is before its owner agrees."""

import re

from msmebazaar.core.exceptions import N_, FieldFault
from msmebazaar.core.types.digits import to_ascii_digits

PATTERNS: list[tuple[str, re.Pattern[str], str]] = [
    ("email", re.compile(r"[\w.+-]+@[\w-]+\.\w+"), N_("Take the e-mail address out; buyers reach you through us.")),
    (
        "url",
        re.compile(r"(https?://|www\.)\S+|\b[\w-]+\.(com|in|org|net|co)\b", re.IGNORECASE),
        N_("Take the web address out; it tells who you are."),
    ),
    ("phone", re.compile(r"(?<!\d)(?:\+?91[\s-]?)?[6-9](?:[\s.-]?\d){9}(?!\d)"), N_("Take the phone number out.")),
    (
        "identifier",
        re.compile(r"\b(\d{2}[A-Z]{5}\d{4}[A-Z]\w{3}|[A-Z]{5}\d{4}[A-Z]|UDYAM-\w+)\b", re.IGNORECASE),
        N_("Take the GSTIN, PAN or Udyam number out."),
    ),
]
# Words that are part of many firms' names and tell nothing.
COMMON_WORDS = frozenset(
    [
        "and",
        "the",
        "of",
        "co",
        "company",
        "pvt",
        "private",
        "ltd",
        "limited",
        "llp",
        "opc",
        "industries",
        "industry",
        "enterprises",
        "enterprise",
        "traders",
        "trading",
        "works",
        "engineering",
        "services",
        "solutions",
        "india",
        "indian",
        "products",
        "manufacturing",
        "group",
        "sons",
        "brothers",
    ]
)


def leaks(text: str, *, names: list[str], field: str) -> list[FieldFault]:
    """Every kind of give-away found in `text`; `names` are the business's own."""
    plain = to_ascii_digits(text)
    found = [FieldFault(field, code, message) for code, pattern, message in PATTERNS if pattern.search(plain)]
    if any(_names_business(plain, name) for name in names if name):
        message = N_("Take the name of the business out; buyers see it only after you agree.")
        found.append(FieldFault(field, "name", message))
    return found


def _names_business(text: str, name: str) -> bool:
    """Whether all telling words of a name stand in the text, in any order."""
    telling = [word for word in re.findall(r"\w+", name.casefold()) if word not in COMMON_WORDS and len(word) > 2]
    words = set(re.findall(r"\w+", text.casefold()))
    return bool(telling) and all(word in words for word in telling)
