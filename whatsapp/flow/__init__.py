"""What the bot says to what it hears: plain Python, no Django. Texts are data, checked when they are loaded."""

from whatsapp.flow.decide import Ask, Decision, Heard, Verdict, decide
from whatsapp.flow.texts import LANGUAGES, say

__all__ = ["LANGUAGES", "Ask", "Decision", "Heard", "Verdict", "decide", "say"]
