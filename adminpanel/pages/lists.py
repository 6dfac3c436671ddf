"""Saved views and exports of lists."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from adminpanel import services
from adminpanel.forms import SheetForm, ViewForm
from adminpanel.models import Sheet
from adminpanel.pages.common import actor_of, page, say_problem, shown
from adminpanel.types import SheetFormat
from msmebazaar.core import clock
from msmebazaar.core.exceptions import AppError

LAST_SHEETS = 50


@require_safe
@page()
def sheets(request: HttpRequest) -> HttpResponse:
    """One's files, the newest first, with how far they are."""
    rows = Sheet.objects.filter(made_by_id=actor_of(request).user_id).order_by("-created_at")[:LAST_SHEETS]
    return shown(request, "lists/sheets", sheets=rows, title=_("Exports"))


@require_POST
@page(back="admin:sheets")
def ask(request: HttpRequest) -> HttpResponse:
    form = SheetForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        services.ask_for_sheet(
            actor=actor_of(request), model=given["model"], query=given["query"], format=SheetFormat(given["format"])
        )
        messages.success(request, _("The file is being made; it stands here when it is ready."))
    return redirect("admin:sheets")


@require_safe
@page(back="admin:sheets")
def progress(request: HttpRequest, sheet_id: UUID) -> JsonResponse:
    """For the page's own script: how far a file is."""
    sheet = services.get_sheet(actor=actor_of(request), sheet_id=sheet_id)
    return JsonResponse({"state": sheet.state, "done": sheet.done, "total": sheet.total})


@require_POST
@page(back="admin:sheets")
def fetch(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """The short link on a page of its own: a form may not lead to another origin (CSP)."""
    link = services.give_sheet_link(actor=actor_of(request), sheet_id=sheet_id, now=clock.now())
    return shown(request, "lists/link", link=link, title=_("Your file"))


@require_POST
@page()
def save_view(request: HttpRequest) -> HttpResponse:
    form = ViewForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Give the view a name."))
        return redirect("admin:index")
    given = form.cleaned_data
    try:
        view = services.save_view(actor=actor_of(request), **given)
        messages.success(request, _("Saved as “%(name)s”.") % {"name": view.name})
    except AppError as error:
        say_problem(request, error)
        return redirect("admin:index")
    return redirect(address_of(view.model, view.query))


def address_of(model: str, query: str) -> str:
    """The list of a view."""
    page_of = reverse(f"admin:{model.replace('.', '_')}_changelist")
    return f"{page_of}?{query}" if query else page_of


@require_POST
@page()
def drop_view(request: HttpRequest, view_id: UUID) -> HttpResponse:
    services.drop_view(actor=actor_of(request), view_id=view_id)
    messages.success(request, _("Forgotten."))
    return redirect("admin:index")
