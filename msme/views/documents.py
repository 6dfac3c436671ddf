"""Papers of a business."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from msme import selectors, services
from msme.models import Document
from msme.serializers import documents as serializers
from msme.services.documents import DocumentInput
from msmebazaar.core import clock
from msmebazaar.core.http.envelope import Answer
from msmebazaar.core.http.idempotency import idempotent
from msmebazaar.core.http.views import ApiView
from msmebazaar.core.types import FinancialYear


class DocumentList(ApiView):
    @extend_schema(operation_id="documents_list", responses=serializers.DocumentAnswer(many=True))
    def get(self, request: Request, business_id: UUID) -> Response:
        """Papers of an own business, the newest first."""
        rows = selectors.own_documents(actor=self.actor(request), business_id=business_id)
        return self.page(request, rows, serializers.DocumentAnswer)

    @extend_schema(
        operation_id="documents_create",
        request=serializers.DocumentWrite,
        responses={201: serializers.BegunAnswer},
        description="Announces a file and answers with the form to send it by, straight into the object store, within ten "
        "minutes. Then call `complete`; a worker checks it. PDF, JPEG, PNG, XLSX or DOCX of at most 25 MB.",
    )
    @idempotent
    def post(self, request: Request, business_id: UUID) -> Response:
        checked = self.validated(serializers.DocumentWrite, request)
        year = checked.pop("fiscal_year", None)
        given = DocumentInput(fiscal_year=FinancialYear.parse(year) if year else None, **checked)
        begun = services.begin_upload(actor=self.actor(request), business_id=business_id, given=given)
        content = {"document": begun.document, "upload": vars(begun.form)}
        return Answer(serializers.BegunAnswer(content).data, gettext("Send the file now."), status=201)


class DocumentDetail(ApiView):
    @extend_schema(operation_id="documents_retrieve", responses=serializers.DocumentAnswer)
    def get(self, request: Request, document_id: UUID) -> Response:
        return Answer(_document(selectors.get_own_document(actor=self.actor(request), document_id=document_id)))

    @extend_schema(operation_id="documents_delete", request=None, responses={204: None})
    def delete(self, request: Request, document_id: UUID) -> Response:
        services.remove_document(actor=self.actor(request), document_id=document_id)
        return Response(status=204)


class DocumentComplete(ApiView):
    @extend_schema(
        operation_id="documents_complete",
        request=None,
        responses=serializers.DocumentAnswer,
        description="The file was sent; it is checked now. Repeating the call changes nothing.",
    )
    def post(self, request: Request, document_id: UUID) -> Response:
        document = services.complete_upload(actor=self.actor(request), document_id=document_id)
        return Answer(_document(document), gettext("The file is being checked."))


class DocumentLinks(ApiView):
    @extend_schema(
        operation_id="documents_link",
        request=None,
        responses={201: serializers.LinkAnswer},
        description="A download that works for a minute. Each is written down; a PDF carries the viewer's watermark.",
    )
    def post(self, request: Request, document_id: UUID) -> Response:
        link = services.give_link(actor=self.actor(request), document_id=document_id, now=clock.now())
        return Answer(serializers.LinkAnswer(link).data, status=201)


class ListingDocuments(ApiView):
    @extend_schema(
        operation_id="listings_documents",
        responses=serializers.PaperShown(many=True),
        description="Papers of a listing that one may read now: none before an introduction and a signed agreement, those of the "
        "data room once the owner has opened it.",
    )
    def get(self, request: Request, listing_id: UUID) -> Response:
        rows = selectors.documents_of_listing(actor=self.actor(request), listing_id=listing_id)
        return self.page(request, rows, serializers.PaperShown)


class ListingDocumentLinks(ApiView):
    @extend_schema(
        operation_id="listings_documents_link",
        request=None,
        responses={201: serializers.LinkAnswer},
        description="A download that works for a minute, for whoever may read the paper now. Each is written down, and its owner "
        "sees it; a PDF carries the viewer's watermark.",
    )
    def post(self, request: Request, listing_id: UUID, document_id: UUID) -> Response:
        link = services.give_introduced_link(
            actor=self.actor(request), listing_id=listing_id, document_id=document_id, now=clock.now()
        )
        return Answer(serializers.LinkAnswer(link).data, status=201)


class DocumentViews(ApiView):
    @extend_schema(operation_id="documents_views", responses=serializers.DocumentViewAnswer(many=True))
    def get(self, request: Request, document_id: UUID) -> Response:
        """Who was given a link to an own paper, and when; the newest first."""
        rows = selectors.own_document_views(actor=self.actor(request), document_id=document_id)
        return self.page(request, rows, serializers.DocumentViewAnswer)


def _document(document: Document) -> Any:
    return serializers.DocumentAnswer(document).data
