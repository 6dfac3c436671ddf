"""Work: a queue, one item of it, many at once after a preview, one's last decisions."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import selectors as people
from adminpanel import services
from adminpanel.acts import ACTS, Act, Given, act_of
from adminpanel.exceptions import QueueNotFound
from adminpanel.forms import ActForm, BulkForm
from adminpanel.models import Decision
from adminpanel.pages.common import NOBODY, actor_of, page, say_problem, shown, uuid_in
from matching import services as matching
from msme import selectors as businesses
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor
from msmebazaar.core.exceptions import AppError
from msmebazaar.core.http.problems import to_problem, translated
from msmebazaar.core.staff import Queue
from msmebazaar.core.types.states import STATES
from valuation import selectors as valuations

PAGE_LENGTH, MOST_PAGES, LAST_DECISIONS = 50, 10_000, 50


def _tier(actor: Actor, key: UUID) -> dict[str, Any]:
    request = people.get_verification_for_staff(actor=actor, request_id=key)
    return {"request": request, "papers": businesses.documents_of(organisation_id=request.organisation_id)}


DETAILS: dict[str, Callable[[Actor, UUID], Any]] = {
    "listings": lambda _actor, key: businesses.get_review_item(listing_id=key),
    "documents": lambda actor, key: businesses.get_paper(actor=actor, document_id=key),
    "tiers": _tier,
    "duplicates": lambda _actor, key: businesses.get_open_pair(pair_id=key),
    "oddities": lambda actor, key: valuations.get_oddity_desk_item(actor=actor, oddity_id=key),
    "overrides": lambda actor, key: valuations.get_override_desk_item(actor=actor, override_id=key),
    "reports": lambda actor, key: matching.get_report(actor=actor, report_id=key),
    "data_requests": lambda actor, key: people.get_data_request_for_staff(actor=actor, request_id=key),
    "proposed_duties": lambda actor, key: people.get_proposal(actor=actor, proposal_id=key),
    "proposed_for_people": lambda actor, key: people.get_proposal(actor=actor, proposal_id=key),
    "dead_letters": lambda _actor, key: services.get_dead_letter(delivery_id=key),
}


def queue_or_403(actor: Actor, name: str) -> Queue:
    try:
        return services.queue_of(actor, name)
    except QueueNotFound as error:
        raise PermissionDenied from error


@require_safe
def queue(request: HttpRequest, queue: str) -> HttpResponse:
    """What waits, the longest first, with whoever has it; filters by state and language."""
    actor, now = actor_of(request), clock.now()
    found = queue_or_403(actor, queue)
    state, language = request.GET.get("state", ""), request.GET.get("language", "")
    wanted = request.GET.get("page", "1")
    number = min(max(1, int(wanted)), MOST_PAGES) if wanted.isdecimal() else 1
    items = found.list(
        actor=actor, state=state, language=language, offset=(number - 1) * PAGE_LENGTH, limit=PAGE_LENGTH + 1
    )
    claims = services.claims_on(actor=actor, queue=queue, item_ids=[item.id for item in items], now=now)
    return shown(
        request,
        "work/queue",
        queue=found,
        title=translated(found.title),
        count=found.count(actor=actor, state=state, language=language),
        rows=[(item, item.colour(now), claims.get(item.id), _address(found, item.id)) for item in items[:PAGE_LENGTH]],
        acts=[act for act in ACTS.get(queue, ()) if act.bulk],
        reasons=_reasons(queue),
        now=now,
        chosen={"state": state, "language": language},
        states=STATES if found.region else (),
        page_number=number,
        has_more=len(items) > PAGE_LENGTH,
    )


def _address(found: Queue, item_id: UUID) -> str:
    return reverse(found.page, args=[item_id]) if found.page else reverse("admin:work-item", args=[found.name, item_id])


@require_safe
def next_one(request: HttpRequest, queue: str) -> HttpResponse:
    """The next item to work on; the queue's page when nothing is left."""
    actor = actor_of(request)
    found = queue_or_403(actor, queue)
    key = services.next_item(actor=actor, queue=queue, now=clock.now())
    if key is None:
        messages.info(request, _("Nothing is left here. Well done."))
        return redirect("admin:work", queue=queue)
    return redirect(_address(found, key))


@require_http_methods(["GET", "POST"])
def item(request: HttpRequest, queue: str, item_id: UUID) -> HttpResponse:
    """One item with everything that is needed to decide; opening it claims it, deciding leads to the next."""
    actor = actor_of(request)
    found = queue_or_403(actor, queue)
    if found.page:
        return redirect(_address(found, item_id))
    form = ActForm(request.POST or None)
    try:
        if request.method == "POST":
            if request.POST.get("act") == "release":
                services.release(actor=actor, queue=queue, item_id=item_id)
                return redirect("admin:work", queue=queue)
            if form.is_valid() and _decide(request, actor, queue, item_id, form):
                return redirect("admin:work-next", queue=queue)
        waiting = services.claim(actor=actor, queue=queue, item_id=item_id, now=clock.now())
        detail = DETAILS[queue](actor, item_id)
    except AppError as error:
        say_problem(request, error)
        return redirect("admin:work", queue=queue)
    return shown(
        request,
        "work/item",
        queue=found,
        queue_title=translated(found.title),
        waiting=waiting,
        colour=waiting.colour(clock.now()),
        detail=detail,
        acts=ACTS[queue],
        reasons=_reasons(queue),
        given=request.POST,
        part=f"admin/desk/parts/{queue}.html",
        title=waiting.title,
    )


def _decide(request: HttpRequest, actor: Actor, queue: str, item_id: UUID, form: ActForm) -> bool:
    """Carry it out and say so, with the way back; what is missing is said and the page stays."""
    given = form.cleaned_data
    try:
        decision = services.decide(
            actor=actor,
            queue=queue,
            item_id=item_id,
            act=given["act"],
            given=Given(given["reason"], given["text"].strip(), given["keep"]),
            now=clock.now(),
        )
    except AppError as error:
        if not to_problem(error).errors:
            raise
        say_problem(request, error)
        return False
    act = act_of(queue, decision.what)
    assert act is not None, "it has just been carried out"
    note = _(" You can take it back for a quarter of an hour under My decisions.") if act.undo else ""
    messages.success(request, translated(act.done) % {"title": decision.title} + note)
    return True


def _reasons(queue: str) -> list[tuple[Act, list[tuple[str, str, str]]]]:
    """By act: code, and what the owner reads in English and in Hindi."""
    found = []
    for act in ACTS.get(queue, ()):
        texts = []
        for code, label in act.reasons:
            with translation.override("en"):
                english = str(label)
            with translation.override("hi"):
                texts.append((code, english, str(label)))
        if texts:
            found.append((act, texts))
    return found


@require_POST
def bulk(request: HttpRequest, queue: str) -> HttpResponse:
    """First what would happen with each, then, once confirmed, what did."""
    actor = actor_of(request)
    found = queue_or_403(actor, queue)
    form = BulkForm(request.POST, offered=request.POST.getlist("items"))
    if not form.is_valid():
        messages.warning(request, _("Choose items and what to do with them."))
        return redirect("admin:work", queue=queue)
    given = form.cleaned_data
    chosen = Given(given["reason"], given["text"].strip())
    try:
        ids = [UUID(item) for item in given["items"]]
    except ValueError:
        return redirect("admin:work", queue=queue)
    content: dict[str, Any] = {}
    try:
        if given["step"] == "carry_out":
            content["outcomes"] = [
                (outcome, translated(to_problem(outcome.problem).detail) if outcome.problem else "")
                for outcome in services.decide_many(
                    actor=actor, queue=queue, item_ids=ids, act=given["act"], given=chosen, now=clock.now()
                )
            ]
        else:
            content["foreseen"] = [
                (each, translated(to_problem(each.problem).detail) if each.problem else "")
                for each in services.foresee(
                    actor=actor, queue=queue, item_ids=ids, act=given["act"], given=chosen, now=clock.now()
                )
            ]
    except AppError as error:
        say_problem(request, error)
        return redirect("admin:work", queue=queue)
    act = act_of(queue, given["act"])
    texts = {code: (english, hindi) for _act, all_of in _reasons(queue) for code, english, hindi in all_of}
    return shown(
        request,
        "work/bulk",
        queue=found,
        queue_title=translated(found.title),
        act=act,
        given=chosen,
        told=texts.get(chosen.reason),
        title=translated(act.title) if act else "",
        **content,
    )


@require_http_methods(["GET", "POST"])
@page(back="admin:decisions")
def decisions(request: HttpRequest) -> HttpResponse:
    """One's last decisions; those that can be taken back have a button."""
    actor, now = actor_of(request), clock.now()
    if request.method == "POST":
        key = uuid_in(request.POST.get("decision", "")) or NOBODY
        services.undo(actor=actor, decision_id=key, now=now)
        messages.success(request, _("Taken back; it waits again."))
        return redirect("admin:decisions")
    rows = Decision.objects.filter(by_id=actor.user_id).order_by("-created_at")[:LAST_DECISIONS]
    return shown(
        request,
        "work/decisions",
        rows=[(row, act_of(row.queue, row.what)) for row in rows],
        now=now,
        title=_("My decisions"),
    )
