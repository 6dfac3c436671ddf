"""From a message to a decision: which texts to say, what to ask the other apps, what changes for the contact."""

import enum
import re
import unicodedata
from dataclasses import dataclass


class Ask(enum.Enum):
    """Facts the answer needs from another app."""

    VALUATION = "valuation"
    LISTINGS = "listings"
    MATCHES = "matches"


@dataclass(frozen=True)
class Verdict:
    """An owner's answer to a request for an introduction, which the chat calls by a code of four signs."""

    is_yes: bool
    code: str


@dataclass(frozen=True)
class Heard:
    """A message and what is known of its sender. `language` None: they never wrote before."""

    text: str
    language: str | None
    is_stopped: bool


@dataclass(frozen=True)
class Decision:
    """What to do. `say` are text keys, said in `language`; `ask` and `verdict` add their own text. Nothing: stay silent."""

    language: str
    say: tuple[str, ...] = ()
    ask: Ask | None = None
    verdict: Verdict | None = None
    stop: bool = False
    start: bool = False


GREETINGS = frozenset(["hi", "hello", "hey", "hii", "namaste", "namaskar", "नमस्ते", "नमस्कार", "हेलो", "हैलो", "राम-राम"])
MENU = frozenset(["menu", "मेनू", "मेन्यू", "0"])
STOP = frozenset(["stop", "unsubscribe", "बंद", "रोको", "band", "roko"])
START = frozenset(["start", "शुरू", "shuru"])
HELP = frozenset(["help", "मदद", "सहायता", "madad", "5"])
HINDI = frozenset(["हिन्दी", "हिंदी", "hindi"])
ENGLISH = frozenset(["english", "अंग्रेज़ी", "अंग्रेजी", "angrezi"])
SWITCH = frozenset({"4"})
CHOICES = {
    Ask.VALUATION: frozenset(["1", "valuation", "value", "worth", "मूल्यांकन", "क़ीमत", "कीमत", "kimat"]),
    Ask.LISTINGS: frozenset(["2", "listing", "listings", "लिस्टिंग"]),
    Ask.MATCHES: frozenset(["3", "match", "matches", "मैच"]),
}
YES = frozenset(
    ["approve", "approved", "accept", "yes", "ok", "haan", "ha", "manzoor", "हाँ", "हां", "मंज़ूर", "मंजूर", "स्वीकार"]
)
NO = frozenset(["decline", "reject", "no", "nahi", "nahin", "mana", "ना", "नहीं", "मना", "अस्वीकार"])
_CODE = re.compile(r"[0-9a-f]{4}")
HINGLISH_GREETINGS = frozenset(["namaste", "namaskar"])
_DEVANAGARI = re.compile(r"[\u0900-\u097F]")


def decide(heard: Heard) -> Decision:
    """The same message and state always give the same decision. Only whole messages are words of command."""
    word = _normalised(heard.text)
    language = heard.language or ("hi" if _DEVANAGARI.search(heard.text) or word in HINGLISH_GREETINGS else "en")
    if word in STOP:
        return Decision(language, ("stopped",), stop=True)
    if heard.is_stopped:
        return Decision(language, ("started", "menu"), start=True) if word in START else Decision(language)
    if word in HINDI or word in ENGLISH or word in SWITCH:
        chosen = "hi" if word in HINDI else "en" if word in ENGLISH else "en" if language == "hi" else "hi"
        return Decision(chosen, ("language_set", "menu"))
    for ask, words in CHOICES.items():
        if word in words:
            return Decision(language, ask=ask)
    verdict = _verdict(word)
    if verdict is not None:
        return Decision(language, verdict=verdict)
    if word in HELP:
        return Decision(language, ("help",))
    if word in GREETINGS or word in START or heard.language is None:
        return Decision(language, ("greeting", "menu"))
    if word in MENU:
        return Decision(language, ("menu",))
    return Decision(language, ("not_understood", "menu"))


def _verdict(words: str) -> Verdict | None:
    """`approve 7f3a`, `हाँ 7F3A`, `7f3a decline`: a word of consent or refusal and a code, in either order, nothing else."""
    parts = words.split()
    if len(parts) != 2:
        return None
    for word, code in (parts, reversed(parts)):
        if (word in YES or word in NO) and _CODE.fullmatch(code):
            return Verdict(word in YES, code.upper())
    return None


def _normalised(text: str) -> str:
    """Lower case, ASCII digits, without punctuation at the ends: `नमस्ते!` and `१` are words too."""
    plain = unicodedata.normalize("NFC", text).strip().casefold()
    digits = "".join(str(unicodedata.digit(char)) if char.isdigit() else char for char in plain)
    return digits.strip(" .,!?।🙏\n\t")
