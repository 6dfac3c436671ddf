"""Valuations: ask, poll, compare, try, show, share."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers as rest
from rest_framework.request import Request
from rest_framework.response import Response

from msmebazaar.core import clock
from msmebazaar.core.http.envelope import Answer
from msmebazaar.core.http.idempotency import idempotent
from msmebazaar.core.http.serializers import Base
from msmebazaar.core.http.views import ApiView, WholeListView
from valuation import presentation, report, selectors, serializers, services, workbook
from valuation.engine.v2.levers import Scenario
from valuation.engine.v2.texts import say
from valuation.exceptions import ShareLinkNotFound
from valuation.explanation import explain, track_record
from valuation.models import Valuation
from valuation.texts import SHARED_PAGE
from valuation.types import ValuationStatus

PDF, XLSX = "application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LANGUAGE = OpenApiParameter("language", str, enum=["en", "hi"], description="Of the report; English unless said.")


class ValuationFilter(Base):
    business_id = rest.UUIDField(required=False)
    status = rest.ChoiceField(choices=ValuationStatus.choices, required=False)


class ValuationList(ApiView):
    @extend_schema(
        operation_id="valuations_list",
        parameters=[ValuationFilter],
        responses=serializers.ValuationBrief(many=True),
        description="One's own valuations, the newest first.",
    )
    def get(self, request: Request) -> Response:
        wanted = ValuationFilter(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        rows = selectors.own_valuations(actor=self.actor(request)).filter(**wanted.validated_data)
        return self.page(request, rows, serializers.ValuationBrief)

    @extend_schema(
        operation_id="valuations_create",
        request=serializers.ValuationRequest,
        responses={202: serializers.ValuationAnswer},
        description="Asks for a valuation that a worker makes; poll `Location`. The same figures and answers give the same "
        "valuation on the same day. The asking price is never an input.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        checked = self.validated(serializers.ValuationRequest, request)
        valuation = services.request_valuation(
            actor=self.actor(request),
            business_id=checked["business_id"],
            answers=serializers.answers_of(checked),
            purpose=checked["purpose"],
            valuation_date=checked["valuation_date"],
            today=clock.today_in_india(),
        )
        location = reverse("valuation", args=[valuation.id])
        return Answer(_valuation(valuation), gettext("Being calculated."), status=202, headers={"Location": location})


class ValuationCheck(ApiView):
    @extend_schema(
        operation_id="valuations_check",
        request=serializers.ValuationCheck,
        responses=serializers.CheckAnswer,
        description="Before asking: the newest figures in words, to be confirmed by a person, and what would be refused or "
        "warned of. Nothing is kept.",
    )
    def post(self, request: Request) -> Response:
        checked = self.validated(serializers.ValuationCheck, request)
        found = selectors.check_case(
            actor=self.actor(request),
            business_id=checked["business_id"],
            answers=serializers.answers_of(checked),
            valuation_date=checked["valuation_date"],
            today=clock.today_in_india(),
        )
        shown = presentation.shown_check(found["output"], found["newest"])
        return Answer(serializers.CheckAnswer(shown).data)


class ValuationDetail(ApiView):
    @extend_schema(operation_id="valuations_retrieve", responses=serializers.ValuationAnswer)
    def get(self, request: Request, valuation_id: UUID) -> Response:
        return Answer(_valuation(selectors.get_own_valuation(actor=self.actor(request), valuation_id=valuation_id)))


class ComparisonQuery(Base):
    other = rest.UUIDField(help_text="The valuation to compare with.")


class ValuationComparison(ApiView):
    @extend_schema(
        operation_id="valuations_compare",
        parameters=[ComparisonQuery],
        responses=serializers.ComparisonAnswer,
        description="What changed between two valuations of one business, and why.",
    )
    def get(self, request: Request, valuation_id: UUID) -> Response:
        actor = self.actor(request)
        own = selectors.get_own_valuation(actor=actor, valuation_id=valuation_id)
        wanted = ComparisonQuery(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        other = wanted.validated_data["other"]
        older, newer = selectors.compare(actor=actor, first_id=own.id, second_id=other)
        return Answer(serializers.ComparisonAnswer(presentation.shown_comparison(older, newer)).data)


class ValuationLevers(WholeListView):
    @extend_schema(
        operation_id="valuations_levers",
        responses=serializers.LeverAnswer(many=True),
        description="What would raise the value, each change alone, the largest effect first.",
    )
    def get(self, request: Request, valuation_id: UUID) -> Response:
        found = selectors.list_levers(actor=self.actor(request), valuation_id=valuation_id)
        return Answer(serializers.LeverAnswer([presentation.shown_lever(lever) for lever in found], many=True).data)


class ValuationScenario(ApiView):
    @extend_schema(
        operation_id="valuations_scenario",
        request=serializers.ScenarioWrite,
        responses=serializers.ScenarioAnswer,
        description="What the business would be worth if; nothing is kept.",
    )
    def post(self, request: Request, valuation_id: UUID) -> Response:
        checked = self.validated(serializers.ScenarioWrite, request)
        wanted = Scenario(checked.get("owner_salary_inr"), checked.get("growth"), checked.get("customer_lost"))
        found = selectors.try_scenario(actor=self.actor(request), valuation_id=valuation_id, wanted=wanted)
        return Answer(serializers.ScenarioAnswer(presentation.shown_scenario(found)).data)


class ValuationReport(ApiView):
    @extend_schema(
        operation_id="valuations_report",
        parameters=[LANGUAGE],
        responses={(200, PDF): OpenApiTypes.BINARY},
        description="The report as PDF, in the section order of ICAI VS 202.",
    )
    def get(self, request: Request, valuation_id: UUID) -> HttpResponse:
        row = selectors.get_result(actor=self.actor(request), valuation_id=valuation_id)
        language = "hi" if request.query_params.get("language") == "hi" else "en"
        return _file(report.pdf_of(row, language), PDF, f"valuation-{row.id}-{language}.pdf")


class ValuationWorkingPapers(ApiView):
    @extend_schema(
        operation_id="valuations_working_papers",
        responses={(200, XLSX): OpenApiTypes.BINARY},
        description="The calculation as a workbook with live formulas, for a registered valuer.",
    )
    def get(self, request: Request, valuation_id: UUID) -> HttpResponse:
        row = selectors.get_result(actor=self.actor(request), valuation_id=valuation_id)
        return _file(workbook.xlsx_of(row), XLSX, f"valuation-{row.id}.xlsx")


class ValuationNarrative(ApiView):
    @extend_schema(
        operation_id="valuation_narrative_retrieve",
        responses=serializers.NarrativeAnswer,
        description="Sentences about a result, in the language of the request; 404 until they were asked for.",
    )
    def get(self, request: Request, valuation_id: UUID) -> Response:
        found = selectors.get_own_narrative(
            actor=self.actor(request), valuation_id=valuation_id, language=presentation.language()
        )
        return Answer(serializers.NarrativeAnswer(found).data)

    @extend_schema(
        operation_id="valuation_narrative_create",
        request=None,
        responses={202: serializers.NarrativeAnswer},
        description="Asks for sentences about a result. Where a language model is set, the facts go to it without any name, and "
        "its text is used only if every number in it stands in the result; our templates are used otherwise.",
    )
    @idempotent
    def post(self, request: Request, valuation_id: UUID) -> Response:
        made = services.request_narrative(
            actor=self.actor(request), valuation_id=valuation_id, language=presentation.language()
        )
        return Answer(serializers.NarrativeAnswer(made).data, gettext("Being written."), status=202)


class ShareList(ApiView):
    @extend_schema(operation_id="valuation_shares_list", responses=serializers.ShareAnswer(many=True))
    def get(self, request: Request, valuation_id: UUID) -> Response:
        """Links to a report, and how often each was opened."""
        rows = selectors.share_links(actor=self.actor(request), valuation_id=valuation_id)
        return self.page(request, rows, serializers.ShareAnswer)

    @extend_schema(
        operation_id="valuation_shares_create",
        request=serializers.ShareWrite,
        responses={201: serializers.ShareMade},
        description="Makes a link to the report for somebody without an account. It ends by itself and can be revoked.",
    )
    @idempotent
    def post(self, request: Request, valuation_id: UUID) -> Response:
        checked = self.validated(serializers.ShareWrite, request)
        link, token = services.make_share_link(
            actor=self.actor(request), valuation_id=valuation_id, now=clock.now(), **checked
        )
        url = request.build_absolute_uri(reverse("shared-valuation", args=[token]))
        return Answer(serializers.ShareMade(link, context={"url": url}).data, gettext("Link made."), status=201)


class ShareDetail(ApiView):
    @extend_schema(operation_id="valuation_shares_revoke", responses={204: None})
    def delete(self, request: Request, valuation_id: UUID, share_id: UUID) -> Response:
        services.revoke_share_link(
            actor=self.actor(request), valuation_id=valuation_id, share_id=share_id, now=clock.now()
        )
        return Response(status=204)


class ListingValuationDetail(ApiView):
    @extend_schema(
        operation_id="listing_valuation_retrieve",
        responses=serializers.ShownAnswer,
        description="What the owner lets members see of the valuation beside a listing; 404 where nothing is shown.",
    )
    def get(self, request: Request, listing_id: UUID) -> Response:
        shown = selectors.get_shown_valuation(actor=self.actor(request), listing_id=listing_id)
        return Answer(_beside(shown))

    @extend_schema(
        operation_id="listing_valuation_show", request=serializers.ShowWrite, responses=serializers.ShownAnswer
    )
    def put(self, request: Request, listing_id: UUID) -> Response:
        """The owner's consent: members see the range, or the value too."""
        checked = self.validated(serializers.ShowWrite, request)
        shown = services.show_on_listing(actor=self.actor(request), listing_id=listing_id, **checked)
        return Answer(_beside(shown), gettext("Members see it now."))

    @extend_schema(operation_id="listing_valuation_hide", responses={204: None})
    def delete(self, request: Request, listing_id: UUID) -> Response:
        services.hide_from_listing(actor=self.actor(request), listing_id=listing_id)
        return Response(status=204)


class ListingClosedPrice(ApiView):
    @extend_schema(
        operation_id="listings_closed_price",
        request=serializers.ClosedPriceWrite,
        responses=serializers.ClosedPriceAnswer,
        description="What an own sold listing brought. Nobody else sees it; it teaches the engine. Sending it again replaces it.",
    )
    def put(self, request: Request, listing_id: UUID) -> Response:
        checked = self.validated(serializers.ClosedPriceWrite, request)
        row = services.record_closed_price(
            actor=self.actor(request), listing_id=listing_id, price_inr=checked["price_inr"], now=clock.now()
        )
        return Answer(serializers.ClosedPriceAnswer(row).data, gettext("Thank you. Saved."))


@require_safe
@never_cache
def shared_valuation(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind a link: what the report says and how to tell that it is ours; the PDF with `?pdf=1`."""
    try:
        link = services.open_share_link(token=token, now=clock.now())
    except ShareLinkNotFound:
        return render(request, "valuation/shared_gone.html", status=404)
    row = link.valuation
    if request.GET.get("pdf"):
        return _file(report.pdf_of(row, link.language), PDF, f"valuation-{row.id}.pdf")
    with translation.override(link.language):
        label = {name: say(SHARED_PAGE, name, link.language) for name in SHARED_PAGE}
        shown = {
            "row": row,
            "link": link,
            "paragraphs": explain(row, link.language),
            "language": link.language,
            "label": label,
        }
        response = render(request, "valuation/shared.html", shown)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _valuation(valuation: Valuation) -> Any:
    return serializers.ValuationAnswer(valuation).data


def _beside(shown: Any) -> Any:
    track = track_record(shown.valuation.pack_id, presentation.language())
    return serializers.ShownAnswer(presentation.shown_beside(shown, track)).data


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
