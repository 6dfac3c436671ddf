"""Everything that can go wrong and that we anticipate. No Django, no DRF: services raise these, the edge renders them.

Messages are English message ids with named placeholders; the edge translates them (`msmebazaar.core.http.problems`).
`N_` marks a text for collection and returns it unchanged.
"""

from dataclasses import dataclass
from typing import ClassVar


def N_(message: str) -> str:  # noqa: N802 - the usual name of this marker
    return message


@dataclass(frozen=True)
class FieldFault:
    """One faulty field: its name in the request, a stable code and a sentence."""

    field: str
    code: str
    message: str
    params: dict[str, str | int] | None = None


class AppError(Exception):
    """An anticipated refusal.

    Attributes:
        code: stable, unique, `<app>.<what>`; the kernel's own have no prefix.
        status: the HTTP status that fits.
        title: short name of the kind of problem, the same for every instance.
        default_detail: the sentence for a person; `detail` overrides it for one instance.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = N_("Error")
    default_detail: ClassVar[str] = N_("Something went wrong.")

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: tuple[FieldFault, ...] = (),
        retry_after_s: int | None = None,
        **params: str | int,
    ) -> None:
        self.detail = detail or self.default_detail
        self.errors = errors
        self.retry_after_s = retry_after_s
        self.params = params
        super().__init__(self.detail % params if params else self.detail)


class InvalidInput(AppError):
    code = "invalid_input"
    status = 400
    title = N_("Invalid input")
    default_detail = N_("Some of what was sent is not valid; see each field.")


class NotAuthenticated(AppError):
    code = "not_authenticated"
    status = 401
    title = N_("Not logged in")
    default_detail = N_("Log in first.")


class Forbidden(AppError):
    code = "forbidden"
    status = 403
    title = N_("Not allowed")
    default_detail = N_("You may not do this.")


class ReadOnly(Forbidden):
    """The row may be seen, not changed."""

    code = "read_only"
    title = N_("Read only")
    default_detail = N_("You may look at this but not change it. Ask the organisation's administrator.")


class NotFound(AppError):
    code = "not_found"
    status = 404
    title = N_("Not found")
    default_detail = N_("There is nothing here.")


class Conflict(AppError):
    code = "conflict"
    status = 409
    title = N_("Conflict")
    default_detail = N_("This does not fit the present state.")


class PayloadTooLarge(AppError):
    code = "payload_too_large"
    status = 413
    title = N_("Too large")
    default_detail = N_("What was sent is larger than %(limit)s bytes.")


class Unprocessable(AppError):
    code = "unprocessable"
    status = 422
    title = N_("Cannot be processed")
    default_detail = N_("This is well-formed, but it cannot be processed.")


class RateLimited(AppError):
    code = "rate_limited"
    status = 429
    title = N_("Too many requests")
    default_detail = N_("Too many requests. Try again in %(seconds)s seconds.")


class UpstreamError(AppError):
    code = "upstream_error"
    status = 502
    title = N_("A service we depend on failed")
    default_detail = N_("A service we depend on did not answer as it should. Try again in a minute.")


class Unavailable(AppError):
    code = "unavailable"
    status = 503
    title = N_("Unavailable")
    default_detail = N_("The service is briefly unavailable. Try again in a few seconds.")


class IdempotencyKeyReused(Unprocessable):
    code = "idempotency_key_reused"
    title = N_("Idempotency key used again")
    default_detail = N_("This Idempotency-Key was used with another request. Use a new key for a new request.")


class IdempotentRequestRunning(Conflict):
    code = "idempotent_request_running"
    title = N_("Same request still running")
    default_detail = N_("The same request is still being processed. Try again in a few seconds.")


class InvalidValue(ValueError):
    """A value type refused its text. `part` names the faulty part, stable and machine-readable."""

    def __init__(self, part: str, message: str, **params: str | int) -> None:
        self.part = part
        self.message = message
        self.params = params
        super().__init__(message % params if params else message)
