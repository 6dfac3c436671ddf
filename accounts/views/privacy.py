"""Consent and the data-subject desk."""

from uuid import UUID

from django.utils.translation import get_language, gettext
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import reference, selectors, services
from accounts.serializers import privacy as shapes
from accounts.types import ConsentChannel, DataRequestKind, Purpose
from msmebazaar.core import clock, context
from msmebazaar.core.exceptions import N_, FieldFault, InvalidInput
from msmebazaar.core.http.envelope import Answer
from msmebazaar.core.http.idempotency import idempotent
from msmebazaar.core.http.views import ApiView, WholeListView
from msmebazaar.integrations.storage import file_store


def language() -> str:
    return (get_language() or "en")[:2]


class NoticeList(WholeListView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="consent_notices_list",
        responses=shapes.NoticeAnswer(many=True),
        description="The notices in force, one for each purpose. Open to everybody: they are read before consent.",
    )
    def get(self, request: Request) -> Response:
        found = reference.current_notices(clock.today_in_india()).values()
        rows = [{**vars(notice), "text": notice.text(language())} for notice in found]
        return Answer(shapes.NoticeAnswer(rows, many=True).data)


class ConsentList(WholeListView):
    @extend_schema(
        operation_id="me_consents_list",
        responses=shapes.ConsentAnswer(many=True),
        description="What holds now, for every purpose.",
    )
    def get(self, request: Request) -> Response:
        found = selectors.list_consents(user_id=self.actor(request).user_id)
        return Answer(shapes.ConsentAnswer(found, many=True).data)

    @extend_schema(
        operation_id="me_consents_record",
        request=shapes.ConsentWrite,
        responses=shapes.ConsentAnswer,
        description="Gives or withdraws consent for a purpose, in the same one step. Saying the same again changes nothing.",
    )
    def post(self, request: Request) -> Response:
        checked = self.validated(shapes.ConsentWrite, request)
        state = services.record_consent(
            user_id=self.actor(request).user_id,
            purpose=Purpose(checked["purpose"]),
            is_given=checked["is_given"],
            notice_version=checked["notice_version"],
            language=language(),
            channel=ConsentChannel.API,
            evidence=context.request_id(),
            now=clock.now(),
        )
        return Answer(shapes.ConsentAnswer(state).data, gettext("Saved."))


class ConsentHistory(ApiView):
    @extend_schema(operation_id="me_consents_history", responses=shapes.ConsentEntryAnswer(many=True))
    def get(self, request: Request) -> Response:
        """Every entry of one's ledger, the newest first."""
        rows = selectors.consent_history(user_id=self.actor(request).user_id)
        return self.page(request, rows, shapes.ConsentEntryAnswer)


class DataSummary(ApiView):
    @extend_schema(operation_id="me_data_summary", responses=shapes.DataSummaryAnswer)
    def get(self, request: Request) -> Response:
        """What we hold about one, whom it was shared with, how long it is kept."""
        actor = self.actor(request)
        summary = selectors.get_data_summary(user_id=actor.user_id, today=clock.today_in_india())
        return Answer(shapes.DataSummaryAnswer(summary).data)


class DataRequestList(ApiView):
    @extend_schema(operation_id="me_data_requests_list", responses=shapes.DataRequestAnswer(many=True))
    def get(self, request: Request) -> Response:
        return self.page(request, selectors.own_data_requests(actor=self.actor(request)), shapes.DataRequestAnswer)

    @extend_schema(
        operation_id="me_data_requests_create",
        request=shapes.DataRequestWrite,
        responses={201: shapes.DataRequestAnswer},
        description="Asks for a correction, or complains. `due_at` says by when we answer.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        checked = self.validated(shapes.DataRequestWrite, request)
        made = services.open_data_request(
            actor=self.actor(request), kind=DataRequestKind(checked["kind"]), text=checked["text"], now=clock.now()
        )
        return Answer(shapes.DataRequestAnswer(made).data, gettext("We have your request."), status=201)


class DataRequestDetail(ApiView):
    @extend_schema(operation_id="me_data_requests_retrieve", responses=shapes.DataRequestAnswer)
    def get(self, request: Request, request_id: UUID) -> Response:
        found = selectors.get_own_data_request(actor=self.actor(request), request_id=request_id)
        return Answer(shapes.DataRequestAnswer(found).data)


class NomineeDetail(ApiView):
    @extend_schema(operation_id="me_nominee", responses=shapes.NomineeAnswer)
    def get(self, request: Request) -> Response:
        return Answer(shapes.NomineeAnswer(selectors.get_own_nominee(actor=self.actor(request))).data)

    @extend_schema(operation_id="me_nominee_name", request=shapes.NomineeWrite, responses=shapes.NomineeAnswer)
    def put(self, request: Request) -> Response:
        """Names who may exercise one's rights when one no longer can."""
        named = services.name_nominee(actor=self.actor(request), **self.validated(shapes.NomineeWrite, request))
        return Answer(shapes.NomineeAnswer(named).data, gettext("Saved."))

    @extend_schema(operation_id="me_nominee_remove", responses={204: None})
    def delete(self, request: Request) -> Response:
        services.remove_nominee(actor=self.actor(request))
        return Response(status=204)


class ExportList(ApiView):
    @extend_schema(operation_id="me_exports_list", responses=shapes.ExportAnswer(many=True))
    def get(self, request: Request) -> Response:
        return self.page(request, selectors.own_exports(actor=self.actor(request)), shapes.ExportAnswer)

    @extend_schema(
        operation_id="me_exports_create",
        request=None,
        responses={202: shapes.ExportAnswer},
        description="Asks for a copy of everything as JSON and CSV; a worker makes it. While it does, that one is the answer.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        actor = self.actor(request)
        export = services.request_export(user_id=actor.user_id, actor_id=actor.user_id)
        return Answer(shapes.ExportAnswer(export).data, gettext("We make your copy and tell you."), status=202)


class ExportDetail(ApiView):
    @extend_schema(operation_id="me_exports_retrieve", responses=shapes.ExportAnswer)
    def get(self, request: Request, export_id: UUID) -> Response:
        """With a download that works for a minute, once it is ready."""
        found = selectors.get_own_export(actor=self.actor(request), export_id=export_id)
        return Answer(shapes.ExportAnswer(found, context={"link": file_store().short_link}).data)


class Erasure(ApiView):
    @extend_schema(
        operation_id="me_erase",
        request=shapes.ErasureWrite,
        responses={204: None},
        description="Erases the person: gone from every screen at once, logged out everywhere. A sealed copy is kept as long "
        "as the law asks, and then destroyed.",
    )
    def post(self, request: Request) -> Response:
        if not self.validated(shapes.ErasureWrite, request)["confirm"]:
            message = N_("Confirm that you want everything erased.")
            raise InvalidInput(errors=(FieldFault("confirm", "required", message),))
        services.erase_me(actor=self.actor(request), now=clock.now())
        return Response(status=204)
