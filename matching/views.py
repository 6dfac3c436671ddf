"""Mandates and their matches."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors as people
from matching import selectors, serializers, services
from matching.models import Mandate, Match
from matching.reasons import sentence
from matching.services import MandateInput
from msme import selectors as listings
from msmebazaar.core.actor import Actor
from msmebazaar.core.http.envelope import Answer
from msmebazaar.core.http.idempotency import idempotent
from msmebazaar.core.http.pagination import KeysetPagination
from msmebazaar.core.http.views import ApiView


class MandateList(ApiView):
    @extend_schema(operation_id="mandates_list", responses=serializers.MandateAnswer(many=True))
    def get(self, request: Request) -> Response:
        return self.page(request, selectors.own_mandates(actor=self.actor(request)), serializers.MandateAnswer)

    @extend_schema(
        operation_id="mandates_create",
        request=serializers.MandateCreate,
        responses={201: serializers.MandateAnswer},
        description="Writes what a buyer, investor or lender looks for; a worker finds matches within seconds.",
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


def _mandate(mandate: Mandate) -> Any:
    return serializers.MandateAnswer(mandate).data


class BestFirst(KeysetPagination):
    ordering = "-rank_key"


class MandateMatches(ApiView):
    pagination_class = BestFirst

    @extend_schema(
        operation_id="mandates_matches",
        responses=serializers.MatchAnswer(many=True),
        description="Stored matches, best first, each with its reasons. A listing that left the market is not shown.",
    )
    def get(self, request: Request, mandate_id: UUID) -> Response:
        actor = self.actor(request)
        rows = selectors.own_matches(actor=actor, mandate_id=mandate_id)
        paginator = self.pagination_class()
        found = paginator.paginate_queryset(rows, request, self) or []
        return paginator.get_paginated_response(serializers.MatchAnswer(_shown(found, actor), many=True).data)


def _shown(matches: Sequence[Match], actor: Actor) -> list[dict[str, Any]]:
    """Matches whose listings the actor may see now, with the listing's teaser and the reasons in words."""
    wanted = [match.listing_id for match in matches]
    facts = {row.listing_id: row for row in listings.get_listing_facts(listing_ids=wanted, seen_by=actor)}
    return [
        {
            "id": match.id,
            "score": match.score,
            "reasons": [
                {
                    "code": part["code"],
                    "points": part["points"],
                    "most": part["most"],
                    "text": sentence(part["code"], part["values"]),
                }
                for part in sorted(match.parts, key=lambda part: -part["points"])
            ],
            "listing": {
                "id": listing.listing_id,
                "title": listing.title,
                "summary": listing.summary,
                "intent": listing.intent,
                "ask_inr": listing.ask_inr,
                "state": listing.state,
                "nic_division": listing.nic_code[:2],
            },
            "engine_version": match.engine_version,
            "computed_at": match.updated_at,
        }
        for match in matches
        if (listing := facts.get(match.listing_id))
    ]
