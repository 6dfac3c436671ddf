"""One mapping from anything that can be raised to a problem; both the API and the plain Django pages use it."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from psycopg_pool import PoolTimeout
from rest_framework import exceptions as drf

from msmebazaar.core.exceptions import (
    AppError,
    Forbidden,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    PayloadTooLarge,
    RateLimited,
    Unavailable,
)

RETRY_SOON_S = 2


@dataclass(frozen=True)
class Fault:
    field: str
    code: str
    message: str


@dataclass(frozen=True)
class Problem:
    """What is told to the client. `is_anticipated` False: a bug, logged with its trace."""

    status: int
    code: str
    title: str
    detail: str
    errors: tuple[Fault, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    is_anticipated: bool = True


def to_problem(error: BaseException) -> Problem:
    """The problem that tells of `error`, in the language of the request."""
    if isinstance(error, AppError):
        return _from_app_error(error)
    if isinstance(error, drf.ValidationError):
        return _from_app_error(InvalidInput(), tuple(_flatten(error.get_full_details())))
    if isinstance(error, drf.APIException):
        return _from_drf(error)
    if isinstance(error, Http404):
        return _from_app_error(NotFound())
    if isinstance(error, PermissionDenied):
        return _from_app_error(Forbidden())
    if isinstance(error, RequestDataTooBig):
        return _from_app_error(PayloadTooLarge(limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE))
    if isinstance(error, SuspiciousOperation):
        return Problem(400, "bad_request", _("Bad request"), _("This request cannot be understood."))
    if isinstance(error, (OperationalError, InterfaceError, PoolTimeout)):
        return _from_app_error(Unavailable(retry_after_s=RETRY_SOON_S))
    return Problem(
        500,
        "internal_error",
        _("Internal error"),
        _("Something went wrong on our side. Nothing was saved. Tell us the request id if it happens again."),
        is_anticipated=False,
    )


def translated(message: str, params: dict[str, Any] | None = None) -> str:
    """A message id in the request's language, with its placeholders filled."""
    text = _(message) if message else ""
    return text % params if params else text


def _from_app_error(error: AppError, faults: tuple[Fault, ...] = ()) -> Problem:
    own = tuple(Fault(fault.field, fault.code, translated(fault.message, fault.params)) for fault in error.errors)
    headers = {} if error.retry_after_s is None else {"Retry-After": str(error.retry_after_s)}
    if isinstance(error, NotAuthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    detail = translated(error.detail, error.params)
    return Problem(error.status, error.code, translated(error.title), detail, own + faults, headers)


def _from_drf(error: drf.APIException) -> Problem:
    """DRF's texts are replaced where they leak (405 prints its placeholder, parse errors echo the parser)."""
    if isinstance(error, (drf.NotAuthenticated, drf.AuthenticationFailed)):
        return _from_app_error(NotAuthenticated())
    if isinstance(error, drf.PermissionDenied):
        return _from_app_error(Forbidden())
    if isinstance(error, drf.NotFound):
        return _from_app_error(NotFound())
    if isinstance(error, drf.Throttled):
        wait = int(getattr(error, "wait", None) or 1)
        return _from_app_error(RateLimited(retry_after_s=wait, seconds=wait))
    texts = {
        400: ("malformed_request", _("Malformed request"), _("The body is not valid JSON.")),
        405: ("method_not_allowed", _("Method not allowed"), _("This address does not take that method.")),
        406: ("not_acceptable", _("Not acceptable"), _("This API answers in JSON only.")),
        415: ("unsupported_media_type", _("Unsupported media type"), _("Send the body as application/json.")),
    }
    code, title, detail = texts.get(error.status_code, ("error", _("Error"), _("Something went wrong.")))
    return Problem(error.status_code, code, title, detail)


def _flatten(details: Any, path: str = "") -> list[Fault]:
    """DRF's nested details as one list: `financials.0.revenue`."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        return [Fault(path or "non_field_errors", str(details["code"]), str(details["message"]))]
    if isinstance(details, dict):
        return [fault for name, inner in details.items() for fault in _flatten(inner, f"{path}.{name}".lstrip("."))]
    faults: list[Fault] = []
    for index, inner in enumerate(details):
        is_leaf = isinstance(inner, dict) and set(inner) == {"message", "code"}
        faults += _flatten(inner, path if is_leaf else f"{path}.{index}".lstrip("."))
    return faults
