"""Words that mean the same thing anywhere in a conversation: whole messages only, in English, Hindi, Hinglish and others."""

import enum
import re
import unicodedata


class Command(enum.StrEnum):
    STOP = "stop"
    START = "start"
    BACK = "back"
    EDIT = "edit"
    SKIP = "skip"
    MENU = "menu"
    LANGUAGE = "language"
    HELP = "help"
    HUMAN = "human"
    RESTART = "restart"
    CANCEL = "cancel"
    CONTINUE = "continue"


WORDS: dict[Command, str] = {
    Command.STOP: "stop unsubscribe stopall stop-all end quit revoke optout opt-out बंद बन्द रोको band roko थांबा நிறுத்து",
    Command.START: "start unstop शुरू shuru chalu चालू सुरू தொடங்கு",
    Command.BACK: "back previous पीछे वापस peeche piche wapas मागे பின்",
    Command.EDIT: "edit change correct बदलें बदलो सुधारें badlo badle sudhar बदला மாற்று",
    Command.SKIP: "skip later छोड़ें छोड़ो आगे chhodo chodo वगळा தவிர்",
    Command.MENU: "menu home मेनू मेन्यू 0 मेनु மெனு",
    Command.LANGUAGE: "language भाषा bhasha bhasa lang மொழி",
    Command.HELP: "help मदद सहायता madad sahayata मदत உதவி",
    Command.HUMAN: "human agent person staff इंसान व्यक्ति insaan insan aadmi माणूस மனிதர்",
    Command.RESTART: "restart reset दोबारा dobara dubara पुन्हा மீண்டும்",
    Command.CANCEL: "cancel रद्द radd",
    Command.CONTINUE: "continue resume जारी jaari",
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


COMMANDS: dict[str, Command] = {word: command for command, words in WORDS.items() for word in words.split()}
GREETINGS = _words(
    "hi hello hey hii helo hy namaste namaskar namaskaram vanakkam नमस्ते नमस्कार हेलो हैलो राम-राम வணக்கம் hi! start"
)
HINGLISH_GREETINGS = frozenset(["namaste", "namaskar"])
YES = _words(
    "yes y ok okay haan han ha ji approve approved accept agree manzoor sahi हाँ हां जी मंज़ूर मंजूर स्वीकार सही ठीक "
    "होय हो ஆம் சரி 👍"
)
NO = _words("no n nahi nahin na decline reject mana galat नहीं नही ना मना अस्वीकार गलत ग़लत नको இல்லை")
LANGUAGE_NAMES = {
    "english": "en", "अंग्रेज़ी": "en", "अंग्रेजी": "en", "angrezi": "en", "hindi": "hi", "हिन्दी": "hi", "हिंदी": "hi",
    "marathi": "mr", "मराठी": "mr", "tamil": "ta", "தமிழ்": "ta",
}  # fmt: skip
SCRIPTS = ((re.compile(r"[\u0900-\u097F]"), "hi"), (re.compile(r"[\u0B80-\u0BFF]"), "ta"))
# What people write when they mean a part of the menu. One word is enough for a question back, never for an act.
INTENTS: dict[str, str] = {
    "value": "valuation value valued worth price-of मूल्यांकन मूल्य क़ीमत कीमत दाम kimat keemat kitne kitna मूल्यांकन",
    "listing": "listing listings pause reprice relist लिस्टिंग बिकाऊ",
    "matches": "match matches introduction introductions मैच परिचय",
    "mandate": "buy buying acquire invest investing investment lend खरीदना ख़रीदना खरीदनी निवेश kharidna khareedna nivesh",
    "onboard": "sell selling register बेचना बेचनी बेचूँ पंजीकरण bechna bechni bechana",
    "rights": "data privacy delete erase complaint consent डेटा शिकायत मिटाओ मिटाना सहमति shikayat",
}
INTENT_OF: dict[str, str] = {word: intent for intent, words in INTENTS.items() for word in words.split()}
_WORD = re.compile(r"[^\s.,!?।;:()\"']+")
_CODE = re.compile(r"[0-9a-f]{4}")


def normalised(text: str) -> str:
    """Lower case, ASCII digits, without punctuation at the ends: `नमस्ते!` and `१` are words too."""
    plain = unicodedata.normalize("NFC", text).strip().casefold()
    digits = "".join(str(unicodedata.digit(char)) if char.isdigit() else char for char in plain)
    return digits.strip(" .,!?।🙏\n\t*")


def command_in(text: str) -> Command | None:
    return COMMANDS.get(normalised(text))


def language_of(text: str) -> str:
    """The language of somebody's first words, as far as they tell."""
    for script, language in SCRIPTS:
        if script.search(text):
            return language
    return "hi" if normalised(text) in HINGLISH_GREETINGS else "en"


def intent_in(text: str) -> str | None:
    """The one part of the menu that a sentence speaks of; None when it speaks of none or of several."""
    found = {INTENT_OF[word] for word in _WORD.findall(normalised(text)) if word in INTENT_OF}
    return found.pop() if len(found) == 1 else None


def verdict_in(text: str) -> tuple[bool, str] | None:
    """`approve 7f3a`, `हाँ 7F3A`, `7f3a decline`: a word of consent or refusal and a code, in either order, nothing else."""
    parts = normalised(text).split()
    if len(parts) != 2:
        return None
    for word, code in (parts, reversed(parts)):
        if (word in YES or word in NO) and _CODE.fullmatch(code):
            return word in YES, code.upper()
    return None
