"""Papers of own businesses, and who has looked at them."""

from uuid import UUID

from django.db.models import QuerySet

from msme.exceptions import DocumentNotFound
from msme.models import Document, DocumentView
from msme.selectors.businesses import get_own_business
from msmebazaar.core.actor import Actor, Scope


def own_documents(*, actor: Actor, business_id: UUID) -> QuerySet[Document]:
    return Document.objects.filter(business=get_own_business(actor=actor, business_id=business_id))


def get_own_document(*, actor: Actor, document_id: UUID) -> Document:
    mine = Document.objects.filter(business__organisation_id__in=actor.readable(Scope.BUSINESS))
    document = mine.select_related("business").filter(pk=document_id).first()
    if document is None:
        raise DocumentNotFound
    return document


def own_document_views(*, actor: Actor, document_id: UUID) -> QuerySet[DocumentView]:
    """Every link that was given to an own document, the newest first."""
    return DocumentView.objects.filter(document=get_own_document(actor=actor, document_id=document_id))


def documents_of(*, organisation_id: UUID) -> list[tuple[UUID, str, str, str]]:
    """For staff who review an organisation: id, kind, name and state of its papers, the newest first."""
    rows = Document.objects.filter(business__organisation_id=organisation_id).order_by("-id")
    return [(row.id, row.get_kind_display(), row.name or "", row.get_state_display()) for row in rows]
