"""The shape of every JSON answer. Built here and nowhere else."""

from typing import Any, TypedDict

from django.utils.translation import gettext as _
from rest_framework.response import Response

from msmebazaar.core import context
from msmebazaar.core.http.problems import Problem


class Pagination(TypedDict):
    """Links to the neighbouring pages; `count` is null when there are more than `pagination.LARGEST_COUNT`."""

    next: str | None
    previous: str | None
    page_size: int
    count: int | None


def success(data: Any, message: str | None = None, pagination: Pagination | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {"success": True, "message": message or _("OK"), "data": data}
    if pagination is not None:
        body["pagination"] = pagination
    return {**body, "error": None, "request_id": context.request_id()}


def failure(problem: Problem, instance: str) -> dict[str, Any]:
    """`error` is a complete RFC 9457 problem."""
    return {
        "success": False,
        "message": problem.detail,
        "data": None,
        "error": {
            "type": f"/errors/{problem.code}",
            "title": problem.title,
            "status": problem.status,
            "detail": problem.detail,
            "instance": instance,
            "code": problem.code,
            "errors": [vars(fault) for fault in problem.errors],
        },
        "request_id": context.request_id(),
    }


class Answer(Response):
    """A successful answer with a sentence for a person; the renderer wraps it."""

    def __init__(
        self, data: Any, message: str | None = None, *, status: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(data, status=status, headers=headers)
        self.envelope_message = message
