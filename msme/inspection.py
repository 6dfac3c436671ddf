"""Whether an uploaded file is what it says, and nothing else besides: PDF, JPEG, PNG, XLSX or DOCX.

Strict on purpose: what is refused costs its owner another try, what gets in is opened by buyers. Works on bytes in memory and
knows no database. Photographs are decoded and written anew, which drops EXIF, places and whatever hangs on.
"""

import io
import lzma
import re
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

import pikepdf
import puremagic
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST = 25 * 1024 * 1024
MOST_PIXELS, MOST_PAGES = 50_000_000, 2_000
MOST_MEMBERS, MOST_UNPACKED, MOST_RATIO, LARGEST_XML = 2_000, 150 * 1024 * 1024, 150, 40 * 1024 * 1024

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXTENSIONS = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png", XLSX: ".xlsx", DOCX: ".docx"}
MAIN_PARTS = {XLSX: "xl/workbook.xml", DOCX: "word/document.xml"}

# The harmless test file of the anti-virus industry (EICAR, 2003), in two parts so that this source is not one itself. Known
# here so that a chain without a scanner can be tried, too.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
# What begins another kind of file, and has no business behind the end of one or inside an office file.
OTHER_BEGINNINGS = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"%PDF-",
    b"<?php",
    b"<script",
    b"<html",
    b"<svg",
    b"Rar!\x1a\x07",
    b"\x7fELF",
)
ACTIVE_PDF = (
    "/JavaScript",
    "/JS",
    "/Launch",
    "/EmbeddedFile",
    "/EmbeddedFiles",
    "/RichMedia",
    "/XFA",
    "/ImportData",
    "/SubmitForm",
)
ACTIVE_PARTS = re.compile(
    r"vbaproject|vbadata|activex|/embeddings/|oleobject|externallinks|\.(exe|dll|bin|js|vbs|bat|scr|hta|zip|jar)$",
    re.IGNORECASE,
)


class Refused(Exception):
    """Why a file is not taken: a code of `msme.texts.REFUSALS`."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Inspected:
    """What is kept: the same bytes, or a photograph written anew."""

    content: bytes
    content_type: str


def inspect(content: bytes, *, declared: str) -> Inspected:
    """Check a file against what its owner says it is.

    Args:
        declared: one of the five media types.

    Raises:
        Refused: empty, too_large, wrong_type, damaged, encrypted, active_content, polyglot, bomb, virus.
    """
    if not content:
        raise Refused("empty")
    if len(content) > LARGEST:
        raise Refused("too_large")
    if EICAR in content:
        raise Refused("virus")
    if _type_of(content) != declared:
        raise Refused("wrong_type")
    if declared == PDF:
        _check_pdf(content)
    elif declared in MAIN_PARTS:
        _check_office(content, declared)
    else:
        content = _drawn_anew(content, declared)
    return Inspected(content, declared)


def _type_of(content: bytes) -> str:
    """By its first bytes; for office files by their main part. "" for anything else."""
    if content.startswith(b"PK\x03\x04"):
        return next((kind for kind, part in MAIN_PARTS.items() if part in _names(content)), "")
    try:
        found = str(puremagic.from_string(content[:2048], mime=True))
    except (puremagic.PureError, ValueError):
        return ""
    # puremagic searches; these three must begin at the first byte
    beginnings = {PDF: b"%PDF-", JPEG: b"\xff\xd8\xff", PNG: b"\x89PNG\r\n\x1a\n"}
    return found if content.startswith(beginnings.get(found, b"\x00no")) else ""


def _check_pdf(content: bytes) -> None:
    end = content.rfind(b"%%EOF")
    if end < 0 or content[end + 5 :].strip(b"\r\n\t \x00"):
        raise Refused("polyglot" if end >= 0 else "damaged")
    if b"PK\x05\x06" in content[-66_000:]:  # the end of a zip archive, where a reader of archives looks for it
        raise Refused("polyglot")
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if pdf.is_encrypted:
                raise Refused("encrypted")
            if not 1 <= len(pdf.pages) <= MOST_PAGES:
                raise Refused("damaged")
            for number, item in enumerate(pdf.objects):
                if number > 400_000:
                    raise Refused("bomb")
                _check_pdf_object(item)
            if "/OpenAction" in pdf.Root and not isinstance(pdf.Root["/OpenAction"], pikepdf.Array):
                _check_action(pdf.Root["/OpenAction"])
    except pikepdf.PasswordError as error:
        raise Refused("encrypted") from error
    except (pikepdf.PdfError, ValueError, RuntimeError, KeyError) as error:
        raise Refused("damaged") from error


def _check_pdf_object(item: object) -> None:
    if not isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
        return
    if any(name in item for name in ACTIVE_PDF):
        raise Refused("active_content")
    if item.get("/Type") == "/EmbeddedFile" or item.get("/S") in (
        "/JavaScript",
        "/Launch",
        "/ImportData",
        "/SubmitForm",
    ):
        raise Refused("active_content")
    if isinstance(item, pikepdf.Stream) and item.get("/Length", 0) > LARGEST:
        raise Refused("bomb")


def _check_action(action: object) -> None:
    if isinstance(action, pikepdf.Dictionary) and action.get("/S") not in ("/GoTo", None):
        raise Refused("active_content")


def _drawn_anew(content: bytes, kind: str) -> bytes:
    """The picture alone, upright. A format's own end marks are not trusted: what hangs on must not begin another file."""
    tail = content[content.rfind(b"\xff\xd9") if kind == JPEG else content.rfind(b"IEND") :]
    if any(beginning in tail for beginning in OTHER_BEGINNINGS) or b"PK\x05\x06" in content[-66_000:]:
        raise Refused("polyglot")
    if any(beginning in content[:4096] for beginning in (b"<?php", b"<script", b"<html", b"%PDF-")):
        raise Refused("polyglot")
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(content), formats=["JPEG" if kind == JPEG else "PNG"]) as picture,
        ):
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused("bomb")
            if getattr(picture, "n_frames", 1) > 1:
                picture.seek(0)
            upright = ImageOps.exif_transpose(picture)
            plain = upright.convert("RGB" if kind == JPEG else "RGBA" if "A" in upright.getbands() else "RGB")
            drawn = io.BytesIO()
            if kind == JPEG:
                plain.save(drawn, "JPEG", quality=88, optimize=True)
            else:
                plain.save(drawn, "PNG", optimize=True)
    except Image.DecompressionBombError as error:
        raise Refused("bomb") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Refused("damaged") from error
    return drawn.getvalue()


def _names(content: bytes) -> frozenset[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return frozenset()


def _check_office(content: bytes, kind: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if archive.comment or not _ends_with_its_directory(content):
                raise Refused("polyglot")
            members = archive.infolist()
            _check_sizes(members)
            for member in members:
                _check_member(archive, member)
            _check_types(archive, kind)
    except (
        zipfile.BadZipFile,
        EOFError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        OSError,
        zlib.error,
        lzma.LZMAError,
    ) as error:
        raise Refused("damaged") from error


def _ends_with_its_directory(content: bytes) -> bool:
    """The end record is the last thing in the file, and there is one only."""
    return content.count(b"PK\x05\x06") == 1 and content.rfind(b"PK\x05\x06") == len(content) - 22


def _check_sizes(members: list[zipfile.ZipInfo]) -> None:
    """Before anything is unpacked, by what the directory says; `_unpacked` holds the members to it."""
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED:
        raise Refused("bomb")
    if any(member.file_size > 100_000 and member.file_size > member.compress_size * MOST_RATIO for member in members):
        raise Refused("bomb")
    if len({member.filename for member in members}) < len(members):
        raise Refused("polyglot")  # two members of one name: readers differ in which they take


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    name = member.filename
    if member.flag_bits & 0x1:
        raise Refused("encrypted")
    if name.startswith("/") or ".." in name.split("/") or "\\" in name:
        raise Refused("polyglot")
    if ACTIVE_PARTS.search(name) and not re.fullmatch(r"xl/printerSettings/printerSettings\d+\.bin", name):
        raise Refused("active_content")
    content = _unpacked(archive, member)
    if EICAR in content:
        raise Refused("virus")
    if name.endswith((".xml", ".rels", ".vml")):
        _check_xml(content, is_relations=name.endswith(".rels"))
    elif content.startswith((b"PK\x03\x04", b"MZ", b"\x7fELF", b"%PDF-", b"\xd0\xcf\x11\xe0")):
        raise Refused("active_content")


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as stream:
        content = stream.read(member.file_size + 1)
    if len(content) > member.file_size:
        raise Refused("bomb")
    return content


def _check_xml(content: bytes, *, is_relations: bool) -> None:
    if len(content) > LARGEST_XML:
        raise Refused("bomb")
    try:
        root = fromstring(content, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise Refused("active_content") from error
    except ParseError as error:
        raise Refused("damaged") from error
    if is_relations and any(_reaches_out(relation) for relation in root):
        raise Refused("active_content")


def _reaches_out(relation: Element) -> bool:
    """A part that is fetched from elsewhere when the file is opened; a link that somebody clicks is none."""
    return relation.get("TargetMode") == "External" and not (relation.get("Type") or "").endswith("/hyperlink")


def _check_types(archive: zipfile.ZipFile, kind: str) -> None:
    if "[Content_Types].xml" not in archive.namelist():
        raise Refused("damaged")
    declared = archive.read("[Content_Types].xml").lower()
    if b"macroenabled" in declared or b"vba" in declared:
        raise Refused("active_content")
