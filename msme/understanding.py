"""What a buyer means by "textile unit surat under 5 cr" or "सूरत में कपड़े की फैक्ट्री 5 करोड़ से कम".

Amounts, places, industries and intents become filters, which the buyer sees and can take back; what is left is searched
as text. Works on the dated tables in `reference/` alone; what was mistyped is corrected before (`selectors.market`).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from msme import places
from msme.reference import rows_of
from msme.types import Intent
from msmebazaar.core.exceptions import InvalidValue
from msmebazaar.core.types import STATES, Money
from msmebazaar.core.types.digits import to_ascii_digits

WORD = re.compile(r"[\u0900-\u0963\u0970-\u097f]+|[a-z][a-z'-]*[a-z]|[a-z]|\d[\d.,]*")
LONGEST_PHRASE = 6  # words; "dadra and nagar haveli and daman …" is found by its first ones

AMOUNT = (
    r"(?:₹|rs\.?|inr|रु\.?)?\s*\d[\d,]*(?:\.\d+)?\s*"
    r"(?:lakhs?|lacs?|crores?|crs?|thousand|लाख|करोड़|करोड़|हज़ार|हजार|[lck])(?![\w\u0900-\u0963])"
)
BARE = r"(?:₹|rs\.?|inr|रु\.?)?\s*\d[\d,]*(?:\.\d+)?"
PRICE_PATTERNS = [
    (re.compile(pattern), kind)
    for pattern, kind in [
        (
            rf"(?:between\s+)?(?P<low>{AMOUNT}|{BARE})\s*(?:-|–|to|and|से)\s*(?P<high>{AMOUNT})(?:\s*(?:के बीच|तक))?",
            "range",
        ),
        (
            rf"(?:under|below|up\s?to|upto|less than|within|max(?:imum)?|<=?|budget(?: of)?)\s*(?P<high>{AMOUNT})",
            "most",
        ),
        (rf"(?P<high>{AMOUNT})\s*(?:se kam|तक|से कम|के अंदर|के भीतर|से नीचे|tak)", "most"),
        (rf"(?:above|over|more than|at least|min(?:imum)?|from|>=?)\s*(?P<low>{AMOUNT})", "least"),
        (rf"(?P<low>{AMOUNT})\s*(?:se zyada|se jyada|से ज़्यादा|से ज्यादा|से अधिक|से ऊपर|\+|plus)", "least"),
    ]
]
INTENT_WORDS: dict[str, str] = {
    **dict.fromkeys(["stake", "partner", "partnership", "हिस्सेदारी", "साझेदार", "पार्टनर"], Intent.STAKE_SALE),
    **dict.fromkeys(["assets", "asset sale", "machinery for sale", "संपत्ति"], Intent.ASSET_SALE),
    **dict.fromkeys(["invest", "investment", "equity", "funding", "निवेश"], Intent.EQUITY_INVESTMENT),
    **dict.fromkeys(["loan", "loans", "debt", "ऋण", "लोन", "कर्ज"], Intent.LOAN),
    **dict.fromkeys(["buyout", "acquisition", "outright", "पूरी बिक्री"], Intent.FULL_SALE),
}
FILLERS = frozenset(
    word
    for words in [
        "a an the of in at for with and or near to want wanted need looking buy sell sale selling available running",
        "existing profitable business businesses company companies firm firms unit units factory factories plant plants",
        "enterprise msme sme industry industries में का की के को से और या पर बिकाऊ बिक्री बेचना खरीदना चाहिए व्यवसाय",
        "कारोबार बिज़नेस बिजनेस कंपनी फैक्ट्री फैक्टरी कारखाना इकाई यूनिट उद्योग उद्यम mein me ka ki ke chahiye bikau",
        "vyapar",
    ]
    for word in words.split()
)


@dataclass(frozen=True)
class Understood:
    """Filters found in a text, in words of the tables; `rest` is what is searched as text. Amounts are rupees."""

    states: tuple[str, ...] = ()
    districts: tuple[places.District, ...] = ()
    industries: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    ask_min: Decimal | None = None
    ask_max: Decimal | None = None
    rest: str = ""


def words_of(text: str) -> list[str]:
    """Words of a text in lower case and ASCII digits, in either script."""
    return WORD.findall(to_ascii_digits(text).lower())


def searchable(text: str) -> str:
    """Text as PostgreSQL's parser should get it: it takes the danda, the Hindi full stop, for a letter."""
    return text.translate(DANDAS)


DANDAS = {ord("।"): " ", ord("॥"): " "}


@cache
def _state_names() -> dict[str, str]:
    found = {name.lower(): state.letters for state in STATES for name in (state.name_en, state.name_hi)}
    return found | {"orissa": "OD", "j&k": "JK", "andhra": "AP", "up": "UP", "mp": "MP", "ncr": "DL", "दिल्ली": "DL"}


@cache
def _industry_words() -> dict[str, tuple[str, ...]]:
    return {
        word: tuple(row["nic"].split("|")) for row in rows_of("industry_words.csv") for word in row["words"].split("|")
    }


@cache
def reference_words() -> frozenset[str]:
    """Every single word of the tables: what a mistyped word may have been meant as."""
    phrases: Iterable[str] = [*_state_names(), *places.cities(), *_industry_words(), *INTENT_WORDS, *FILLERS]
    return frozenset(word for phrase in phrases for word in words_of(phrase))


def understand(text: str) -> Understood:
    """Split a buyer's words into filters and the rest. Never fails: what is not understood is searched as text."""
    plain = to_ascii_digits(text).lower()
    plain, ask_min, ask_max = _take_amounts(plain)
    states: list[str] = []
    districts: list[places.District] = []
    industries: list[str] = []
    intents: list[str] = []
    rest: list[str] = []
    for phrase in _phrases(words_of(plain)):
        if phrase in places.cities():
            districts.append(places.cities()[phrase])
        elif phrase in _state_names():
            states.append(_state_names()[phrase])
        elif phrase in _industry_words():
            industries += _industry_words()[phrase]
        elif phrase in INTENT_WORDS:
            intents.append(INTENT_WORDS[phrase])
        elif phrase not in FILLERS:
            rest.append(phrase)
    return Understood(
        tuple(dict.fromkeys(states)),
        tuple(dict.fromkeys(districts)),
        tuple(dict.fromkeys(industries)),
        tuple(dict.fromkeys(intents)),
        ask_min,
        ask_max,
        " ".join(rest),
    )


def _phrases(words: list[str]) -> Iterator[str]:
    """The words one by one, those that make a known phrase together as one."""
    position = 0
    while position < len(words):
        for length in range(min(LONGEST_PHRASE, len(words) - position), 0, -1):
            phrase = " ".join(words[position : position + length])
            if length == 1 or _is_known(phrase):
                yield phrase
                position += length
                break


def _is_known(phrase: str) -> bool:
    return (
        phrase in _state_names() or phrase in places.cities() or phrase in _industry_words() or phrase in INTENT_WORDS
    )


def _take_amounts(text: str) -> tuple[str, Decimal | None, Decimal | None]:
    """Prices taken out of the text. A lower end without a unit has that of the upper one: "2-5 cr"."""
    lowest = highest = None
    for pattern, kind in PRICE_PATTERNS:
        match = pattern.search(text)
        if match is None:
            continue
        low = high = None
        if kind != "least":
            high = _rupees(match["high"])
        if kind == "least":
            low = _rupees(match["low"])
        elif kind == "range":
            unit = re.sub(r"^[^\d]*[\d.,]+\s*", "", match["high"])
            low = _rupees(match["low"] if re.search(r"[a-z\u0900-\u0963]\s*$", match["low"]) else match["low"] + unit)
        if low is not None and high is not None and low > high:
            continue
        text = f"{text[: match.start()]} {text[match.end() :]}"
        lowest, highest = lowest or low, highest or high
    return text, lowest, highest


def _rupees(text: str) -> Decimal | None:
    try:
        return Money.parse(text.strip()).amount
    except InvalidValue:
        return None
