"""Pages of papers as pictures."""

import io
import threading

import pypdfium2
from PIL import Image, ImageDraw

PDF = "application/pdf"

SHOWN = frozenset({PDF, "image/jpeg", "image/png"})
WIDTH = 1100  # pixels: an A4 page is readable, a picture stays below half a megabyte
LONGEST = 4000
_one_at_a_time = threading.Lock()  # PDFium is not thread-safe


def can_be_shown(content_type: str) -> bool:
    return content_type in SHOWN


def page_of(content: bytes, content_type: str, number: int, *, mark: str) -> tuple[bytes, int] | None:
    """Page `number` (from 1) as a PNG with the viewer's mark, and the count of pages; None where there is no such page."""
    if content_type == PDF:
        with _one_at_a_time:
            document = pypdfium2.PdfDocument(content)
            try:
                pages = len(document)
                if not 1 <= number <= pages:
                    return None
                page = document[number - 1]
                scale = min(WIDTH / max(page.get_width(), 1), LONGEST / max(page.get_height(), 1))
                shown = page.render(scale=scale).to_pil().convert("RGB")
            finally:
                document.close()
    else:
        if number != 1:
            return None
        pages = 1
        shown = Image.open(io.BytesIO(content)).convert("RGB")
        shown.thumbnail((WIDTH, LONGEST))
    ImageDraw.Draw(shown).text((12, shown.height - 20), f"MSMEBazaar {mark}", fill=(170, 60, 60))
    stream = io.BytesIO()
    shown.save(stream, "PNG", optimize=False)
    return stream.getvalue(), pages
