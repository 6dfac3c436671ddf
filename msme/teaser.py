"""What must not stand in a teaser: anything that tells who the business is before its owner agrees.

Two kinds of finds. What has a shape (phones, addresses, links, identifiers) is found by patterns after the text was
brought into one form: Devanagari digits, look-alike characters, digits as words, "at" and "dot". What is a name is found by
the words that set it apart, in Latin or Devanagari letters, also where it was written in the other script or misspelt.

Everything here works on text alone, knows no database and gives the place of each find, so that the owner sees it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from stdnum.in_ import aadhaar

from msmebazaar.core.exceptions import N_, FieldFault
from msmebazaar.core.types.digits import to_ascii_digits

CONTEXT = 18  # characters shown around a find
ALIKE = 0.87  # how alike a misspelt word must be; “Shivneri” and “Shivnery” are 0.875
LEAST_DIGIT_WORDS = 4
SHORTEST_FUZZY, SHORTEST_PART, SHORTEST_SKELETON = 6, 6, 3

DIGIT_WORDS = frozenset(
    word
    for words in [
        "zero oh शून्य ज़ीरो जीरो shunya",
        "one ek एक वन",
        "two do दो टू",
        "three teen तीन थ्री",
        "four char chaar चार फोर",
        "five paanch panch पाँच पांच फाइव",
        "six chhe che छह छः छ सिक्स",
        "seven saat सात सेवन",
        "eight aath आठ एट",
        "nine nau नौ नाइन",
    ]
    for word in words.split()
)
WORDS_FILE = Path(__file__).parent / "reference" / "common_words.txt"
# What many firms share in their names, and places: neither sets a firm apart.
COMMON_WORDS = frozenset(
    word for line in WORDS_FILE.read_text().splitlines() if not line.startswith("#") for word in line.split()
)

# The sound of Devanagari consonants in Latin letters; vowels, य and ह are left out on both sides.
DEVANAGARI_SOUNDS = {
    letter: sound
    for sound, letters in {
        "k": "कख",
        "g": "गघ",
        "c": "चछ",
        "j": "जझ",
        "t": "टठतथ",
        "d": "डढदध",
        "n": "ङञणनंँ",
        "p": "प",
        "f": "फ",
        "b": "बभ",
        "m": "म",
        "r": "र",
        "l": "लळ",
        "v": "व",
        "s": "शषस",
    }.items()
    for letter in letters
}
LATIN_SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in [
        ("x", "ks"),
        ("sh", "s"),
        ("ph", "f"),
        ("[wv]", "v"),
        ("ck|[qk]|c(?=[aoukrlts]|$)", "k"),
        ("c(?=[eiy])", "s"),
        ("ch+", "c"),
        ("[zj]", "j"),
        ("(?<=[kgcjtdbp])h", ""),
    ]
]


# A word in either script. `\w` alone would cut Devanagari words at their vowel signs.
TOKEN = re.compile(r"[\u0900-\u0963\u0966-\u097f]+|[^\W_\u0900-\u097f]+")


@dataclass(frozen=True)
class Find:
    """A give-away: its kind, and where it stands in the text as it was given."""

    kind: str
    start: int
    end: int


MESSAGES = {
    "email": N_("Take the e-mail address out; buyers reach you through us: “%(place)s”"),
    "url": N_("Take the web address out; it tells who you are: “%(place)s”"),
    "handle": N_("Take the name on social media out; it tells who you are: “%(place)s”"),
    "phone": N_("Take the phone number out: “%(place)s”"),
    "identifier": N_("Take the GSTIN, PAN, Udyam or other number out: “%(place)s”"),
    "pincode": N_("Take the PIN code out; the district is enough: “%(place)s”"),
    "name": N_("Take this name out; buyers see it only after you agree: “%(place)s”"),
}

TLD = "com|in|org|net|co|biz|info|shop|store|online|site|tech|io|ai|app|xyz|live|club|world|india"
MAILERS = "gmail|yahoo|hotmail|outlook|rediffmail|icloud|proton"
NETWORKS = "instagram|insta|facebook|fb|linkedin|youtube|twitter|telegram|indiamart|justdial|इंस्टाग्राम|इंस्टा|फेसबुक|यूट्यूब"
PATTERNS: list[tuple[str, re.Pattern[str]]] = [
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in [
        ("email", r"[\w.+-]+@[\w-]+(\.[a-z]{2,})+"),
        ("email", rf"[\w.+-]+\s?@\s?({MAILERS})\b(\s?\.\s?[a-z]+)?"),
        ("email", r"\b[\w.+-]{3,}@[a-z]{3,}\b"),  # a UPI id
        ("url", r"\b(https?://|www\s?\.)\s?\S+"),
        ("url", rf"\b[\w-]{{2,}}(\.(co|com|org|net))?\.({TLD})\b(/\S*)?"),
        ("handle", r"(?<![\w@])@(?!rs\b|rs\d|inr)[a-z_][\w.]{2,}"),
        (
            "handle",
            rf"\b({NETWORKS})(\s?(page|id|handle|channel|पेज|आईडी))?(\s?[:/–-]\s?|\s(as|par|पर)\s)@?[\w./-]{{3,}}",
        ),
        ("identifier", r"\b\d{2}\s?[A-Z]{5}\s?\d{4}\s?[A-Z]\s?[1-9A-Z]\s?Z\s?[0-9A-Z]\b"),
        ("identifier", r"\b[A-Z]{5}[\s-]?\d{4}[\s-]?[A-Z]\b"),
        ("identifier", r"\bUDYAM[\s-]*[A-Z]{2}[\s-]*\d{2}[\s-]*\d{7}\b"),
        ("identifier", r"\b[LU]\d{5}[A-Z]{2}\d{4}[A-Z]{3}\d{6}\b"),
        ("identifier", r"\b[A-Z]{4}0[A-Z0-9]{6}\b"),
        ("identifier", r"\b(LLPIN|LLP)\W{0,3}[A-Z]{3}-?\d{4}\b"),
        (
            "identifier",
            r"\b(fssai|lic(ence|ense)?|iec|tan|drug|लाइसेंस)\W{0,12}(no\.?|number|नंबर)?\W{0,3}[A-Z0-9]*\d{5,}\b",
        ),
        ("aadhaar", r"(?<!\d)[2-9]\d{3}[ -]\d{4}[ -]\d{4}(?!\d)"),
        ("identifier", r"\b(a/?c|account|खाता)\W{0,6}(no\.?|number|नंबर|संख्या)?\W{0,3}\d[\d\s-]{8,}\b"),
        ("phone", r"(?<![\d.,])(?:(?:\+|00)?91[\s.()-]*)?0?[6-9](?:[\s.()/–-]{0,2}\d){9}(?!\d)"),
        ("phone", r"(?<![\d.,₹])\(?0\d{2,4}\)?[\s.-]{0,2}\d{3,4}[\s.-]?\d{3,4}(?!\d)"),  # a landline with its area code
        ("phone", r"\b1[- ]?800[- ]?\d{3}[- ]?\d{3,4}\b"),
        ("pincode", r"(\b(pin|zip|postal)(\s?code)?|पिन(\s?कोड)?)\W{0,6}([^\W\d]+\s)?[1-9]\d{2}\s?\d{3}(?!\d)"),
        ("pincode", r"(?<=[^\W\d])\s?[-–]\s?(?!\d{3}\s?000)[1-9]\d{2}\s?\d{3}(?![\d,])"),
    ]
]


def leaks(text: str, *, names: list[str], field: str, pincode: str = "") -> list[FieldFault]:
    """Every kind of give-away in a text, the first of each kind with its place.

    Args:
        names: of the business, its brands and its people.
        pincode: of the business; found wherever it stands.
    """
    faults: dict[str, FieldFault] = {}
    for find in finds(text, names=names, pincode=pincode):
        if find.kind not in faults:
            faults[find.kind] = FieldFault(field, find.kind, MESSAGES[find.kind], {"place": _place(text, find)})
    return list(faults.values())


def finds(text: str, *, names: Iterable[str], pincode: str = "") -> list[Find]:
    """All give-aways in a text, in their order."""
    plain, origin = _one_form(text)
    found = [
        Find("identifier" if kind == "aadhaar" else kind, origin[match.start()], origin[match.end() - 1] + 1)
        for kind, pattern in PATTERNS
        for match in pattern.finditer(plain)
        if kind != "aadhaar" or aadhaar.is_valid(match[0])  # three figures in a row are usually just that
    ]
    if pincode:
        spaced = rf"(?<!\d){pincode[:3]}\s?{pincode[3:]}(?!\d)"
        found += [
            Find("pincode", origin[match.start()], origin[match.end() - 1] + 1) for match in re.finditer(spaced, plain)
        ]
    found += _digits_as_words(text)
    found += [find for name in names if name for find in _name_in(text, name)]
    return sorted(found, key=lambda find: (find.start, find.end))


def _place(text: str, find: Find) -> str:
    """The find with a little of what stands around it."""
    start, end = max(find.start - CONTEXT, 0), min(find.end + CONTEXT, len(text))
    before, after = "…" if start else "", "…" if end < len(text) else ""
    return f"{before}{text[start:end].strip()}{after}"


def _one_form(text: str) -> tuple[str, list[int]]:
    """The text in ASCII digits and plain forms, and for each of its characters where it came from.

    Look-alikes are folded one by one (NFKC), invisible characters dropped, and " at ", "(at)", " dot " become signs.
    """
    characters: list[str] = []
    origin: list[int] = []
    for position, character in enumerate(text):
        if unicodedata.category(character) == "Cf":
            continue
        for folded in to_ascii_digits(unicodedata.normalize("NFKC", character)):
            characters.append(folded)
            origin.append(position)
    plain = "".join(characters)
    for pattern, sign in SIGNS:
        rebuilt, kept, last = [], [], 0
        for match in pattern.finditer(plain):
            rebuilt += [plain[last : match.start()], sign]
            kept += [*origin[last : match.start()], *[origin[match.start()]] * len(sign)]
            last = match.end()
        plain, origin = "".join([*rebuilt, plain[last:]]), [*kept, *origin[last:]]
    return plain, origin


SIGNS = [
    (re.compile(pattern, re.IGNORECASE), sign)
    for pattern, sign in [
        (r"\s*[\[({<]\s*(at|एट)\s*[\])}>]\s*", "@"),
        (r"\s+(at the rate|एट द रेट)\s+(of\s+)?", "@"),
        (r"\s*[\[({<]\s*(dot|डॉट)\s*[\])}>]\s*", "."),
        (rf"(?<=\w)\s+(dot|डॉट)\s+(?=({TLD}|कॉम|इन)\b)", "."),
        (r"\.\s?कॉम\b", ".com"),
        (r"(?<=[\w])\s+at\s+(?=(gmail|yahoo|hotmail|outlook|rediffmail)\b)", "@"),
    ]
]


def _digits_as_words(text: str) -> Iterator[Find]:
    """A phone number in words, or in words and figures: ten digits in a row with nothing else between."""
    run: list[re.Match[str]] = []
    count = 0
    for match in [*TOKEN.finditer(text), None]:
        word = to_ascii_digits(match[0].casefold()) if match else ""
        size = 1 if word in DIGIT_WORDS else 2 if word in ("double", "डबल") else len(word) if word.isdigit() else 0
        if match and size:
            run.append(match)
            count += size
            continue
        in_words = sum(not to_ascii_digits(part[0]).isdigit() for part in run)
        if count >= 10 and in_words >= LEAST_DIGIT_WORDS:  # fewer are a figure beside a counting word
            yield Find("phone", run[0].start(), run[-1].end())
        run, count = [], 0


# --- names ----------------------------------------------------------------------------------------------------------


def _name_in(text: str, name: str) -> Iterator[Find]:
    """Places where a word that sets this name apart stands; for a name of common words only, the whole of it."""
    words = [match[0].casefold() for match in TOKEN.finditer(name)]
    telling = [word for word in words if word not in COMMON_WORDS and len(word) > 2]
    present = list(TOKEN.finditer(text))
    if telling:
        for match in present:
            if any(_is_same(match[0].casefold(), word) for word in telling):
                yield Find("name", match.start(), match.end())
        return
    phrase = [word for word in words if word not in ("pvt", "private", "ltd", "limited", "llp", "opc")]
    if len(phrase) < 2:
        return
    for start in range(len(present) - len(phrase) + 1):
        window = present[start : start + len(phrase)]
        if all(_is_same(match[0].casefold(), word) for match, word in zip(window, phrase, strict=True)):
            yield Find("name", window[0].start(), window[-1].end())


def _is_same(word: str, telling: str) -> bool:
    """The same word: as written, as part of a longer one, misspelt, or in the other script."""
    if word == telling:
        return True
    if _is_devanagari(word) != _is_devanagari(telling):
        sound = _skeleton(telling)
        return len(sound) >= SHORTEST_SKELETON and _skeleton(word) == sound
    if len(telling) >= SHORTEST_PART and telling in word:
        return True
    if min(len(word), len(telling)) < SHORTEST_FUZZY or word[0] != telling[0] or word in COMMON_WORDS:
        return False
    return SequenceMatcher(None, word, telling).ratio() >= ALIKE


def _is_devanagari(word: str) -> bool:
    return any("\u0900" <= char <= "\u097f" for char in word)


def _skeleton(word: str) -> str:
    """The consonants of a word as they sound, each once in a row: `Shivneri` and `शिवनेरी` are both `svnr`."""
    if _is_devanagari(word):
        plain = unicodedata.normalize("NFD", word).replace("\u093c", "")  # the dot that turns ज into ज़
        plain = re.sub("[ंँ](?=[पफबभम])", "म", plain)
        sounds = "".join(DEVANAGARI_SOUNDS.get(letter, "") for letter in plain)
    else:
        sounds = word
        for pattern, sound in LATIN_SOUNDS:
            sounds = pattern.sub(sound, sounds)
    consonants = re.sub(r"[aeiouyh]", "", sounds)
    return re.sub(r"(.)\1+", r"\1", consonants)
