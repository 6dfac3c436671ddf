"""DRF's exception handler: every error becomes the envelope."""

from typing import Any

from django.core.signals import got_request_exception
from rest_framework.response import Response
from rest_framework.views import set_rollback

from msmebazaar.core.http.envelope import failure
from msmebazaar.core.http.problems import to_problem
from msmebazaar.core.logging import get_logger

log = get_logger(__name__)


def handle_exception(error: Exception, context: dict[str, Any]) -> Response:
    set_rollback()
    problem = to_problem(error)
    request = context["request"]
    if not problem.is_anticipated:
        got_request_exception.send(sender=None, request=request)
        log.error("unhandled error", exc_info=error)
    response = Response(failure(problem, request.path), status=problem.status, headers=problem.headers)
    response.is_enveloped = True  # type: ignore[attr-defined]
    response.error_code = problem.code  # type: ignore[attr-defined]
    return response
