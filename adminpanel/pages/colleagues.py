"""Colleagues: who is there for what; duties are proposed here and agreed to in the queue. One's own token and presence."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import selectors as people
from accounts import services as accounts
from accounts.services import Duties
from adminpanel.forms import DUTY_NAMES, DutiesForm, HireForm
from adminpanel.pages.common import actor_of, page, say_problem, shown
from adminpanel.signin import step_up
from msmebazaar.core import clock
from msmebazaar.core.actor import Duty
from msmebazaar.core.exceptions import AppError


@require_safe
@page(Duty.STAFFING)
def colleagues(request: HttpRequest) -> HttpResponse:
    rows = [(each, [DUTY_NAMES[Duty(duty)] for duty in sorted(each.duties)]) for each in people.list_colleagues()]
    return shown(
        request,
        "colleagues/all",
        rows=rows,
        form=HireForm(),
        own=people.own_proposals(actor=actor_of(request)),
        title=_("Colleagues"),
    )


@step_up
@require_POST
@page(Duty.STAFFING, back="admin:colleagues")
def hire(request: HttpRequest) -> HttpResponse:
    """A colleague without duties; their first password is shown once, on this page only."""
    form = HireForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("A user name has 3 to 60 small letters, digits, dots or hyphens."))
        return redirect("admin:colleagues")
    user_id, password = accounts.hire(actor=actor_of(request), username=form.cleaned_data["username"])
    return shown(
        request,
        "colleagues/hired",
        username=form.cleaned_data["username"],
        password=password,
        user_id=user_id,
        title=_("New colleague"),
    )


@require_http_methods(["GET", "POST"])
@page(Duty.STAFFING, back="admin:colleagues")
def colleague(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Propose duties; a second colleague agrees in the queue."""
    found = next((each for each in people.list_colleagues() if each.user_id == user_id), None)
    if found is None:
        return redirect("admin:colleagues")
    initial = {name: sorted(getattr(found, name)) for name in ("duties", "regions", "languages")}
    form = DutiesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            accounts.propose_duties(
                actor=actor_of(request),
                user_id=user_id,
                wanted=Duties(given["duties"], given["regions"], given["languages"]),
                reason=given["reason"],
            )
            messages.success(request, _("Proposed; a second colleague decides."))
        except AppError as error:
            say_problem(request, error)
        return redirect("admin:colleagues")
    return shown(request, "colleagues/one", colleague=found, form=form, title=found.username)


@require_POST
@page(back="admin:index")
def withdraw(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    accounts.withdraw_proposal(actor=actor_of(request), proposal_id=proposal_id, now=clock.now())
    messages.success(request, _("Withdrawn."))
    return redirect("admin:index")


@step_up
@require_http_methods(["GET", "POST"])
@page()
def token(request: HttpRequest) -> HttpResponse:
    """Tokens for the API, shown once: what the colleague may do here, a program may do with them."""
    made = None
    if request.method == "POST":
        actor = actor_of(request)
        made = accounts.open_session(user_id=actor.user_id, user_agent="staff API token", now=clock.now())
    return shown(request, "colleagues/token", tokens=made, title=_("API token"))


@require_POST
@page()
def presence(request: HttpRequest) -> HttpResponse:
    """Away: no work is assigned."""
    accounts.set_away(actor=actor_of(request), is_away=request.POST.get("away") == "yes")
    messages.success(request, _("Noted."))
    return redirect("admin:index")
