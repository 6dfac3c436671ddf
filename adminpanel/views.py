"""The review queue: the longest waiting first, everything needed to decide on one page, the next item after each."""

from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import selectors as people
from adminpanel.forms import ReviewDecision
from msme import selectors as listings
from msme import services
from msme.types import ReviewReason
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor
from msmebazaar.core.exceptions import AppError
from msmebazaar.core.http.problems import to_problem

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
    )
    messages.success(request, _("“%(title)s” went back to its owner.") % {"title": listing.title})


def _next_item() -> HttpResponse:
    following = listings.list_review_items(limit=1)
    if following:
        return redirect("admin:review-listing", listing_id=following[0].listing_id)
    return redirect("admin:review-listings")
