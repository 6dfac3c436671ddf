"""Businesses."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors as people
from accounts import services as accounts
from msme import selectors, services
from msme.models import Business
from msme.serializers import businesses as serializers
from msme.services.businesses import BusinessInput, OwnerInput
from msmebazaar.core import clock
from msmebazaar.core.http.envelope import Answer
from msmebazaar.core.http.idempotency import idempotent
from msmebazaar.core.http.serializers import Reveal
from msmebazaar.core.http.views import ApiView


class BusinessList(ApiView):
    @extend_schema(operation_id="businesses_list", responses=serializers.BusinessAnswer(many=True))
    def get(self, request: Request) -> Response:
        """Businesses of one's organisations and of owners one advises, the newest first; identifiers are masked."""
        rows = selectors.own_businesses(actor=self.actor(request))
        return self.page(request, rows, serializers.BusinessAnswer)

    @extend_schema(
        operation_id="businesses_create",
        request=serializers.BusinessCreate,
        responses={201: serializers.BusinessAnswer},
        description="Registers a business. The GSTIN's check character, its PAN and its state are checked against the rest.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        actor = self.actor(request)
        checked = _given(self.validated(serializers.BusinessCreate, request))
        organisation_id = checked.pop("organisation_id", None)
        business = services.create_business(
            actor=actor,
            organisation_id=organisation_id or people.personal_organisation_id_of(user_id=actor.user_id),
            given=BusinessInput(**checked),
        )
        return Answer(_business(business), gettext("Business registered."), status=201)


class BusinessDetail(ApiView):
    @extend_schema(
        operation_id="businesses_retrieve",
        parameters=[Reveal],
        responses=serializers.BusinessAnswer,
        description="Identifiers are masked; `reveal=true` shows them, and that is recorded.",
    )
    def get(self, request: Request, business_id: UUID) -> Response:
        actor, reveal = self.actor(request), self.wants_reveal(request)
        business = selectors.get_own_business(actor=actor, business_id=business_id)
        if reveal:
            accounts.record_reveal(actor=actor, subject_type="business", subject_id=business.id)
        return Answer(_business(business, reveal=reveal))

    @extend_schema(
        operation_id="businesses_update", request=serializers.BusinessWrite, responses=serializers.BusinessAnswer
    )
    def put(self, request: Request, business_id: UUID) -> Response:
        given = BusinessInput(**_given(self.validated(serializers.BusinessWrite, request)))
        business = services.update_business(actor=self.actor(request), business_id=business_id, given=given)
        return Answer(_business(business), gettext("Saved."))


def _given(checked: dict[str, Any]) -> dict[str, Any]:
    owners = checked.get("owners")
    return checked if owners is None else {**checked, "owners": [OwnerInput(**owner) for owner in owners]}


def _business(business: Business, *, reveal: bool = False) -> Any:
    return serializers.BusinessAnswer(business, context={"reveal": reveal}).data


class BusinessStanding(ApiView):
    @extend_schema(
        operation_id="businesses_msme_class",
        parameters=[serializers.StandingQuery],
        responses=serializers.StandingAnswer,
        description="The MSME class on a day by the limits then in force. Indicative: what counts is the Udyam registration.",
    )
    def get(self, request: Request, business_id: UUID) -> Response:
        chosen = serializers.StandingQuery(data=request.query_params)
        chosen.is_valid(raise_exception=True)
        business = selectors.get_own_business(actor=self.actor(request), business_id=business_id)
        standing = selectors.standing_of(business, on=chosen.validated_data.get("on") or clock.today_in_india())
        return Answer(serializers.StandingAnswer(standing).data)
