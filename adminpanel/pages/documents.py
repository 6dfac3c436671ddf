"""Papers: pages as pictures, the file itself behind a short link; merges of businesses and what two colleagues export."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from adminpanel.pages.common import actor_of, page, shown
from msme import selectors as businesses
from msme import services as msme
from msmebazaar.core import clock
from msmebazaar.core.actor import Duty

MOST_MERGES = 100


@require_safe
@page(Duty.REVIEW, back="admin:index")
def picture(request: HttpRequest, document_id: UUID, number: int) -> HttpResponse:
    """A page of a paper as a PNG; `X-Pages` says how many there are."""
    found = msme.page_for_staff(actor=actor_of(request), document_id=document_id, number=number, now=clock.now())
    response = HttpResponse(found.png, content_type="image/png")
    response["X-Pages"] = str(found.pages)
    response["Cache-Control"] = "private, max-age=300"
    return response


@require_POST
@page(Duty.REVIEW, back="admin:index")
def open_document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Hand a colleague to the short link of a paper; that they looked is written down."""
    link: Any = msme.give_staff_link(actor=actor_of(request), document_id=document_id, now=clock.now())
    return shown(request, "lists/link", link=link.url, is_watermarked=link.is_watermarked, title=_("Document"))


@require_http_methods(["GET", "POST"])
@page(Duty.REVIEW, back="admin:merges")
def merges(request: HttpRequest) -> HttpResponse:
    """Merges of businesses that can be taken back."""
    if request.method == "POST":
        try:
            key = UUID(request.POST.get("merge", ""))
        except ValueError:
            return redirect("admin:merges")
        msme.undo_merge(actor=actor_of(request), merge_id=key, now=clock.now())
        messages.success(request, _("The merge was taken back."))
        return redirect("admin:merges")
    return shown(request, "merges", merges=businesses.list_merges(limit=MOST_MERGES), title=_("Merges"))
