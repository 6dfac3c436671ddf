"""Words of a text in any script, and the key that tells whether a text has changed."""

import hashlib
import re

WORD = re.compile(r"[^\W_]+(?:[\u0900-\u0963\u0971-\u097F]+[^\W_]*)*")  # a Devanagari vowel sign is no letter to \w
SHORTEST = 3
LONGEST_TEXT = 1500  # what lies beyond is not read: texts are judged by how they begin


def words_of(text: str) -> frozenset[str]:
    """Words of three letters and more, in lower case."""
    return frozenset(word for word in WORD.findall(text[:LONGEST_TEXT].lower()) if len(word) >= SHORTEST)


def text_key(text: str) -> str:
    """The same for the same text, whoever wrote it: 32 hexadecimal digits."""
    return hashlib.sha256(text[:LONGEST_TEXT].encode()).hexdigest()[:32]
