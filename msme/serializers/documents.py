"""Shapes of documents."""

from rest_framework import serializers

from msme.inspection import EXTENSIONS, LARGEST
from msme.models import Document, DocumentView
from msme.texts import REFUSALS
from msme.types import DocumentKind, Level
from msmebazaar.core.http.problems import translated
from msmebazaar.core.http.serializers import Base, FinancialYearField
from msmebazaar.core.types import FinancialYear

SHOWN_AT = [(level.value, level.label) for level in (Level.NDA, Level.DATA_ROOM)]


class DocumentWrite(Base):
    kind = serializers.ChoiceField(choices=DocumentKind.choices)
    name = serializers.CharField(
        max_length=120, help_text="As buyers will see it; nothing that tells who the owner is."
    )
    content_type = serializers.ChoiceField(choices=[(kind, ending) for kind, ending in EXTENSIONS.items()])
    size = serializers.IntegerField(min_value=1, max_value=LARGEST, help_text="In bytes, at most 25 MB.")
    level = serializers.ChoiceField(choices=SHOWN_AT, default=Level.DATA_ROOM.value)
    fiscal_year = FinancialYearField(required=False, help_text="Such as 2024-25, where the paper belongs to a year.")


class DocumentAnswer(serializers.ModelSerializer[Document]):
    """A paper of a business. `state` tells whether it can be read; a refused one says why."""

    name = serializers.CharField()
    fiscal_year = serializers.SerializerMethodField()
    level = serializers.ChoiceField(choices=SHOWN_AT)
    reason_message = serializers.SerializerMethodField()
    review_message = serializers.CharField(
        source="get_review_reason_display", help_text="What staff found wrong, in words."
    )

    class Meta:
        model = Document
        fields = (
            "id",
            "business_id",
            "kind",
            "name",
            "fiscal_year",
            "content_type",
            "size",
            "sha256",
            "level",
            "state",
            "scan",
            "reason",
            "reason_message",
            "review",
            "review_reason",
            "review_message",
            "created_at",
            "updated_at",
        )

    def get_fiscal_year(self, document: Document) -> str | None:
        return None if document.fiscal_year is None else str(FinancialYear(document.fiscal_year))

    def get_reason_message(self, document: Document) -> str:
        """Why it was refused, in the reader's language."""
        return translated(REFUSALS[document.reason]) if document.reason else ""


class UploadShown(Base):
    """Send the file as a multipart POST: all fields as they are, then the file as `file`."""

    url = serializers.CharField()
    fields = serializers.DictField(child=serializers.CharField())  # type: ignore[assignment]
    expires_in_s = serializers.IntegerField()


class BegunAnswer(Base):
    document = DocumentAnswer()
    upload = UploadShown()


class LinkAnswer(Base):
    url = serializers.CharField()
    expires_in_s = serializers.IntegerField()
    is_watermarked = serializers.BooleanField()


class DocumentViewAnswer(serializers.ModelSerializer[DocumentView]):
    class Meta:
        model = DocumentView
        fields = ("id", "viewer_id", "at")


class PaperShown(serializers.ModelSerializer[Document]):
    """A paper as somebody sees it whom its owner has let in."""

    name = serializers.CharField()
    fiscal_year = serializers.SerializerMethodField()
    level = serializers.ChoiceField(choices=SHOWN_AT)

    class Meta:
        model = Document
        fields = ("id", "kind", "name", "content_type", "size", "fiscal_year", "level", "created_at")

    def get_fiscal_year(self, document: Document) -> str | None:
        return None if document.fiscal_year is None else str(FinancialYear(document.fiscal_year))
