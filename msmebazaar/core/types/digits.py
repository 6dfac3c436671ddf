"""Digits of Indian scripts as ASCII."""

import unicodedata


def to_ascii_digits(text: str) -> str:
    """`५० लाख` → `50 लाख`; other characters stay."""
    return "".join(str(unicodedata.digit(char)) if char.isdigit() and not char.isascii() else char for char in text)
