"""Loan products, and their comparison for a request."""

from uuid import UUID

from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors as people
from matching import services
from matching.serializers import lanes as serializers
from matching.services import LoanProductInput
from msmebazaar.core import clock
from msmebazaar.core.http.envelope import Answer
from msmebazaar.core.http.idempotency import idempotent
from msmebazaar.core.http.views import ApiView, WholeListView


class LoanProductList(ApiView):
    @extend_schema(operation_id="loan_products_list", responses=serializers.LoanProductAnswer(many=True))
    def get(self, request: Request) -> Response:
        """One's own loan products."""
        return self.page(request, services.own_products(actor=self.actor(request)), serializers.LoanProductAnswer)

    @extend_schema(
        operation_id="loan_products_create",
        request=serializers.LoanProductCreate,
        responses={201: serializers.LoanProductAnswer},
        description="What a lender lends, with everything a borrower must be told. It needs the role of a lender.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        actor = self.actor(request)
        checked = self.validated(serializers.LoanProductCreate, request)
        organisation_id = checked.pop("organisation_id", None)
        product = services.create_product(
            actor=actor,
            organisation_id=organisation_id or people.personal_organisation_id_of(user_id=actor.user_id),
            given=LoanProductInput(**checked),
        )
        return Answer(serializers.LoanProductAnswer(product).data, gettext("Saved."), status=201)


class LoanProductDetail(ApiView):
    @extend_schema(
        operation_id="loan_products_update",
        request=serializers.LoanProductWrite,
        responses=serializers.LoanProductAnswer,
    )
    def put(self, request: Request, product_id: UUID) -> Response:
        """Replaces the terms; `is_active` false takes the product out of every comparison."""
        given = LoanProductInput(**self.validated(serializers.LoanProductWrite, request))
        product = services.update_product(actor=self.actor(request), product_id=product_id, given=given)
        return Answer(serializers.LoanProductAnswer(product).data, gettext("Saved."))


class ListingLenders(WholeListView):
    @extend_schema(
        operation_id="listings_lenders",
        responses=serializers.LoanOfferAnswer(many=True),
        description="Every lender's product that fits an own request for a loan, each with the same facts, in an order no "
        "lender can "
        "influence. What was shown, and by which method, is written down. Indicative: the lender decides.",
    )
    def get(self, request: Request, listing_id: UUID) -> Response:
        offers = services.compare_loans(actor=self.actor(request), listing_id=listing_id, now=clock.now())
        return Answer(serializers.LoanOfferAnswer(offers, many=True).data)
