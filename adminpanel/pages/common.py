"""What every page of the desk does: who asks, whether they may, how it is drawn, how a refusal is said."""

import functools
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from msmebazaar.core.actor import Actor, Duty
from msmebazaar.core.exceptions import AppError, Forbidden
from msmebazaar.core.http.problems import to_problem

View = Callable[..., HttpResponse]
NOBODY = UUID(int=0)  # an id that nothing has


def actor_of(request: HttpRequest) -> Actor:
    """Staff who are logged in; `admin_view` let nobody else through."""
    found: Actor = admin.site.actor(request)  # type: ignore[attr-defined]
    return found


def shown(request: HttpRequest, template: str, *, status: int = 200, **content: Any) -> HttpResponse:
    context = {**admin.site.each_context(request), **content, "actor": actor_of(request)}
    return render(request, f"admin/desk/{template}.html", context, status=status)


def page(*duties: Duty, back: str = "admin:index") -> Callable[[View], View]:
    """Refuse whoever has none of these duties; a refusal of a service becomes a message on the page to go back to."""

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def inner(request: HttpRequest, **given: Any) -> HttpResponse:
            if duties and not actor_of(request).has_duty(*duties):
                raise PermissionDenied
            try:
                return view(request, **given)
            except Forbidden as error:
                if type(error) is Forbidden:
                    raise PermissionDenied from error
                return _said(request, error, back)
            except AppError as error:
                return _said(request, error, back)

        return inner

    return wrap


def _said(request: HttpRequest, error: AppError, back: str) -> HttpResponse:
    say_problem(request, error)
    return redirect(back)


def say_problem(request: HttpRequest, error: AppError) -> None:
    problem = to_problem(error)
    faults = [fault.message for fault in problem.errors]
    messages.warning(request, " ".join([problem.detail, *faults]))


def uuid_in(text: str) -> UUID | None:
    """The id that a form carries, or None where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
