"""People: found, seen whole, merged, looked after; tasks about them."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import selectors as people
from accounts import services as accounts
from accounts.types import ProposalKind
from adminpanel import services
from adminpanel.forms import PersonAct, TaskForm
from adminpanel.models import Task
from adminpanel.pages.common import NOBODY, actor_of, page, say_problem, shown, uuid_in
from adminpanel.signin import step_up
from adminpanel.types import TaskState
from msmebazaar.core import clock, context, staff
from msmebazaar.core.actor import LOOKING, Duty
from msmebazaar.core.exceptions import AppError
from msmebazaar.core.staff import Whose

DEEDS = 50
CALLED = ("full_name", "title", "legal_name", "name", "kind", "status", "state", "id")
LOOKS = (
    ("me", "/api/v1/me/"),
    ("organisations", "/api/v1/organisations/"),
    ("businesses", "/api/v1/businesses/"),
    ("listings", "/api/v1/listings/?mine=true"),
    ("valuations", "/api/v1/valuations/"),
    ("mandates", "/api/v1/mandates/"),
    ("introductions", "/api/v1/introductions/"),
    ("notifications", "/api/v1/notifications/"),
)


@require_safe
@page(*LOOKING)
def search(request: HttpRequest) -> HttpResponse:
    """By phone, email, id or organisation; names are encrypted and cannot be searched."""
    text = request.GET.get("q", "")
    found = people.search_people(actor=actor_of(request), text=text)
    return shown(request, "people/search", text=text, found=found, title=_("People"))


@require_safe
@page(*LOOKING, back="admin:people")
def person(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """One person: who they are (masked), everything they did across the product, tasks, merges, what can be asked for."""
    actor = actor_of(request)
    found = people.get_person(actor=actor, user_id=user_id)
    accounts.record_reveal(actor=actor, subject_type="user", subject_id=user_id)
    subject = people.subject_of(user_id=user_id)
    organisations = (*subject.organisation_ids, *(each.id for each in found.organisations))
    before = _moment(request.GET.get("before", "")) or clock.now()
    deeds = staff.deeds_of(Whose(subject.user_ids, tuple(set(organisations))), before=before, limit=DEEDS + 1)
    return shown(
        request,
        "people/person",
        person=found,
        deeds=deeds[:DEEDS],
        older=deeds[DEEDS - 1].at.isoformat() if len(deeds) > DEEDS else "",
        tasks=Task.objects.filter(person_id=user_id).select_related("owner").order_by("state", "due_at")[:20],
        merges=people.merges_of(user_id=user_id),
        form=TaskForm(),
        act_form=PersonAct(),
        colleagues=people.list_colleagues(),
        title=found.full_name or _("Person"),
    )


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


@require_POST
@page(*LOOKING, back="admin:people")
def person_task(request: HttpRequest, user_id: UUID) -> HttpResponse:
    form = TaskForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Say what is to be done, and until when."))
        return redirect("admin:person", user_id=user_id)
    given = form.cleaned_data
    services.make_task(
        actor=actor_of(request),
        person_id=user_id,
        text=given["text"],
        due_at=given["due_at"],
        owner_id=given["owner"],
    )
    messages.success(request, _("Noted; they are reminded when it is due."))
    return redirect("admin:person", user_id=user_id)


@step_up
@require_POST
@page(*LOOKING, back="admin:people")
def person_act(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Look with their eyes, ask for a copy or an erasure, merge: asks for the password or a factor again."""
    form = PersonAct(request.POST)
    actor, now = actor_of(request), clock.now()
    if not form.is_valid():
        messages.warning(request, _("Give a reason of at least five letters; it is kept."))
        return redirect("admin:person", user_id=user_id)
    given = form.cleaned_data
    try:
        if given["act"] == "look":
            session_id, token = accounts.look_with_eyes_of(
                actor=actor, user_id=user_id, reason=given["reason"], now=now
            )
            request.session["look"] = {"token": token, "user_id": str(user_id), "session_id": str(session_id)}
            return redirect("admin:look", user_id=user_id)
        if given["act"] == "merge":
            accounts.merge_people(actor=actor, survivor_id=user_id, absorbed_id=given["other"], now=now)
            messages.success(request, _("Merged; it can be taken back on this page."))
        else:
            accounts.propose_for_person(
                actor=actor, kind=ProposalKind(given["act"]), user_id=user_id, reason=given["reason"]
            )
            messages.success(request, _("Proposed; a second colleague decides."))
    except AppError as error:
        say_problem(request, error)
    return redirect("admin:person", user_id=user_id)


@require_POST
@page(Duty.REVIEW, back="admin:people")
def undo_merge(request: HttpRequest, user_id: UUID, merge_id: UUID) -> HttpResponse:
    accounts.undo_contact_merge(actor=actor_of(request), merge_id=merge_id, now=clock.now())
    messages.success(request, _("Two people again."))
    return redirect("admin:person", user_id=user_id)


@require_safe
@page(*LOOKING, back="admin:people")
def look(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """What the person sees, read through the API with a token that can change nothing. A banner says whose eyes these are."""
    kept = request.session.get("look") or {}
    if kept.get("user_id") != str(user_id):
        return redirect("admin:person", user_id=user_id)
    answers = []
    for name, address in LOOKS:
        status, data = _asked(request, address, kept["token"])
        if status == 401:
            request.session.pop("look", None)
            messages.info(request, _("The look has ended."))
            return redirect("admin:person", user_id=user_id)
        answers.append((name, address, status, _rows(data)))
    context.bind_actor(str(actor_of(request).user_id))  # the person's requests had taken its place in the log
    person = people.get_person(actor=actor_of(request), user_id=user_id)
    return shown(request, "people/look", answers=answers, person=person, title=_("With their eyes"))


def _asked(request: HttpRequest, address: str, token: str) -> tuple[int, Any]:
    """An answer of our own API, asked within this process with the person's read-only token."""
    path, _sep, query = address.partition("?")
    match = resolve(path)
    inner = HttpRequest()
    inner.method, inner.path, inner.path_info = "GET", path, path
    inner.META = {
        **{
            name: value for name, value in request.META.items() if name in ("REMOTE_ADDR", "SERVER_NAME", "SERVER_PORT")
        },
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "QUERY_STRING": query,
        "REQUEST_METHOD": "GET",
    }
    inner.GET = inner.GET.__class__(query)
    inner.resolver_match = match
    response = match.func(inner, *match.args, **match.kwargs)
    response.render()
    return response.status_code, json.loads(response.content).get("data")


def _rows(data: Any) -> list[tuple[str, list[tuple[str, str]]]]:
    """What to call a thing, and its facts; of one thing, or of each of many."""
    things = data if isinstance(data, list) else [data] if data else []
    return [
        (
            next((str(thing[name]) for name in CALLED if thing.get(name)), ""),
            [
                (name.replace("_", " "), _in_words(value))
                for name, value in thing.items()
                if value not in (None, "", [], {})
            ],
        )
        for thing in things
        if isinstance(thing, dict)
    ]


def _in_words(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else str(value)


@require_POST
@page(*LOOKING, back="admin:people")
def look_end(request: HttpRequest, user_id: UUID) -> HttpResponse:
    kept = request.session.pop("look", None)
    if kept:
        accounts.end_look(actor=actor_of(request), session_id=UUID(kept["session_id"]), now=clock.now())
    messages.info(request, _("The look has ended."))
    return redirect("admin:person", user_id=user_id)


@require_http_methods(["GET", "POST"])
@page(back="admin:tasks")
def tasks(request: HttpRequest) -> HttpResponse:
    """One's own tasks, what is due first; done and dropped here."""
    actor = actor_of(request)
    if request.method == "POST":
        services.close_task(
            actor=actor,
            task_id=uuid_in(request.POST.get("task", "")) or NOBODY,
            is_done=request.POST.get("act") == "done",
            now=clock.now(),
        )
        messages.success(request, _("Closed."))
        return redirect("admin:tasks")
    rows = Task.objects.filter(owner_id=actor.user_id, state=TaskState.OPEN).select_related("person", "made_by")
    return shown(request, "people/tasks", tasks=rows.order_by("due_at")[:200], now=clock.now(), title=_("Tasks"))
