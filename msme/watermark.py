"""A viewer's own copy of a PDF: who looks and when, across every page."""

import io

import pikepdf
from reportlab.lib.colors import Color
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

GREY = Color(0.35, 0.35, 0.35, alpha=0.25)
FONT, SIZE, STEP, GAP, ANGLE = "Helvetica", 15, 110, 60, 35


def watermarked(content: bytes, text: str) -> bytes:
    """The PDF with `text` (ASCII) written slantwise over each page, beneath nothing and above everything."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        stamps: dict[tuple[float, float], pikepdf.Page] = {}
        opened = []
        for page in pdf.pages:
            box = page.trimbox
            size = (float(box[2]) - float(box[0]), float(box[3]) - float(box[1]))
            if size not in stamps:
                stamp = pikepdf.open(io.BytesIO(_stamp(text, *size)))
                opened.append(stamp)  # its page lives as long as it
                stamps[size] = stamp.pages[0]
            page.add_overlay(stamps[size], None)
        made = io.BytesIO()
        pdf.save(made)
        for stamp in opened:
            stamp.close()
    return made.getvalue()


def _stamp(text: str, width: float, height: float) -> bytes:
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=(width, height))
    canvas.setFont(FONT, SIZE)
    canvas.setFillColor(GREY)
    canvas.translate(width / 2, height / 2)
    canvas.rotate(ANGLE)
    reach = int((width + height) / 2)
    apart = int(stringWidth(text, FONT, SIZE)) + GAP
    for row, y in enumerate(range(-reach, reach + 1, STEP)):
        for x in range(-reach - row % 2 * apart // 2, reach + apart, apart):
            canvas.drawCentredString(x, y, text)
    canvas.save()
    return made.getvalue()
