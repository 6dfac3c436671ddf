"""Errors outside the API views: unknown addresses, refused CSRF tokens, bugs. JSON for programs, a page for people."""

import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from msmebazaar.core import context
from msmebazaar.core.exceptions import Forbidden, NotFound
from msmebazaar.core.http.envelope import failure
from msmebazaar.core.http.problems import Problem, to_problem

PAGES_FOR_PEOPLE = ("/admin/", "/dev/", "/staff/")


def answer_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The envelope, or a small page under the addresses that people open."""
    response: HttpResponse
    if request.path.startswith(PAGES_FOR_PEOPLE):
        page = render_to_string("error.html", {"problem": problem, "request_id": context.request_id()})
        response = HttpResponse(page, status=problem.status)
    else:
        response = JsonResponse(failure(problem, request.path), status=problem.status)
    for name, value in problem.headers.items():
        response[name] = value
    response.error_code = problem.code  # type: ignore[attr-defined]
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer_problem(request, to_problem(exception))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer_problem(request, to_problem(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer_problem(request, to_problem(NotFound()))


def not_here(request: HttpRequest) -> HttpResponse:
    """For addresses that a package brings and we do not offer."""
    return answer_problem(request, to_problem(NotFound()))


def server_error(request: HttpRequest) -> HttpResponse:
    """Also reached when a middleware failed, for instance because the database is away."""
    return answer_problem(request, to_problem(sys.exception() or Exception()))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return answer_problem(request, to_problem(Forbidden()))
