"""Matches from both sides, their explanation, feedback, search and statistics."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from matching import selectors, services
from matching.engine.engine import ENGINE_VERSION
from matching.engine.scoring import band_of
from matching.models import ListingProfile, Match
from matching.reasons import failed_texts, highlights_of, reasons_of
from matching.selectors.matches import introduction_states, saved_listings, visible
from matching.selectors.parties import SeekerShown, seekers_shown
from matching.serializers import matches as serializers
from matching.services import AcceptanceInput, Explained, FeedbackInput, SearchInput
from msmebazaar.core import clock, replica
from msmebazaar.core.actor import Actor
from msmebazaar.core.http.envelope import Answer
from msmebazaar.core.http.pagination import KeysetPagination
from msmebazaar.core.http.views import ApiView, shared

MIN_SCORE = OpenApiParameter("min_score", int, description="Leave out what scores lower, 0 to 100.")
SORT = OpenApiParameter("sort", enum=["best", "newest"], description="`best` when left out.")


class BestFirst(KeysetPagination):
    ordering = "-rank_key"


class NewestFirst(KeysetPagination):
    ordering = "-id"


class HighestFirst(KeysetPagination):
    ordering = ("-score", "-id")  # type: ignore[assignment]


def _least(request: Request) -> int:
    text = request.query_params.get("min_score", "")
    return min(int(text), 100) if text.isdigit() and len(text) < 4 else 0


class MandateMatches(ApiView):
    pagination_class = BestFirst

    @extend_schema(
        operation_id="mandates_matches",
        parameters=[MIN_SCORE, SORT],
        responses=serializers.MatchAnswer(many=True),
        description="Stored matches, best first, each with its main reasons. What left the market, and what one may not see, is "
        "not shown. The order gives room to listings that are not in front of everybody already, and spreads the first page; "
        "scores are not changed by that.",
    )
    @replica.may_answer
    def get(self, request: Request, mandate_id: UUID) -> Response:
        actor = self.actor(request)
        rows = selectors.own_matches(actor=actor, mandate_id=mandate_id, least_score=_least(request))
        paginator = NewestFirst() if request.query_params.get("sort") == "newest" else self.pagination_class()
        found = paginator.paginate_queryset(rows, request, self) or []
        reader = shared(serializers.MatchAnswer)
        return paginator.get_paginated_response([reader.to_representation(match) for match in _shown(found, actor)])


class MatchDetail(ApiView):
    @extend_schema(
        operation_id="mandates_match",
        responses=serializers.ExplanationAnswer,
        description="Why a visible listing fits a mandate or does not: every part of the score, and every condition that "
        "is not met.",
    )
    @replica.may_answer
    def get(self, request: Request, mandate_id: UUID, listing_id: UUID) -> Response:
        mandate, profile = services.own_pair(actor=self.actor(request), mandate_id=mandate_id, listing_id=listing_id)
        explained = services.explain(mandate, profile)
        match = Match.objects.filter(mandate=mandate, listing_id=listing_id).first()
        content = {
            "is_match": not explained.failed,
            **_scores(explained),
            "reasons": [vars(reason) for reason in reasons_of(explained)],
            "failed": failed_texts(explained.failed),
            "unknown": explained.unknown,
            "degraded": ["embedding"] if explained.is_degraded else [],
            "listing": _teaser(profile),
            "engine_version": ENGINE_VERSION,
            "ranker": match.ranker if match else "",
        }
        return Answer(serializers.ExplanationAnswer(content).data)


class MatchFeedback(ApiView):
    @extend_schema(
        operation_id="mandates_match_feedback",
        request=serializers.FeedbackWrite,
        responses={201: serializers.FeedbackAnswer},
        description="What one did about a match: viewed, saved, unsaved, declined with a reason, restored. A declined listing "
        "vanishes from the list for 180 days, or until its price falls by 15 %. Saying the same again keeps the first.",
    )
    def post(self, request: Request, mandate_id: UUID, listing_id: UUID) -> Response:
        actor = self.actor(request)
        services.own_pair(actor=actor, mandate_id=mandate_id, listing_id=listing_id)
        given = FeedbackInput(**self.validated(serializers.FeedbackWrite, request))
        row = services.give_feedback(
            actor=actor, mandate_id=mandate_id, listing_id=listing_id, given=given, now=clock.now()
        )
        return Answer(serializers.FeedbackAnswer(row).data, gettext("Noted."), status=201)


class ListingMatches(ApiView):
    pagination_class = HighestFirst

    @extend_schema(
        operation_id="listings_matches",
        parameters=[MIN_SCORE],
        responses=serializers.ListingMatchAnswer(many=True),
        description="Who looks for what an own listing offers, the best first: what they look for, never who they are. Of a loan "
        "the list is empty: lenders are not ranked, `lenders/` shows all of them with the same facts.",
    )
    @replica.may_answer
    def get(self, request: Request, listing_id: UUID) -> Response:
        rows = selectors.matches_of_listing(
            actor=self.actor(request), listing_id=listing_id, least_score=_least(request)
        )
        paginator = self.pagination_class()
        found = paginator.paginate_queryset(rows, request, self) or []
        seekers = seekers_shown([match.mandate for match in found])
        states = introduction_states([(match.mandate.organisation_id, match.listing_id) for match in found])
        content = [_of_listing(match, seekers[match.mandate_id], states) for match in found]
        return paginator.get_paginated_response(serializers.ListingMatchAnswer(content, many=True).data)


class ListingAcceptance(ApiView):
    @extend_schema(operation_id="listings_acceptance", responses=serializers.AcceptanceShape)
    def get(self, request: Request, listing_id: UUID) -> Response:
        """Which seekers an own listing accepts."""
        acceptance = selectors.get_acceptance(actor=self.actor(request), listing_id=listing_id)
        return Answer(serializers.AcceptanceShape(acceptance).data)

    @extend_schema(
        operation_id="listings_acceptance_update",
        request=serializers.AcceptanceShape,
        responses=serializers.AcceptanceShape,
        description="Says which seekers an own listing accepts; its matches are made anew.",
    )
    def put(self, request: Request, listing_id: UUID) -> Response:
        actor = self.actor(request)
        selectors.get_acceptance(actor=actor, listing_id=listing_id)
        given = AcceptanceInput(**self.validated(serializers.AcceptanceShape, request))
        acceptance = services.set_acceptance(actor=actor, listing_id=listing_id, given=given)
        return Answer(serializers.AcceptanceShape(acceptance).data, gettext("Saved."))


class MatchingSearch(ApiView):
    pagination_class = None  # type: ignore[assignment]

    @extend_schema(
        operation_id="matching_search",
        request=serializers.SearchWrite,
        responses=serializers.SearchAnswer,
        description="Search by meaning and by words over the listings one may see: a Hindi text finds English listings. It reads "
        "and stores nothing, so it needs no Idempotency-Key. At most 400 results.",
    )
    @replica.may_answer
    def post(self, request: Request) -> Response:
        actor = self.actor(request)
        checked = self.validated(serializers.SearchWrite, request)
        page, size = checked["page"], checked["page_size"]
        found = services.search(
            actor=actor,
            given=SearchInput(
                checked["text"],
                checked["intent"],
                checked["nic"],
                checked["state"],
                checked["min_ask"],
                checked["max_ask"],
            ),
        )
        wanted = found.ids[(page - 1) * size : page * size]
        profiles = ListingProfile.objects.defer("words").in_bulk(list(visible(wanted, actor)))
        results = [
            {"listing": _teaser(profiles[listing_id]), "found_by": found.found_by[listing_id]}
            for listing_id in wanted
            if listing_id in profiles
        ]
        content = {
            "results": results,
            "count": len(found.ids),
            "page": page,
            "has_more": page * size < len(found.ids),
            "degraded": found.degraded,
        }
        return Answer(serializers.SearchAnswer(content).data)


class MatchingStatistics(ApiView):
    @extend_schema(operation_id="matching_statistics", responses=serializers.StatisticsAnswer)
    def get(self, request: Request) -> Response:
        """One's own mandates and listings in numbers; what was done is of the last 30 days."""
        found = services.get_statistics(actor=self.actor(request), now=clock.now())
        return Answer(serializers.StatisticsAnswer(found).data)


def _shown(matches: Sequence[Match], actor: Actor) -> list[dict[str, Any]]:
    """Matches whose listings the actor may see now, each made plain by the engine on the same inputs."""
    shown = visible([match.listing_id for match in matches], actor)
    profiles = ListingProfile.objects.defer("words").in_bulk([match.listing_id for match in matches])
    kept = [match for match in matches if match.listing_id in shown and match.listing_id in profiles]
    explained = services.explain_many([(match.mandate, profiles[match.listing_id]) for match in kept])
    saved = saved_listings([match.mandate_id for match in kept])
    states = introduction_states([(match.mandate.organisation_id, match.listing_id) for match in kept])
    return [
        {
            "id": match.id,
            **_scores(why),
            "reasons": [vars(reason) for reason in highlights_of(why)],
            "listing": _teaser(why.profile),
            "is_saved": match.listing_id in saved,
            "introduction_state": states.get((match.mandate.organisation_id, match.listing_id), ""),
            "engine_version": match.engine_version,
            "computed_at": match.updated_at,
        }
        for match, why in zip(kept, explained, strict=True)
    ]


def _scores(explained: Explained) -> dict[str, Any]:
    return {
        "score": explained.score,
        "band": explained.band,
        "seeker_score": explained.seeker_score,
        "owner_score": explained.owner_score,
    }


def _of_listing(match: Match, seeker: SeekerShown, states: dict[tuple[UUID, UUID], str]) -> dict[str, Any]:
    return {
        "id": match.id,
        "score": match.score,
        "band": band_of(match.score),
        "seeker": vars(seeker),
        "introduction_state": states.get((match.mandate.organisation_id, match.listing_id), ""),
        "computed_at": match.updated_at,
    }


def _teaser(profile: ListingProfile) -> dict[str, Any]:
    return {
        "id": profile.listing_id,
        "title": profile.title,
        "summary": profile.summary,
        "intent": profile.intent,
        "ask_inr": profile.ask_inr,
        "state": profile.state,
        "district": profile.district,
        "nic_division": profile.division,
    }
