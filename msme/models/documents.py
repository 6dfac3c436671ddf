"""Papers of a business, and who has looked at them."""

from django.db import models
from django.db.models import Q

from msme.models.businesses import Business
from msme.types import DocumentKind, DocumentState, Level, PaperReason, PaperReview, Scan
from msmebazaar.core.crypto import EncryptedTextField
from msmebazaar.core.history import tracked
from msmebazaar.core.models import TimeStamped
from msmebazaar.core.uuid7 import uuid7


@tracked("business", "kind", "level", "state", "scan", "reason", "review", "review_reason", "reviewed_by_id")
class Document(TimeStamped):
    """A file in the object store, under `object_key`. Nobody reads it before it was checked (state ready)."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="documents")
    uploaded_by_id = models.UUIDField()
    kind = models.CharField(max_length=20, choices=DocumentKind.choices)
    fiscal_year = models.PositiveSmallIntegerField(null=True)
    name = EncryptedTextField()
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    level = models.CharField(max_length=10, choices=Level.choices, default=Level.DATA_ROOM)
    state = models.CharField(max_length=10, choices=DocumentState.choices, default=DocumentState.AWAITED)
    scan = models.CharField(max_length=12, choices=Scan.choices, blank=True)
    reason = models.CharField(max_length=30, blank=True, help_text="Why it was refused.")
    object_key = models.CharField(max_length=120, unique=True)
    review = models.CharField(
        max_length=10, choices=PaperReview.choices, default=PaperReview.UNSEEN, db_default=PaperReview.UNSEEN
    )
    review_reason = models.CharField(max_length=20, choices=PaperReason.choices, blank=True, default="", db_default="")
    reviewed_by_id = models.UUIDField(null=True)
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ready") | (~Q(sha256="") & ~Q(scan="")), name="msme_document_ready_is_checked"
            ),
            models.CheckConstraint(condition=Q(level__in=["nda", "data_room"]), name="msme_document_level"),
        ]
        indexes = [
            models.Index(
                fields=["created_at"], condition=Q(state__in=["awaited", "pending"]), name="msme_document_open"
            ),
            models.Index(
                fields=["created_at"], condition=Q(state="ready", review="unseen"), name="msme_document_to_review"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.business_id}"


class DocumentView(models.Model):
    """One download link that was given out. `copy_key`: the viewer's own watermarked copy, until it is swept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="views")
    viewer_id = models.UUIDField()
    at = models.DateTimeField()
    copy_key = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return f"a view of {self.document_id}"
