"""The review queue: the longest waiting first, everything needed to decide on one page, the next item after each."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import selectors as people
from accounts import services as accounts
from adminpanel.forms import DataAnswer, DuplicateDecision, ReviewDecision, TierDecision, ValuationDecision
from adminpanel.signin import step_up
from msme import selectors as listings
from msme import services
from msme.types import ReviewReason
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor
from msmebazaar.core.exceptions import AppError
from msmebazaar.core.http.problems import to_problem
from valuation import selectors as valuations
from valuation import services as appraisals

QUEUE_LENGTH = 50


def _actor(request: HttpRequest) -> Actor:
    """Staff who are logged in; `admin_view` let nobody else through."""
    assert request.user.pk is not None, "admin_view refuses anonymous requests"
    return people.actor_of(user_id=request.user.pk)


@require_safe
def review_queue(request: HttpRequest) -> HttpResponse:
    items = listings.list_review_items(limit=QUEUE_LENGTH)
    shown = {"items": items, "count": listings.count_review_items(), "title": _("Listings to review")}
    return render(request, "admin/review/queue.html", {**admin.site.each_context(request), **shown})


@require_http_methods(["GET", "POST"])
def review_listing(request: HttpRequest, listing_id: UUID) -> HttpResponse:
    """Approve, or ask for changes with a reason. What somebody else decided meanwhile is said, and nothing happens twice."""
    form = ReviewDecision(request.POST or None)
    try:
        if request.method == "POST" and form.is_valid():
            _carry_out(request, listing_id, form)
            return _next_item()
        item = listings.get_review_item(listing_id=listing_id)
    except AppError as error:
        messages.warning(request, to_problem(error).detail)
        return redirect("admin:review-listings")
    shown = {"item": item, "form": form, "title": item.title}
    return render(request, "admin/review/listing.html", {**admin.site.each_context(request), **shown})


def _carry_out(request: HttpRequest, listing_id: UUID, form: ReviewDecision) -> None:
    actor = _actor(request)
    if form.cleaned_data["decision"] == "approve":
        listing = services.approve_listing(actor=actor, listing_id=listing_id, now=clock.now())
        messages.success(request, _("“%(title)s” is live.") % {"title": listing.title})
        return
    listing = services.ask_for_changes(
        actor=actor,
        listing_id=listing_id,
        reason=ReviewReason(form.cleaned_data["reason"]),
        note=form.cleaned_data["note"],
        now=clock.now(),
    )
    messages.success(request, _("“%(title)s” went back to its owner.") % {"title": listing.title})


def _next_item() -> HttpResponse:
    following = listings.list_review_items(limit=1)
    if following:
        return redirect("admin:review-listing", listing_id=following[0].listing_id)
    return redirect("admin:review-listings")


@require_safe
def tier_queue(request: HttpRequest) -> HttpResponse:
    """Organisations that ask for a badge, the longest waiting first."""
    waiting = people.open_verification_requests()
    shown = {"items": waiting[:QUEUE_LENGTH], "count": waiting.count(), "title": _("Verifications to review")}
    return render(request, "admin/review/tiers.html", {**admin.site.each_context(request), **shown})


@require_http_methods(["GET", "POST"])
def review_tier(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Grant a badge with what was seen, or say why not."""
    form = TierDecision(request.POST or None)
    try:
        if request.method == "POST" and form.is_valid():
            text, now = form.cleaned_data["text"], clock.now()
            if form.cleaned_data["decision"] == "approve":
                accounts.approve_verification(actor=_actor(request), request_id=request_id, evidence=text, now=now)
            else:
                accounts.reject_verification(actor=_actor(request), request_id=request_id, reason=text, now=now)
            messages.success(request, _("Decided; the organisation is told."))
            return redirect("admin:review-tiers")
        item = people.get_open_verification_request(request_id=request_id)
    except AppError as error:
        messages.warning(request, to_problem(error).detail)
        return redirect("admin:review-tiers")
    papers = listings.documents_of(organisation_id=item.organisation_id)
    shown = {"item": item, "form": form, "papers": papers, "title": item.get_tier_display()}
    return render(request, "admin/review/tier.html", {**admin.site.each_context(request), **shown})


@require_http_methods(["GET", "POST"])
def duplicates(request: HttpRequest) -> HttpResponse:
    """Businesses that may be one: keep both, merge one into the other, or take a merge back."""
    form = DuplicateDecision(request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            _decide_on_duplicates(request, form.cleaned_data)
        return redirect("admin:review-duplicates")
    shown = {
        "items": listings.list_open_pairs(limit=QUEUE_LENGTH),
        "count": listings.count_open_pairs(),
        "merges": listings.list_merges(limit=QUEUE_LENGTH),
        "title": _("Possible duplicates"),
    }
    return render(request, "admin/review/duplicates.html", {**admin.site.each_context(request), **shown})


def _decide_on_duplicates(request: HttpRequest, decided: dict[str, Any]) -> None:
    actor, now, key = _actor(request), clock.now(), decided["id"]
    try:
        if decided["decision"] == "dismiss":
            services.dismiss_pair(actor=actor, pair_id=key, now=now)
            messages.success(request, _("Kept as two businesses."))
        elif decided["decision"] == "merge":
            services.merge_pair(actor=actor, pair_id=key, keep_id=decided["keep"], now=now)
            messages.success(request, _("Merged. You can take it back below."))
        else:
            services.undo_merge(actor=actor, merge_id=key, now=now)
            messages.success(request, _("The merge was taken back."))
    except AppError as error:
        messages.warning(request, to_problem(error).detail)


@require_http_methods(["POST"])
def open_document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Hand a colleague to the short link of a paper they review; that they looked is written down."""
    try:
        link = services.give_staff_link(actor=_actor(request), document_id=document_id, now=clock.now())
    except AppError as error:
        messages.warning(request, to_problem(error).detail)
        return redirect("admin:review-tiers")
    shown = {"link": link, "title": _("Document")}  # a page, because a form may not lead to another origin (CSP)
    return render(request, "admin/review/document.html", {**admin.site.each_context(request), **shown})


@require_safe
def data_desk(request: HttpRequest) -> HttpResponse:
    """Requests of data subjects, what is due first."""
    waiting = people.open_data_requests()
    shown = {"items": waiting[:QUEUE_LENGTH], "count": waiting.count(), "now": clock.now()}
    shown["title"] = _("Data requests")
    return render(request, "admin/desk/queue.html", {**admin.site.each_context(request), **shown})


@require_http_methods(["GET", "POST"])
def data_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    form = DataAnswer(request.POST or None)
    try:
        if request.method == "POST" and form.is_valid():
            accounts.answer_data_request(
                actor=_actor(request), request_id=request_id, answer=form.cleaned_data["answer"], now=clock.now()
            )
            messages.success(request, _("Answered; the person is told."))
            return redirect("admin:data-desk")
        item = people.get_open_data_request(request_id=request_id)
    except AppError as error:
        messages.warning(request, to_problem(error).detail)
        return redirect("admin:data-desk")
    shown = {"item": item, "form": form, "title": item.get_kind_display()}
    return render(request, "admin/desk/request.html", {**admin.site.each_context(request), **shown})


@step_up
@require_http_methods(["POST"])
def export_for(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Make the person's copy for them; it reaches them, not us. Asks for the password or a factor again."""
    try:
        item = people.get_open_data_request(request_id=request_id)
    except AppError as error:
        messages.warning(request, to_problem(error).detail)
        return redirect("admin:data-desk")
    accounts.request_export(user_id=item.user_id, actor_id=_actor(request).user_id)
    messages.success(request, _("The copy is being made; the person is told when it is ready."))
    return redirect("admin:data-request", request_id=request_id)


@require_http_methods(["GET", "POST"])
def valuation_desk(request: HttpRequest, valuation_id: UUID) -> HttpResponse:
    """One valuation: run it again, propose or decide on an override, record a registered valuer's sign-off."""
    form = ValuationDecision(request.POST or None)
    try:
        if request.method == "POST" and form.is_valid():
            return redirect("admin:valuation-desk", valuation_id=_decide_on_valuation(request, valuation_id, form))
        item = valuations.get_desk_item(valuation_id=valuation_id)
    except AppError as error:
        messages.warning(request, to_problem(error).detail)
        return redirect("admin:valuation_valuation_changelist")
    own_id = _actor(request).user_id
    shown = {"item": item, "form": form, "own_id": own_id, "title": item.business_name}
    return render(request, "admin/desk/valuation.html", {**admin.site.each_context(request), **shown})


def _decide_on_valuation(request: HttpRequest, valuation_id: UUID, form: ValuationDecision) -> UUID:
    """Carry out what was chosen; which valuation to look at next."""
    actor, now, given = _actor(request), clock.now(), form.cleaned_data
    try:
        if given["decision"] == "rerun":
            found = appraisals.rerun(actor=actor, valuation_id=valuation_id, today=clock.today_in_india())
            messages.success(request, _("Valued again; the owner is told."))
            return found
        if given["decision"] == "propose":
            amounts = {name: given[name] for name in ("point_inr", "low80_inr", "high80_inr")}
            appraisals.propose_override(actor=actor, valuation_id=valuation_id, reason=given["text"], **amounts)
            messages.success(request, _("Proposed; a second colleague decides."))
        elif given["decision"] == "sign_off":
            appraisals.record_sign_off(
                actor=actor,
                valuation_id=valuation_id,
                valuer_name=given["valuer_name"],
                registration_number=given["registration_number"],
                note=given["text"],
            )
            messages.success(request, _("The sign-off is recorded."))
        else:
            decide = appraisals.approve_override if given["decision"] == "approve" else appraisals.reject_override
            decide(actor=actor, override_id=given["override_id"], now=now)
            messages.success(request, _("Decided."))
    except AppError as error:
        messages.warning(request, to_problem(error).detail)
    return valuation_id
