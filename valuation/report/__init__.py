"""The report as PDF: English or Hindi with shaped Devanagari, made by Typst from `report.typ`, no system libraries."""

import json
from pathlib import Path

import fontpkg
import typst

from valuation.models import Valuation
from valuation.report.content import content_of

TEMPLATE = Path(__file__).parent / "report.typ"
FONTS = Path(fontpkg.path("Noto Sans Devanagari")).parent


def pdf_of(valuation: Valuation, language: str) -> bytes:
    """The report of a ready valuation. The same row gives the same pages."""
    assert valuation.completed_at is not None
    data = json.dumps(content_of(valuation, language), ensure_ascii=False)
    made: bytes = typst.compile(
        str(TEMPLATE),
        sys_inputs={"data": data},
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        timestamp=int(valuation.completed_at.timestamp()),
    )
    return made
