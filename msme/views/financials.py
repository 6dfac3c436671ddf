"""Yearly figures."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
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
    return FinancialsInput(fiscal_year=year, add_backs=add_backs, **checked)


def _statement(statement: FinancialStatement) -> Any:
    return serializers.FinancialsAnswer(statement).data
