"""What staff make of the papers that owners sent."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import services as accounts
from msme.exceptions import DocumentNotFound, PaperReviewed
from msme.models import Document
from msme.types import DocumentState, PaperReason, PaperReview
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor, Duty


@transaction.atomic
def accept_paper(*, actor: Actor, document_id: UUID, now: datetime) -> Document:
    """The paper is what it is said to be.

    Raises:
        Forbidden, DocumentNotFound, PaperReviewed.
    """
    return _decide(actor, document_id, PaperReview.ACCEPTED, "", now)


@transaction.atomic
def reject_paper(*, actor: Actor, document_id: UUID, reason: PaperReason, now: datetime) -> Document:
    """It is not; whoever sent it reads why, in their language.

    Raises:
        Forbidden, DocumentNotFound, PaperReviewed.
    """
    document = _decide(actor, document_id, PaperReview.REJECTED, reason, now)
    params = {"document_id": str(document.id)}
    accounts.notify(user_ids=[document.uploaded_by_id], kind="msme.paper_rejected", now=now, params=params)
    return document


@transaction.atomic
def take_back_paper_review(*, actor: Actor, document_id: UUID, now: datetime) -> Document:
    """The paper waits again. What its owner was told stays told.

    Raises:
        Forbidden, DocumentNotFound.
    """
    document = _locked(actor, document_id)
    if document.review == PaperReview.UNSEEN:
        raise DocumentNotFound
    _set(document, PaperReview.UNSEEN, "", actor, None)
    return document


def _decide(actor: Actor, document_id: UUID, review: PaperReview, reason: str, now: datetime) -> Document:
    document = _locked(actor, document_id)
    if document.review != PaperReview.UNSEEN:
        raise PaperReviewed(now=str(PaperReview(document.review).label))
    _set(document, review, reason, actor, now)
    return document


def _set(document: Document, review: PaperReview, reason: str, actor: Actor, at: datetime | None) -> None:
    document.review, document.review_reason, document.reviewed_at = review, reason, at
    document.reviewed_by_id = actor.user_id if at else None
    document.save(update_fields=["review", "review_reason", "reviewed_at", "reviewed_by_id", "updated_at"])
    audit.record(
        "msme.paper_reviewed",
        subject_type="document",
        subject_id=document.id,
        actor_id=actor.user_id,
        facts={"review": review.value, "reason": str(reason)},
    )


def _locked(actor: Actor, document_id: UUID) -> Document:
    actor.require_duty(Duty.REVIEW)
    rows = Document.objects.select_for_update(of=("self",)).select_related("business")
    document = rows.filter(pk=document_id, state=DocumentState.READY).first()
    if document is None or not actor.covers(document.business.state):
        raise DocumentNotFound
    return document
