"""Papers of a business: uploaded straight into the object store, checked by a worker, read through short links.

Calls of the store and the scanner run outside transactions; `begin_upload` only signs a form, which needs no network.
`inspect_document` and `sweep_files` own the rows they work on, so that repeating them is harmless.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts import services as accounts
from accounts.events import FilesOrphaned
from msme import picture, selectors, teaser, watermark
from msme.events import DocumentRefused, DocumentUploaded
from msme.exceptions import (
    DocumentInvalid,
    DocumentMissing,
    DocumentNotFound,
    DocumentNotReady,
    NoPicture,
    TooManyDocuments,
)
from msme.inspection import EXTENSIONS, LARGEST, PDF, Refused, inspect
from msme.models import Business, Document, DocumentView
from msme.services.businesses import own_business_locked
from msme.types import DocumentState, Level, Scan
from msmebazaar.core import audit, clock
from msmebazaar.core.actor import Actor, Duty, Scope
from msmebazaar.core.exceptions import N_, FieldFault
from msmebazaar.core.logging import get_logger
from msmebazaar.core.outbox import publish
from msmebazaar.core.types import FinancialYear
from msmebazaar.integrations.scanner import Verdict, scan
from msmebazaar.integrations.storage import LINK_LIFETIME_S, UploadForm, file_store

log = get_logger(__name__)
MOST_DOCUMENTS = 200
INCOMING, CHECKED, COPIES = "incoming/", "documents/", "copies/"
UPLOAD_GRACE, COPY_LIFETIME, ORPHAN_GRACE, STUCK_AFTER = (
    timedelta(hours=1),
    timedelta(minutes=15),
    timedelta(hours=2),
    timedelta(minutes=30),
)
ROUND = 200


@dataclass(frozen=True)
class DocumentInput:
    """What a file is said to be. `fiscal_year` where it belongs to one; `size` in bytes."""

    kind: str
    name: str
    content_type: str
    size: int
    level: str = Level.DATA_ROOM
    fiscal_year: FinancialYear | None = None


@dataclass(frozen=True)
class Begun:
    document: Document
    form: UploadForm


@dataclass(frozen=True)
class Link:
    """A download that works for a minute, for whoever has it."""

    url: str
    expires_in_s: int
    is_watermarked: bool


@transaction.atomic
def begin_upload(*, actor: Actor, business_id: UUID, given: DocumentInput) -> Begun:
    """A place for a file, and the form by which its owner sends it there directly.

    Raises:
        BusinessNotFound, TooManyDocuments.
        DocumentInvalid: a type or size that is not taken, or a name that gives the owner away.
    """
    business = own_business_locked(actor, business_id)
    if business.documents.count() >= MOST_DOCUMENTS:
        raise TooManyDocuments(limit=MOST_DOCUMENTS)
    faults = _faults(business, given)
    if faults:
        raise DocumentInvalid(errors=tuple(faults))
    document = Document(
        business=business,
        uploaded_by_id=actor.user_id,
        kind=given.kind,
        fiscal_year=given.fiscal_year.start if given.fiscal_year else None,
        name=given.name,
        content_type=given.content_type,
        size=given.size,
        level=given.level,
    )
    document.object_key = f"{INCOMING}{document.id}"
    document.save()
    _audit("msme.document_begun", document, actor.user_id)
    form = file_store().upload_form(document.object_key, content_type=given.content_type, most_bytes=LARGEST)
    return Begun(document, form)


def _faults(business: Business, given: DocumentInput) -> list[FieldFault]:
    found = []
    if given.content_type not in EXTENSIONS:
        message = N_("Send a PDF, a photograph (JPEG or PNG), an Excel or a Word file (.xlsx, .docx).")
        found.append(FieldFault("content_type", "not_taken", message))
    if not 0 < given.size <= LARGEST:
        message = N_("A file has at least one byte and at most %(most)s MB.")
        found.append(FieldFault("size", "out_of_range", message, {"most": LARGEST // 1024 // 1024}))
    if given.level not in (Level.NDA, Level.DATA_ROOM):
        found.append(
            FieldFault("level", "not_possible", N_("Papers are shown after the NDA or in the data room only."))
        )
    names = selectors.names_of(business)
    return found + teaser.leaks(given.name.replace("_", " "), names=names, field="name", pincode=business.pincode)


def receive_document(*, actor: Actor, business_id: UUID, given: DocumentInput, content: bytes) -> Document:
    """A file that came another way than by its owner's upload, a chat for instance; a worker looks at it as at any other.

    Raises:
        what `begin_upload` and `complete_upload` raise; VendorError: the store is away, nothing is left behind for long.
    """
    begun = begin_upload(actor=actor, business_id=business_id, given=given)
    file_store().replace(begun.document.object_key, content)
    return complete_upload(actor=actor, document_id=begun.document.id)


def complete_upload(*, actor: Actor, document_id: UUID) -> Document:
    """The owner says that the file is there; a worker looks at it. Saying it again changes nothing.

    Raises:
        DocumentNotFound.
        DocumentMissing: it is not there.
    """
    document = selectors.get_own_document(actor=actor, document_id=document_id)
    actor.require_writable(Scope.BUSINESS, document.business.organisation_id)
    if document.state != DocumentState.AWAITED:
        return document
    try:
        size = file_store().size_of(document.object_key)
    except FileNotFoundError as error:
        raise DocumentMissing from error
    with transaction.atomic():
        locked = Document.objects.select_for_update().get(pk=document_id)
        if locked.state == DocumentState.AWAITED:
            locked.state, locked.size = DocumentState.PENDING, size
            locked.save()
            publish(DocumentUploaded(document_id))
            _audit("msme.document_uploaded", locked, actor.user_id)
    return locked


def inspect_document(*, document_id: UUID) -> None:
    """Check what was uploaded, have it scanned, and move it to where it can be read from. Repeating it is harmless.

    Where a scan is required and no scanner is configured the document stays pending; the sweeper has it looked at again.

    Raises:
        VendorError: the scanner does not answer; the outbox tries again.
    """
    document = Document.objects.filter(pk=document_id, state=DocumentState.PENDING).first()
    if document is None:
        return
    store, incoming, final = file_store(), f"{INCOMING}{document_id}", f"{CHECKED}{document_id}"
    try:
        raw = store.read(incoming)
    except FileNotFoundError:
        _refuse(document_id, "missing")
        return
    verdict = scan(raw) if raw and len(raw) <= LARGEST else Verdict.NOT_SCANNED
    if verdict is Verdict.NOT_SCANNED and settings.SCAN_REQUIRED:
        log.warning("document waits for a scanner")
        return
    try:
        if verdict is Verdict.INFECTED:
            raise Refused("virus")
        inspected = inspect(raw, declared=document.content_type)
    except Refused as refused:
        _refuse(document_id, refused.code)
        store.remove(incoming)
        return
    store.replace(final, inspected.content)
    with transaction.atomic():
        locked = Document.objects.select_for_update().filter(pk=document_id, state=DocumentState.PENDING).first()
        if locked is not None:
            locked.state, locked.object_key = DocumentState.READY, final
            locked.scan = Scan.CLEAN if verdict is Verdict.CLEAN else Scan.NOT_SCANNED
            locked.size, locked.sha256 = len(inspected.content), hashlib.sha256(inspected.content).hexdigest()
            locked.save()
            _audit("msme.document_ready", locked, None, {"scan": locked.scan})
    store.remove(incoming)


@transaction.atomic
def _refuse(document_id: UUID, code: str) -> None:
    document = Document.objects.select_for_update().get(pk=document_id)
    document.state, document.reason = DocumentState.REFUSED, code
    document.save()
    _audit("msme.document_refused", document, None, {"reason": code})
    publish(DocumentRefused(document_id))


@transaction.atomic
def tell_of_refusal(*, document_id: UUID, now: datetime) -> None:
    """Tell whoever sent it why it was not taken."""
    document = Document.objects.filter(pk=document_id, state=DocumentState.REFUSED).first()
    if document is not None:
        params = {"document_id": str(document.id), "kind": document.kind}
        accounts.notify(user_ids=[document.uploaded_by_id], kind="msme.document_refused", now=now, params=params)


def give_link(*, actor: Actor, document_id: UUID, now: datetime) -> Link:
    """A short download for somebody who may read the document; each is written down. A PDF carries the viewer's watermark.

    Raises:
        DocumentNotFound, DocumentNotReady.
    """
    document = selectors.get_own_document(actor=actor, document_id=document_id)
    return _link(document, actor, now)


def give_introduced_link(*, actor: Actor, listing_id: UUID, document_id: UUID, now: datetime) -> Link:
    """The same for somebody whom an introduction has brought close enough to the listing; written down likewise.

    Raises:
        DocumentNotFound, DocumentNotReady.
    """
    document = selectors.get_readable_document(actor=actor, listing_id=listing_id, document_id=document_id)
    return _link(document, actor, now)


def give_staff_link(*, actor: Actor, document_id: UUID, now: datetime) -> Link:
    """The same for staff, who review documents; written down likewise.

    Raises:
        Forbidden, DocumentNotFound, DocumentNotReady.
    """
    actor.require_duty(Duty.REVIEW)
    document = Document.objects.select_related("business").filter(pk=document_id).first()
    if document is None or not actor.covers(document.business.state):
        raise DocumentNotFound
    return _link(document, actor, now)


def _link(document: Document, actor: Actor, now: datetime) -> Link:
    if document.state != DocumentState.READY:
        raise DocumentNotReady(now=str(DocumentState(document.state).label))
    view = DocumentView(document=document, viewer_id=actor.user_id, at=now)
    is_pdf = document.content_type == PDF
    if is_pdf:
        view.copy_key = f"{COPIES}{view.id}"
    with transaction.atomic():  # the row first: a copy without one is an orphan, a row without a copy is not
        view.save()
        _audit("msme.document_viewed", document, actor.user_id)
    store, key = file_store(), document.object_key
    if is_pdf:
        day = now.astimezone(clock.INDIA).strftime("%d-%m-%Y %H:%M")
        text = f"Confidential - viewer {str(actor.user_id)[-12:]} - {day}"
        key = view.copy_key
        store.replace(key, watermark.watermarked(store.read(document.object_key), text))
    name = f"{document.name}{'' if _has_extension(document) else EXTENSIONS[document.content_type]}"
    url = store.short_link(key, file_name=name, content_type=document.content_type)
    return Link(url, LINK_LIFETIME_S, is_pdf)


def _has_extension(document: Document) -> bool:
    return (document.name or "").lower().endswith(EXTENSIONS[document.content_type])


@transaction.atomic
def remove_document(*, actor: Actor, document_id: UUID) -> None:
    """The row goes at once, its files by a worker."""
    document = selectors.get_own_document(actor=actor, document_id=document_id)
    actor.require_writable(Scope.BUSINESS, document.business.organisation_id)
    _audit("msme.document_removed", document, actor.user_id)
    publish(FilesOrphaned(tuple(keys_of([document]))))
    document.delete()


def keys_of(documents: list[Document]) -> list[str]:
    """Everything in the store that belongs to these documents."""
    copies = DocumentView.objects.filter(document__in=documents).exclude(copy_key="")
    return [*(document.object_key for document in documents), *copies.values_list("copy_key", flat=True)]


@dataclass(frozen=True)
class Sweep:
    """What a round did. `missing`: readable documents whose object is gone, which nothing can mend but the backup."""

    abandoned: int
    copies: int
    orphans: int
    asked_again: int
    missing: int


def sweep_files(*, now: datetime) -> Sweep:
    """No row without its object, no object without its row.

    Uploads that never came and copies that were read are removed, objects nobody knows likewise after two hours; documents that
    wait for half an hour are looked at again.
    """
    store = file_store()
    abandoned = list(Document.objects.filter(state=DocumentState.AWAITED, created_at__lt=now - UPLOAD_GRACE)[:ROUND])
    for document in abandoned:
        document.delete()  # an upload that comes now is an orphan, and goes as one
        store.remove(document.object_key)
    copies = list(DocumentView.objects.exclude(copy_key="").filter(at__lt=now - COPY_LIFETIME)[:ROUND])
    for view in copies:
        store.remove(view.copy_key)
        DocumentView.objects.filter(pk=view.pk).update(copy_key="")
    orphans = 0
    known = _known_keys()
    seen = set()
    for prefix in (INCOMING, CHECKED, COPIES):
        for found in store.lying_under(prefix):
            seen.add(found.key)
            if found.key not in known and found.changed_at < now - ORPHAN_GRACE:
                store.remove(found.key)
                orphans += 1
    readable = Document.objects.filter(state=DocumentState.READY, updated_at__lt=now - ORPHAN_GRACE)
    missing = sum(key not in seen for key in readable.values_list("object_key", flat=True))
    if missing:
        log.error("documents without their file", count=missing)
    return Sweep(len(abandoned), len(copies), orphans, _ask_again(now), missing)


def _known_keys() -> set[str]:
    keys = set(Document.objects.values_list("object_key", flat=True))
    return keys | set(DocumentView.objects.exclude(copy_key="").values_list("copy_key", flat=True))


@transaction.atomic
def _ask_again(now: datetime) -> int:
    stuck = Document.objects.filter(state=DocumentState.PENDING, updated_at__lt=now - STUCK_AFTER)
    ids = list(stuck.values_list("pk", flat=True)[:ROUND])
    Document.objects.filter(pk__in=ids).update(updated_at=now)
    for document_id in ids:
        publish(DocumentUploaded(document_id))
    return len(ids)


def _audit(action: str, document: Document, actor_id: UUID | None, facts: dict[str, object] | None = None) -> None:
    known = {"business_id": str(document.business_id), **(facts or {})}
    audit.record(action, subject_type="document", subject_id=document.id, actor_id=actor_id, facts=known)


@dataclass(frozen=True)
class PageImage:
    """A page of a paper as a PNG, and how many pages there are."""

    png: bytes
    pages: int


def page_for_staff(*, actor: Actor, document_id: UUID, number: int, now: datetime) -> PageImage:
    """A page of a paper as a picture, so that nothing of an owner's file is opened in the admin's origin. The first look is
    written down, with the viewer's mark on the picture as on a download.

    Raises:
        Forbidden; DocumentNotFound: not there, of another region, or no such page; DocumentNotReady; NoPicture: a sheet or text.
    """
    actor.require_duty(Duty.REVIEW)
    document = Document.objects.select_related("business").filter(pk=document_id).first()
    if document is None or not actor.covers(document.business.state):
        raise DocumentNotFound
    if document.state != DocumentState.READY:
        raise DocumentNotReady(now=str(DocumentState(document.state).label))
    if not picture.can_be_shown(document.content_type):
        raise NoPicture
    if number == 1:
        with transaction.atomic():
            DocumentView.objects.create(document=document, viewer_id=actor.user_id, at=now)
            _audit("msme.document_viewed", document, actor.user_id)
    content = file_store().read(document.object_key)
    day = now.astimezone(clock.INDIA).strftime("%d-%m-%Y %H:%M")
    found = picture.page_of(content, document.content_type, number, mark=f"{str(actor.user_id)[-12:]} {day}")
    if found is None:
        raise DocumentNotFound
    return PageImage(*found)
