"""The breach desk."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from adminpanel import services
from adminpanel.forms import AffectedForm, BreachFacts, BreachForm
from adminpanel.models import Breach
from adminpanel.pages.common import actor_of, page, say_problem, shown, uuid_in
from adminpanel.reference import PEOPLE, RULES
from adminpanel.services import BreachInput
from adminpanel.types import BreachState
from msmebazaar.core import clock
from msmebazaar.core.actor import Duty
from msmebazaar.core.exceptions import AppError

MOST, MOST_PEOPLE = 50, 100


@require_http_methods(["GET", "POST"])
@page(Duty.PRIVACY)
def breaches(request: HttpRequest) -> HttpResponse:
    """All of them, open ones first with their clocks; a new one is opened here."""
    form = BreachForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        breach = services.open_breach(actor=actor_of(request), given=BreachInput(**form.cleaned_data))
        messages.warning(request, _("The clocks of 6 and 72 hours run."))
        return redirect("admin:breach", breach_id=breach.id)
    rows = Breach.objects.order_by("-state", "-known_at")[:MOST]
    return shown(request, "breaches/all", rows=rows, form=form, rules=RULES, now=clock.now(), title=_("Breaches"))


@require_http_methods(["GET", "POST"])
@page(Duty.PRIVACY, back="admin:breaches")
def breach(request: HttpRequest, breach_id: UUID) -> HttpResponse:
    """One breach: clocks, facts, who is affected, drafts of the notices, who was told."""
    actor = actor_of(request)
    row = services.get_breach(actor=actor, breach_id=breach_id)
    if request.method == "POST":
        try:
            _carry_out(request, breach_id)
        except AppError as error:
            say_problem(request, error)
        return redirect("admin:breach", breach_id=breach_id)
    facts = {name: getattr(row, name) for name in ("what_happened", "consequences", "measures")}
    return shown(
        request,
        "breaches/one",
        breach=row,
        is_open=row.state == BreachState.OPEN,
        facts=BreachFacts(initial=facts),
        affected_form=AffectedForm(),
        count=row.affected.count(),
        told=row.affected.filter(told_at__isnull=False).count(),
        affected=row.affected.select_related("person").order_by("-id")[:MOST_PEOPLE],
        drafts=services.drafts_of(row),
        rules=RULES,
        people_rule=PEOPLE,
        now=clock.now(),
        title=row.title,
    )


def _carry_out(request: HttpRequest, breach_id: UUID) -> None:
    actor, now, act = actor_of(request), clock.now(), request.POST.get("act", "")
    if act == "facts":
        facts = BreachFacts(request.POST)
        if facts.is_valid():
            services.update_breach(actor=actor, breach_id=breach_id, **facts.cleaned_data)
            messages.success(request, _("Saved."))
        else:
            messages.warning(request, _("Say what happened."))
    elif act == "affected":
        _add(request, breach_id)
    elif act in ("certin", "board"):
        services.mark_told(actor=actor, breach_id=breach_id, whom=act, now=now)
        messages.success(request, _("Noted."))
    elif act == "people":
        services.tell_people(actor=actor, breach_id=breach_id, now=now)
        messages.success(request, _("They are being told, each in their language."))
    elif act == "close":
        services.close_breach(actor=actor, breach_id=breach_id, now=now)
        messages.success(request, _("Closed."))


def _add(request: HttpRequest, breach_id: UUID) -> None:
    form = AffectedForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Give ids of people, or an account of staff with two moments."))
        return
    actor, given = actor_of(request), form.cleaned_data
    if given["username"]:
        count = services.add_affected_by_colleague(
            actor=actor,
            breach_id=breach_id,
            username=given["username"],
            since=given["since"],
            until=given["until"],
        )
    else:
        ids = [key for key in map(uuid_in, given["ids"].split()) if key is not None]
        count = services.add_affected(actor=actor, breach_id=breach_id, user_ids=ids, because="by id")
    messages.success(request, _("%(count)s people added.") % {"count": count})
