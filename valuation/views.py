"""Valuations: ask, poll, list."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from msmebazaar.core.http.envelope import Answer
from msmebazaar.core.http.idempotency import idempotent
from msmebazaar.core.http.views import ApiView
from valuation import selectors, serializers, services
from valuation.models import Valuation


class ValuationList(ApiView):
    @extend_schema(operation_id="valuations_list", responses=serializers.ValuationAnswer(many=True))
    def get(self, request: Request) -> Response:
        rows = selectors.own_valuations(actor=self.actor(request))
        return self.page(request, rows, serializers.ValuationAnswer)

    @extend_schema(
        operation_id="valuations_create",
        request=serializers.ValuationRequest,
        responses={202: serializers.ValuationAnswer},
        description="Asks for a valuation that a worker makes; poll `Location`. The same figures give the same valuation. "
        "The asking price is never an input.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        checked = self.validated(serializers.ValuationRequest, request)
        valuation = services.request_valuation(actor=self.actor(request), business_id=checked["business_id"])
        location = reverse("valuation", args=[valuation.id])
        return Answer(_valuation(valuation), gettext("Being calculated."), status=202, headers={"Location": location})


class ValuationDetail(ApiView):
    @extend_schema(operation_id="valuations_retrieve", responses=serializers.ValuationAnswer)
    def get(self, request: Request, valuation_id: UUID) -> Response:
        return Answer(_valuation(selectors.get_own_valuation(actor=self.actor(request), valuation_id=valuation_id)))


def _valuation(valuation: Valuation) -> Any:
    return serializers.ValuationAnswer(valuation).data
