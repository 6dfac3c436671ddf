"""Mandates."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors as people
from matching import selectors, services
from matching.models import Mandate
from matching.serializers import mandates as serializers
from matching.services import MandateInput
from msmebazaar.core.http.envelope import Answer
from msmebazaar.core.http.idempotency import idempotent
from msmebazaar.core.http.views import ApiView


class MandateList(ApiView):
    @extend_schema(operation_id="mandates_list", responses=serializers.MandateAnswer(many=True))
    def get(self, request: Request) -> Response:
        return self.page(request, selectors.own_mandates(actor=self.actor(request)), serializers.MandateAnswer)

    @extend_schema(
        operation_id="mandates_create",
        request=serializers.MandateCreate,
        responses={201: serializers.MandateAnswer},
        description="Writes what a buyer, investor, lender or advisor looks for; a worker finds matches within seconds. "
        "It expires "
        "after 180 days without a change.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        actor = self.actor(request)
        checked = self.validated(serializers.MandateCreate, request)
        organisation_id = checked.pop("organisation_id", None)
        mandate = services.create_mandate(
            actor=actor,
            organisation_id=organisation_id or people.personal_organisation_id_of(user_id=actor.user_id),
            given=MandateInput(**checked),
        )
        return Answer(_mandate(mandate), gettext("Saved. We look for matches."), status=201)


class MandateDetail(ApiView):
    @extend_schema(operation_id="mandates_retrieve", responses=serializers.MandateAnswer)
    def get(self, request: Request, mandate_id: UUID) -> Response:
        return Answer(_mandate(selectors.get_own_mandate(actor=self.actor(request), mandate_id=mandate_id)))

    @extend_schema(
        operation_id="mandates_update", request=serializers.MandateWrite, responses=serializers.MandateAnswer
    )
    def put(self, request: Request, mandate_id: UUID) -> Response:
        given = MandateInput(**self.validated(serializers.MandateWrite, request))
        mandate = services.update_mandate(actor=self.actor(request), mandate_id=mandate_id, given=given)
        return Answer(_mandate(mandate), gettext("Saved. We look for matches."))

    @extend_schema(operation_id="mandates_delete", request=None, responses={204: None})
    def delete(self, request: Request, mandate_id: UUID) -> Response:
        """Removes a mandate with its matches; introductions it led to stay."""
        services.delete_mandate(actor=self.actor(request), mandate_id=mandate_id)
        return Response(status=204)


class MandateStopAlerts(ApiView):
    @extend_schema(
        operation_id="mandates_stop_alerts",
        request=None,
        responses=serializers.MandateAnswer,
        description="No more messages about new matches of this mandate. Saying it again changes nothing.",
    )
    def post(self, request: Request, mandate_id: UUID) -> Response:
        mandate = services.stop_alerts(actor=self.actor(request), mandate_id=mandate_id)
        return Answer(_mandate(mandate), gettext("You will not hear of new matches any more."))


def _mandate(mandate: Mandate) -> Any:
    return serializers.MandateAnswer(mandate).data
