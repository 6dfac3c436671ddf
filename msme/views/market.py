"""The market: search, facets, saved searches."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from msme import selectors, services
from msme.models import SavedSearch
from msme.selectors import MarketQuery
from msme.serializers import market as serializers
from msme.services.searches import SavedSearchInput
from msme.types import Level
from msmebazaar.core import clock, replica
from msmebazaar.core.actor import Actor, Scope
from msmebazaar.core.http.caching import cacheable
from msmebazaar.core.http.envelope import Answer
from msmebazaar.core.http.idempotency import idempotent
from msmebazaar.core.http.pagination import SortedKeyset
from msmebazaar.core.http.views import ApiView, shared
from msmebazaar.core.types.money import LARGEST

UNSHOWN = (
    "words",
    "listing__created_at",
    "listing__updated_at",
    "listing__submitted_at",
    "listing__confirmed_at",
    "listing__pinged_at",
    "listing__review_note",
)


def actor_or_nobody(request: Request) -> Actor | None:
    """Who asks; None when nobody is logged in."""
    return request.auth if isinstance(request.auth, Actor) else None


def shown_to(actor: Actor | None, entries: Any, *, many: bool = False, level: Level | None = None) -> Any:
    """Listings as whoever reads may see them: in lists as everybody or a member does, one alone as close as they are to it."""
    own = actor.readable(Scope.LISTING) if actor else frozenset()
    shown = level or (Level.PUBLIC if actor is None else Level.MEMBER)
    for entry in entries if many else [entries]:
        entry.is_own = entry.organisation_id in own
    reader = shared(serializers.LISTING_AT[shown])
    return [reader.to_representation(entry) for entry in entries] if many else reader.to_representation(entries)


def _moment(value: Any) -> Any:
    found = parse_datetime(value)
    if found is None or found.tzinfo is None:
        raise ValueError(value)
    return found


def _number(value: Any) -> Decimal:
    """As large as the columns hold; a cursor comes from outside."""
    found = Decimal(value)
    if not found.is_finite() or abs(found) >= LARGEST:
        raise ValueError(value)
    return found


def _whole(value: Any) -> int:
    found = int(value)
    if not 0 <= found < 2**31:
        raise ValueError(value)
    return found


def _order(name: str, known_as: str) -> SortedKeyset:
    orders: dict[str, tuple[str, bool, Callable[[Any], Any]]] = {
        "newest": ("published_at", True, _moment),
        "ask_low": ("ask_inr", False, _number),
        "ask_high": ("ask_inr", True, _number),
        "revenue_high": ("revenue_inr", True, _number),
        "quality": ("quality", True, _whole),
        "relevance": ("rank", True, _whole),
    }
    column, is_descending, reads = orders[name]
    return SortedKeyset(column, "listing", is_descending=is_descending, reads=reads, known_as=known_as)


def _read(request: Request, wanted: serializers.MarketFilter) -> tuple[MarketQuery, MarketQuery]:
    """The query as its filters say, and with what its words mean."""
    given = selectors.query_of(wanted.validated_data)
    text = wanted.validated_data.get("q", "")
    return given, selectors.read_query(given, text, actor=actor_or_nobody(request))


def market_page(request: Request, wanted: serializers.ListingFilter) -> Response:
    """A page of the market in the order that was asked for."""
    actor = actor_or_nobody(request)
    given, query = _read(request, wanted)
    sort = wanted.validated_data.get("sort") or ("relevance" if query.text else "newest")
    if sort == "relevance" and not query.text:
        sort = "newest"
    find = selectors.ranked if sort == "relevance" else selectors.entries
    rows = find(query, actor=actor)
    paginator = _order(sort, known_as=f"{find.__name__}:{selectors.key_of(query, actor=actor)}")
    found = paginator.paginate_queryset(rows.select_related("listing").defer(*UNSHOWN), request)
    response = paginator.get_paginated_response(shown_to(actor, found, many=True))
    response.envelope_message = _in_words(serializers.understood_of(given, query))  # type: ignore[attr-defined]
    return cacheable(request, response, is_public=actor is None)


def _in_words(understood: dict[str, Any]) -> str | None:
    """“Textiles · Surat · ≤ ₹5 crore · “looms””, for whoever looks at the list alone."""
    words = [row["label"] for row in understood["filters"]]
    if understood["text"]:
        words.append(f"“{understood['text']}”")
    return " · ".join(words) or None


class ListingFacets(ApiView):
    permission_classes = [AllowAny]
    pagination_class = None  # type: ignore[assignment]

    @extend_schema(
        operation_id="listings_facets",
        parameters=[serializers.MarketFilter],
        responses=serializers.FacetsAnswer,
        description="For the same query as the list: how its words were understood, how many listings there are, and how many "
        "under each value of each facet. Counts may be half a minute old.",
    )
    @replica.may_answer
    def get(self, request: Request) -> Response:
        actor = actor_or_nobody(request)
        wanted = serializers.MarketFilter(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        given, query = _read(request, wanted)
        counted = selectors.count_facets(query, actor=actor)
        facets = {
            facet: [
                {"value": row.value, "label": serializers.label_of(facet, row.value), "count": row.count}
                for row in rows
            ]
            for facet, rows in counted.facets.items()
        }
        content = {"count": counted.count, "understood": serializers.understood_of(given, query), "facets": facets}
        return cacheable(request, Answer(serializers.FacetsAnswer(content).data), is_public=actor is None)


class SavedSearchList(ApiView):
    @extend_schema(operation_id="saved_searches_list", responses=serializers.SavedSearchAnswer(many=True))
    def get(self, request: Request) -> Response:
        """One's own searches, the newest first."""
        rows = selectors.own_searches(actor=self.actor(request))
        return self.page(request, rows, serializers.SavedSearchAnswer)

    @extend_schema(
        operation_id="saved_searches_create",
        request=serializers.SavedSearchWrite,
        responses={201: serializers.SavedSearchAnswer},
        description="Keeps a search and tells of listings that are published from now on: at once (within a minute), daily, "
        "weekly or never.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        given = _given(self.validated(serializers.SavedSearchWrite, request))
        search = services.save_search(actor=self.actor(request), given=given, now=clock.now())
        return Answer(_search(search), gettext("Search saved."), status=201)


class SavedSearchDetail(ApiView):
    @extend_schema(
        operation_id="saved_searches_update",
        request=serializers.SavedSearchWrite,
        responses=serializers.SavedSearchAnswer,
    )
    def put(self, request: Request, search_id: UUID) -> Response:
        given = _given(self.validated(serializers.SavedSearchWrite, request))
        search = services.update_search(actor=self.actor(request), search_id=search_id, given=given, now=clock.now())
        return Answer(_search(search), gettext("Saved."))

    @extend_schema(operation_id="saved_searches_delete", request=None, responses={204: None})
    def delete(self, request: Request, search_id: UUID) -> Response:
        services.forget_search(actor=self.actor(request), search_id=search_id)
        return Response(status=204)


def _given(checked: dict[str, Any]) -> SavedSearchInput:
    query = json.loads(json.dumps(checked["query"], cls=DjangoJSONEncoder))
    return SavedSearchInput(name=checked["name"], frequency=checked["frequency"], query=query)


def _search(search: SavedSearch) -> Any:
    return serializers.SavedSearchAnswer(search).data
