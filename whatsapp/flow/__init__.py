"""The conversation: plain Python, no Django. Flows and sentences are data, checked when they are loaded.

`decide(dialogue, heard, host)` takes what is remembered, a message and a port to the product, and gives what to say and what
to remember. A newcomer reads `flows/onboard.1.toml`, `catalogues/en.toml`, then `deciding.py` and `walking.py`.
"""

from whatsapp.flow.deciding import INTENTS, decide, guessed
from whatsapp.flow.texts import LANGUAGES, OFFERED, product_language, say
from whatsapp.flow.types import Bubble, Choice, Decision, Dialogue, Heard, Host, Outcome, Run
from whatsapp.flow.walking import summary

__all__ = [
    "INTENTS",
    "LANGUAGES",
    "OFFERED",
    "Bubble",
    "Choice",
    "Decision",
    "Dialogue",
    "Heard",
    "Host",
    "Outcome",
    "Run",
    "decide",
    "guessed",
    "product_language",
    "say",
    "summary",
]
