"""Pages of staff: the inbox of conversations that wait for a person, one conversation, broadcasts."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from msmebazaar.core import clock
from msmebazaar.core.actor import Actor, Duty
from msmebazaar.core.exceptions import AppError
from msmebazaar.core.http.problems import to_problem
from msmebazaar.core.uuid7 import uuid7
from whatsapp import services
from whatsapp.exceptions import ConversationNotFound
from whatsapp.flow import product_language
from whatsapp.forms import BroadcastPlan, ChatAct


def _actor(request: HttpRequest) -> Actor:
    """Staff who are logged in; `admin_view` let nobody else through, and the site has read their duties."""
    actor: Actor = admin.site.actor(request)  # type: ignore[attr-defined]
    if not actor.has_duty(Duty.CHAT):
        raise PermissionDenied
    return actor


def _shown(request: HttpRequest, template: str, **content: Any) -> HttpResponse:
    return render(request, f"admin/whatsapp/{template}.html", {**admin.site.each_context(request), **content})


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    items = services.inbox(actor=_actor(request))
    return _shown(request, "inbox", items=items, now=clock.now(), title=_("WhatsApp inbox"))


@require_safe
def open_handover(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    """To the conversation of a hand-over; back to the inbox when it is over."""
    try:
        key = services.conversation_of_handover(actor=_actor(request), handover_id=handover_id)
    except ConversationNotFound:
        return redirect("admin:whatsapp-inbox")
    return redirect("admin:whatsapp-chat", conversation_id=key)


@require_http_methods(["GET", "POST"])
def chat(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """A conversation: read it, take it over, write, send a template when the 24 hours are over, note, give it back."""
    actor, form = _actor(request), ChatAct(request.POST or None)
    try:
        if request.method == "POST" and form.is_valid():
            _carry_out(actor, conversation_id, form.cleaned_data)
            return redirect("admin:whatsapp-chat", conversation_id=conversation_id)
        shown = services.chat_of(actor=actor, conversation_id=conversation_id)
    except AppError as error:
        messages.warning(request, to_problem(error).detail)
        if error.status == 404:
            return redirect("admin:whatsapp-inbox")
        return redirect("admin:whatsapp-chat", conversation_id=conversation_id)
    return _shown(
        request,
        "chat",
        shown=shown,
        form=form,
        key=uuid7(),
        canned=services.canned_replies(product_language(shown.language)),
        title=shown.name or _("Conversation"),
    )


def _carry_out(actor: Actor, conversation_id: UUID, given: dict[str, Any]) -> None:
    now, text, key = clock.now(), given["text"].strip(), str(given.get("key") or "")
    acts: dict[str, Callable[[], object]] = {
        "take": lambda: services.take_over(actor=actor, conversation_id=conversation_id, now=now),
        "reply": lambda: services.reply(actor=actor, conversation_id=conversation_id, text=text, key=key, now=now),
        "template": lambda: services.send_template(
            actor=actor, conversation_id=conversation_id, template_key="answer", key=key, now=now
        ),
        "note": lambda: services.add_note(actor=actor, conversation_id=conversation_id, text=text),
        "back": lambda: services.give_back(actor=actor, conversation_id=conversation_id, now=now),
    }
    acts[given["act"]]()


@require_http_methods(["GET", "POST"])
def plan_broadcast(request: HttpRequest) -> HttpResponse:
    """Choose template, text, segment and cap; the next page says whom it reaches."""
    actor = _actor(request)
    form = BroadcastPlan(request.POST or None, templates=services.broadcast_templates())
    if request.method == "POST" and form.is_valid():
        try:
            row = services.plan_broadcast(
                actor=actor,
                template_key=form.cleaned_data["template_key"],
                variables={"text": form.cleaned_data["text"]},
                segment=form.segment(),
                most=form.cleaned_data["most"],
            )
        except AppError as error:
            problem = to_problem(error)
            form.add_error(None, " ".join(fault.message for fault in problem.errors) or problem.detail)
        else:
            return redirect("admin:whatsapp-broadcast", broadcast_id=row.id)
    return _shown(request, "plan", form=form, title=_("New broadcast"))


@require_http_methods(["GET", "POST"])
def broadcast(request: HttpRequest, broadcast_id: UUID) -> HttpResponse:
    """Whom it reaches, how far it is; begin and stop."""
    actor = _actor(request)
    try:
        if request.method == "POST":
            act = services.stop_broadcast if request.POST.get("act") == "stop" else services.begin_broadcast
            act(actor=actor, broadcast_id=broadcast_id, now=clock.now())
            return redirect("admin:whatsapp-broadcast", broadcast_id=broadcast_id)
        shown = services.broadcast_shown(actor=actor, broadcast_id=broadcast_id, now=clock.now())
    except AppError as error:
        messages.warning(request, to_problem(error).detail)
        return redirect("admin:whatsapp-inbox")
    return _shown(request, "broadcast", shown=shown, title=_("Broadcast"))
