"""The signed agreement as PDF, made by Typst from `agreement.typ`: the text that was signed, and the proof of its signature."""

import json
from pathlib import Path

import fontpkg
import typst

from matching.models import NdaSignature
from msmebazaar.core.clock import INDIA

TEMPLATE = Path(__file__).parent / "agreement.typ"
FONTS = Path(fontpkg.path("Noto Sans Devanagari")).parent


def pdf_of(signature: NdaSignature) -> bytes:
    """The same signature gives the same pages."""
    text = signature.nda_text
    title, _, body = text.text.partition("\n")
    data = {
        "language": text.language,
        "title": title.strip(),
        "paragraphs": [part.strip() for part in body.split("\n\n") if part.strip()],
        "proof": [
            ["Signed by / हस्ताक्षरकर्ता", signature.signer or ""],
            ["Signed at / समय", signature.signed_at.astimezone(INDIA).strftime("%d-%m-%Y %H:%M:%S IST")],
            ["Network address / नेटवर्क पता", signature.network or ""],
            ["Reference of the code / कोड संदर्भ", str(signature.challenge_id)],
            ["Introduction / परिचय", str(signature.introduction_id)],
            ["Text version / पाठ संस्करण", f"{text.number} ({text.language})"],
            ["SHA-256", signature.sha256],
        ],
    }
    made: bytes = typst.compile(
        str(TEMPLATE),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        timestamp=int(signature.signed_at.timestamp()),
    )
    return made
