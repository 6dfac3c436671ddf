"""Papers of own businesses, and who has looked at them."""

from uuid import UUID

from django.db.models import QuerySet

from msme.closeness import level_of
from msme.exceptions import DocumentNotFound, ListingNotFound
from msme.models import Document, DocumentView
from msme.picture import can_be_shown
from msme.selectors.businesses import figures_of, get_own_business
from msme.selectors.listings import get_visible_listing
from msme.types import DocumentState, Level, PaperShown, Scan
from msmebazaar.core.actor import Actor, Duty, Scope
from msmebazaar.core.types import FinancialYear


def own_documents(*, actor: Actor, business_id: UUID) -> QuerySet[Document]:
    return Document.objects.filter(business=get_own_business(actor=actor, business_id=business_id))


def get_own_document(*, actor: Actor, document_id: UUID) -> Document:
    mine = Document.objects.filter(business__organisation_id__in=actor.readable(Scope.BUSINESS))
    document = mine.select_related("business").filter(pk=document_id).first()
    if document is None:
        raise DocumentNotFound
    return document


def documents_of_listing(*, actor: Actor, listing_id: UUID) -> QuerySet[Document]:
    """Readable papers of a visible listing, as far as an introduction has brought the actor close; of an own one, all.

    Raises: ListingNotFound.
    """
    listing = get_visible_listing(actor=actor, listing_id=listing_id)
    ready = Document.objects.filter(business_id=listing.business_id, state=DocumentState.READY)
    if listing.organisation_id in actor.readable(Scope.BUSINESS):
        return ready
    level = level_of(actor, listing_id)
    return ready.filter(level__in=[name.value for name in (Level.NDA, Level.DATA_ROOM) if name.rank <= level.rank])


def get_readable_document(*, actor: Actor, listing_id: UUID, document_id: UUID) -> Document:
    """DocumentNotFound where there is none, or no way to it: which of the two is nobody's business."""
    try:
        document = documents_of_listing(actor=actor, listing_id=listing_id).filter(pk=document_id).first()
    except ListingNotFound as error:
        raise DocumentNotFound from error
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


def get_paper(*, actor: Actor, document_id: UUID) -> PaperShown:
    """A paper that waits for review, with what its business says of itself. Raises: Forbidden, DocumentNotFound."""
    actor.require_duty(Duty.REVIEW)
    row = Document.objects.select_related("business").filter(pk=document_id, state=DocumentState.READY).first()
    if row is None or not actor.covers(row.business.state):
        raise DocumentNotFound
    business = row.business
    others = Document.objects.filter(business=business).exclude(pk=row.pk).order_by("-id")
    year = str(FinancialYear(row.fiscal_year)) if row.fiscal_year is not None else ""
    return PaperShown(
        row.id,
        str(row.get_kind_display()),
        row.name or "",
        year,
        row.content_type,
        row.size,
        str(Scan(row.scan).label) if row.scan else "",
        row.created_at,
        can_be_shown(row.content_type),
        business.id,
        business.legal_name or "",
        str(business.get_constitution_display()),
        business.state,
        business.city,
        business.nic_code,
        tuple((str(other.get_kind_display()), str(other.get_review_display())) for other in others[:20]),
        figures_of(sorted(business.statements.all(), key=lambda each: -each.fiscal_year)),
    )
