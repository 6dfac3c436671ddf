"""Yearly figures."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from msme import selectors, services
from msme.models import FinancialStatement
from msme.serializers import financials as serializers
from msme.services.financials import AddBackInput, FinancialsInput
from msmebazaar.core import clock
from msmebazaar.core.http.envelope import Answer
from msmebazaar.core.http.idempotency import idempotent
from msmebazaar.core.http.serializers import parsed
from msmebazaar.core.http.views import ApiView
from msmebazaar.core.types import FinancialYear


class FinancialsList(ApiView):
    @extend_schema(operation_id="financials_list", responses=serializers.FinancialsAnswer(many=True))
    def get(self, request: Request, business_id: UUID) -> Response:
        rows = selectors.own_statements(actor=self.actor(request), business_id=business_id)
        return self.page(request, rows, serializers.FinancialsAnswer)

    @extend_schema(
        operation_id="financials_create",
        request=serializers.FinancialsWrite,
        responses={201: serializers.FinancialsAnswer},
        description="Adds the figures of a fiscal year. Amounts are rupees, as numbers or text such as `2.5 cr`, `50 lakh`.",
    )
    @idempotent
    def post(self, request: Request, business_id: UUID) -> Response:
        checked = self.validated(serializers.FinancialsWrite, request)
        given = _given(FinancialYear.parse(checked.pop("fiscal_year")), checked)
        today = clock.today_in_india()
        statement = services.add_financials(
            actor=self.actor(request), business_id=business_id, given=given, today=today
        )
        return Answer(_statement(statement), gettext("Figures saved."), status=201)


class FinancialsDetail(ApiView):
    @extend_schema(
        operation_id="financials_replace",
        request=serializers.FiguresWrite,
        responses=serializers.FinancialsAnswer,
        description="Sets the figures of a year, whether they were there or not.",
    )
    def put(self, request: Request, business_id: UUID, fiscal_year: str) -> Response:
        year = parsed(FinancialYear.parse, fiscal_year)
        given = _given(year, self.validated(serializers.FiguresWrite, request))
        today = clock.today_in_india()
        statement = services.replace_financials(
            actor=self.actor(request), business_id=business_id, given=given, today=today
        )
        return Answer(_statement(statement), gettext("Figures saved."))


def _given(year: FinancialYear, checked: dict[str, Any]) -> FinancialsInput:
    add_backs = [AddBackInput(**item) for item in checked.pop("add_backs", [])]
    is_confirmed = checked.pop("confirm")
    return FinancialsInput(fiscal_year=year, add_backs=add_backs, is_confirmed=is_confirmed, **checked)


def _statement(statement: FinancialStatement) -> Any:
    return serializers.FinancialsAnswer(statement).data


class FinancialsImports(ApiView):
    parser_classes = [MultiPartParser]

    @extend_schema(operation_id="financials_imports_list", responses=serializers.ImportAnswer(many=True))
    def get(self, request: Request, business_id: UUID) -> Response:
        """Imports of the last month, the newest first."""
        rows = selectors.own_imports(actor=self.actor(request), business_id=business_id)
        return self.page(request, rows, serializers.ImportAnswer)

    @extend_schema(
        operation_id="financials_import",
        request={"multipart/form-data": serializers.ImportWrite},
        responses={202: serializers.ImportAnswer},
        description="Takes a file of yearly figures: one row a year, columns named as in `financials_create` and its `lines` "
        "(with or without `_inr`), or in plain words such as sales, profit, बिक्री. A worker takes the rows one by one; each is "
        "saved or refused on its own, and repeating an import changes nothing. Ask for its progress until it is done.",
    )
    def post(self, request: Request, business_id: UUID) -> Response:
        checked = self.validated(serializers.ImportWrite, request)
        run = services.begin_import(
            actor=self.actor(request),
            business_id=business_id,
            content=checked["file"].read(),
            unit=checked["unit"],
            is_dry_run=checked["dry_run"],
        )
        return Answer(serializers.ImportAnswer(run).data, gettext("The rows are being read."), status=202)


class FinancialsImport(ApiView):
    @extend_schema(operation_id="financials_import_retrieve", responses=serializers.ImportAnswer)
    def get(self, request: Request, run_id: UUID) -> Response:
        run = selectors.get_own_import(actor=self.actor(request), run_id=run_id)
        return Answer(serializers.ImportAnswer(run).data)
