"""What people write to each other before they are introduced: contact data hidden, known tricks named."""

import re
from dataclasses import dataclass

from msme.selectors import find_contacts
from msmebazaar.core.types.digits import to_ascii_digits

HIDDEN = "•••"
TOKEN_ADVANCE, OFF_PLATFORM, SECRETS = "token_advance", "off_platform", "secrets"
# Phrases in English, Hindi and Hindi in Latin letters. They warn and never block: honest people use some of them too.
PHRASES: dict[str, list[str]] = {
    TOKEN_ADVANCE: [
        r"token\s*(advance|amount|money|payment|de|do|dena|bhej)",
        r"(advance|booking|registration|processing|file)\s*(fee|fees|charge|charges|amount|money|payment)\b",
        r"pay\b.{0,20}\b(advance|upfront|up\s*front)",
        r"\b(bayana|byana|baiana|peshgi)\b",
        r"टोकन\s*(मनी|एडवांस|राशि|अमाउंट|दें|दो|दीजिए|भेज)?",
        r"(एडवांस|अग्रिम|पेशगी|बयाना|बुकिंग|प्रोसेसिंग)\s*(फ़ीस|फीस|शुल्क|राशि|भुगतान|रकम|पैसा|पैसे|दें|दो|दीजिए|भेज)?",
        r"(pehle|pahle|phle)\s*(paisa|paise|payment|rupay|rupaye)",
        r"पहले\s*(पैसा|पैसे|भुगतान|रकम)",
    ],
    OFF_PLATFORM: [
        r"(pay|send|transfer)\b.{0,25}\b(upi|gpay|google\s*pay|phonepe|phone\s*pe|paytm|cash|neft|rtgs|imps|crypto|usdt)",
        r"(direct(ly)?|outside)\b.{0,25}\b(deal|payment|pay|platform|contact)",
        r"\b(upi|gpay|phonepe|paytm)\b.{0,25}\b(karo|kar\s*do|kijiye|bhejo|bhej\s*do)",
        r"(platform|site|app)\s*(ke|se)\s*bahar",
        r"(सीधे|डायरेक्ट)\s*(भुगतान|पैसे|सौदा|डील|संपर्क|बात)",
        r"(यूपीआई|गूगल\s*पे|फोनपे|पेटीएम|नकद|कैश)\s*(से|पर|में)?\s*(भेज|कर|दे|दो|दीजिए|भुगतान)",
        r"(प्लेटफ़ॉर्म|प्लेटफॉर्म|साइट|ऐप)\s*(के|से)\s*बाहर",
    ],
    SECRETS: [
        r"\b(share|send|tell|give|batao|bhejo)\b.{0,20}\b(otp|password|pin|cvv)\b",
        r"\b(otp|password|cvv)\b.{0,20}\b(share|send|tell|give|batao|bata\s*do|bhejo)\b",
        r"(ओटीपी|पासवर्ड|पिन)\s*(बताएँ|बताओ|बता|भेज|दें|दो|दीजिए)",
    ],
}
_COMPILED = {kind: [re.compile(phrase, re.IGNORECASE) for phrase in phrases] for kind, phrases in PHRASES.items()}


@dataclass(frozen=True)
class Masked:
    """A text as the other side may read it: `hidden` names the kinds of contact data, `warnings` the tricks that were found."""

    shown: str
    hidden: tuple[str, ...]
    warnings: tuple[str, ...]


def mask(text: str) -> Masked:
    """Hide phones, addresses, links and numbers that lead to a person, however they are written; find known tricks."""
    shown, last, kinds = [], 0, []
    for start, end, kind in find_contacts(text):
        if start < last:
            last = max(last, end)
            continue
        shown += [text[last:start], HIDDEN]
        last = end
        kinds.append(kind)
    shown.append(text[last:])
    return Masked("".join(shown), tuple(dict.fromkeys(kinds)), warnings_in(text))


def warnings_in(text: str) -> tuple[str, ...]:
    plain = to_ascii_digits(text)
    return tuple(kind for kind, phrases in _COMPILED.items() if any(phrase.search(plain) for phrase in phrases))
