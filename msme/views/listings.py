"""Listings."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response

from msme import selectors, services
from msme.closeness import level_of
from msme.models import Listing
from msme.serializers import listings as serializers
from msme.serializers.market import LISTING_AT, ListingFilter, QualityAnswer
from msme.services.listings import ListingInput
from msme.types import Level, ListingStatus
from msme.views.market import actor_or_nobody, market_page, shown_to
from msmebazaar.core import clock, replica
from msmebazaar.core.actor import Scope
from msmebazaar.core.http.caching import cacheable
from msmebazaar.core.http.envelope import Answer
from msmebazaar.core.http.idempotency import idempotent
from msmebazaar.core.http.pagination import KeysetPagination
from msmebazaar.core.http.views import ApiView, WholeListView

LIST_LEVELS = (Level.PUBLIC, Level.MEMBER)


def own_or_shown(*, many: bool) -> PolymorphicProxySerializer:
    """One's own listing in full, somebody else's as one may see it."""
    return PolymorphicProxySerializer(
        component_name="Listing" if many else "ListingUpClose",
        serializers=[serializers.ListingAnswer, *(LISTING_AT[level] for level in (LIST_LEVELS if many else Level))],
        resource_type_field_name=None,
        many=many,
    )


class ListingList(ApiView):
    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(
        operation_id="listings_list",
        parameters=[ListingFilter],
        responses=own_or_shown(many=True),
        description="The market, searched by filters and by words in English or Hindi; with `mine=true` one's own listings in "
        "every state. Without log-in only what everybody may see. `message` says how the words were understood. Who asks for "
        "equity is shown to verified investors only.",
    )
    @replica.may_answer
    def get(self, request: Request) -> Response:
        wanted = ListingFilter(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        if wanted.validated_data["mine"]:
            return self.page(request, selectors.own_listings(actor=self.actor(request)), serializers.ListingAnswer)
        return market_page(request, wanted)

    @extend_schema(
        operation_id="listings_create",
        request=serializers.ListingCreate,
        responses={201: serializers.ListingAnswer},
        description="Makes a draft. Nothing is public until it was submitted and staff approved it.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        checked = self.validated(serializers.ListingCreate, request)
        business_id = checked.pop("business_id")
        listing = services.create_listing(
            actor=self.actor(request), business_id=business_id, given=ListingInput(**checked)
        )
        return Answer(_listing(listing), gettext("Draft saved."), status=201)


class ListingDetail(ApiView):
    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(
        operation_id="listings_retrieve",
        responses=own_or_shown(many=False),
        description="One's own listing in full, somebody else's as close as one is to it: more after an introduction and "
        "a signed agreement, "
        "everything in the data room. An ETag spares the body.",
    )
    @replica.may_answer
    def get(self, request: Request, listing_id: UUID) -> Response:
        actor = actor_or_nobody(request)
        listing = selectors.get_visible_listing(actor=actor, listing_id=listing_id)
        if actor and listing.organisation_id in actor.readable(Scope.LISTING):
            return cacheable(request, Answer(_listing(listing)), is_public=False)
        entry = (
            selectors.entry_of(listing)
            if listing.status == ListingStatus.LIVE
            else services.entry_off_market(listing, now=clock.now())
        )
        shown = shown_to(actor, entry, level=level_of(actor, listing.id))
        return cacheable(request, Answer(shown), is_public=actor is None)

    @extend_schema(
        operation_id="listings_update", request=serializers.ListingWrite, responses=serializers.ListingAnswer
    )
    def put(self, request: Request, listing_id: UUID) -> Response:
        given = ListingInput(**self.validated(serializers.ListingWrite, request))
        listing = services.update_listing(actor=self.actor(request), listing_id=listing_id, given=given)
        return Answer(_listing(listing), gettext("Saved."))


def _listing(listing: Listing) -> Any:
    return serializers.ListingAnswer(listing).data


class ListingSubmit(ApiView):
    @extend_schema(operation_id="listings_submit", request=None, responses=serializers.ListingAnswer)
    @idempotent
    def post(self, request: Request, listing_id: UUID) -> Response:
        listing = services.submit_listing(actor=self.actor(request), listing_id=listing_id, now=clock.now())
        return Answer(_listing(listing), gettext("Submitted. We look at it and tell you."))


class ListingPause(ApiView):
    @extend_schema(operation_id="listings_pause", request=None, responses=serializers.ListingAnswer)
    @idempotent
    def post(self, request: Request, listing_id: UUID) -> Response:
        listing = services.pause_listing(actor=self.actor(request), listing_id=listing_id)
        return Answer(_listing(listing), gettext("Paused; nobody sees it now."))


class ListingResume(ApiView):
    @extend_schema(operation_id="listings_resume", request=None, responses=serializers.ListingAnswer)
    @idempotent
    def post(self, request: Request, listing_id: UUID) -> Response:
        listing = services.resume_listing(actor=self.actor(request), listing_id=listing_id, now=clock.now())
        return Answer(_listing(listing), gettext("Live again."))


class ListingWithdraw(ApiView):
    @extend_schema(operation_id="listings_withdraw", request=None, responses=serializers.ListingAnswer)
    @idempotent
    def post(self, request: Request, listing_id: UUID) -> Response:
        listing = services.withdraw_listing(actor=self.actor(request), listing_id=listing_id)
        return Answer(_listing(listing), gettext("Withdrawn."))


class ListingUnderOffer(ApiView):
    @extend_schema(operation_id="listings_under_offer", request=None, responses=serializers.ListingAnswer)
    @idempotent
    def post(self, request: Request, listing_id: UUID) -> Response:
        """An offer was accepted in principle; nobody new sees the listing."""
        listing = services.mark_under_offer(actor=self.actor(request), listing_id=listing_id)
        return Answer(_listing(listing), gettext("Under offer; nobody new sees it now."))


class ListingSold(ApiView):
    @extend_schema(operation_id="listings_sold", request=None, responses=serializers.ListingAnswer)
    @idempotent
    def post(self, request: Request, listing_id: UUID) -> Response:
        """The deal is done. Final."""
        listing = services.mark_sold(actor=self.actor(request), listing_id=listing_id)
        return Answer(_listing(listing), gettext("Sold. Congratulations."))


class ListingAvailable(ApiView):
    @extend_schema(operation_id="listings_available", request=None, responses=serializers.ListingAnswer)
    @idempotent
    def post(self, request: Request, listing_id: UUID) -> Response:
        """Answers "still available?" with yes."""
        listing = services.confirm_available(actor=self.actor(request), listing_id=listing_id, now=clock.now())
        return Answer(_listing(listing), gettext("Thank you. It stays on the market."))


class ListingReprice(ApiView):
    @extend_schema(
        operation_id="listings_reprice",
        request=serializers.Reprice,
        responses=serializers.ListingAnswer,
        description="Asks another price for a live or paused listing; on the market it holds at once. A price that looks like a "
        "slip of the unit is asked about (422) and taken with `confirm`.",
    )
    @idempotent
    def post(self, request: Request, listing_id: UUID) -> Response:
        checked = self.validated(serializers.Reprice, request)
        listing = services.reprice_listing(
            actor=self.actor(request),
            listing_id=listing_id,
            ask_inr=checked["ask_inr"],
            is_confirmed=checked["confirm"],
            now=clock.now(),
        )
        return Answer(_listing(listing), gettext("The new price holds."))


class ListingQuality(ApiView):
    @extend_schema(operation_id="listings_quality", responses=QualityAnswer)
    def get(self, request: Request, listing_id: UUID) -> Response:
        """How much a buyer can see in an own listing, part by part, and what would raise it most."""
        listing = selectors.get_own_listing(actor=self.actor(request), listing_id=listing_id)
        return Answer(QualityAnswer(selectors.get_quality(listing)).data)


class NewestVersionFirst(KeysetPagination):
    ordering = "-number"


class ListingVersions(ApiView):
    pagination_class = NewestVersionFirst

    @extend_schema(
        operation_id="listings_versions",
        responses=serializers.VersionAnswer(many=True),
        description="What the market has seen of an own listing, the newest first, each with what it changed.",
    )
    def get(self, request: Request, listing_id: UUID) -> Response:
        rows = selectors.own_versions(actor=self.actor(request), listing_id=listing_id)
        paginator = self.pagination_class()
        found = paginator.paginate_queryset(rows, request, self) or []
        older = {row.number: row for row in rows.filter(number__in=[row.number - 1 for row in found])}
        for row in found:
            row.changes = selectors.changes_between(older.get(row.number - 1), row)
        return paginator.get_paginated_response(serializers.VersionAnswer(found, many=True).data)


class ListingPriceHistory(WholeListView):
    @extend_schema(
        operation_id="listings_price_history",
        responses=serializers.PricePointAnswer(many=True),
        description="Prices that a visible listing has had on the market, oldest first.",
    )
    def get(self, request: Request, listing_id: UUID) -> Response:
        points = selectors.price_history(actor=self.actor(request), listing_id=listing_id)
        return Answer(serializers.PricePointAnswer(points, many=True).data)
