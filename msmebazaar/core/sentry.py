"""Errors to a Sentry, off unless `SENTRY_DSN` is set. An event is made anew from an allow-list before it leaves.

What goes: where it was raised (file, line, function), the error's kind, the request id, release, handler. What never goes: the
error's text (it quotes values), local variables, headers, bodies, addresses, breadcrumbs, people.
"""

from typing import Any

import sentry_sdk
from django.core.signals import got_request_exception
from sentry_sdk.transport import Transport
from sentry_sdk.types import Event, Hint

from msmebazaar.core import context

ALLOWED_KEYS = ("event_id", "timestamp", "level", "platform", "release", "environment")
ALLOWED_FRAME_KEYS = ("filename", "function", "module", "lineno", "in_app")


def configure(
    *, dsn: str, release: str, environment: str, transport: type[Transport] | Transport | None = None
) -> None:
    """Begin to report. Nothing happens without a DSN."""
    if not dsn:
        return
    sentry_sdk.init(
        dsn=dsn,
        release=release,
        environment=environment,
        transport=transport,
        before_send=only_allowed,
        default_integrations=False,
        auto_enabling_integrations=False,
        include_local_variables=False,
        include_source_context=False,
        max_breadcrumbs=0,
        server_name="",
    )
    got_request_exception.connect(report_current, dispatch_uid="sentry")


def report_current(**_: object) -> None:
    """The error being handled (Django's signal carries none)."""
    sentry_sdk.capture_exception()


def report(error: BaseException | None) -> None:
    """An error outside a request. Nothing happens where Sentry is off."""
    if error is not None:
        sentry_sdk.capture_exception(error)


def only_allowed(event: Event, _hint: Hint) -> Event:
    """The same event with nothing in it but what is listed above."""
    whole: dict[str, Any] = dict(event)
    kept: dict[str, Any] = {key: whole[key] for key in ALLOWED_KEYS if key in whole}
    kept["exception"] = {"values": [_only_where(value) for value in whole.get("exception", {}).get("values", [])]}
    kept["tags"] = {"request_id": context.request_id()}
    return kept  # type: ignore[return-value]


def _only_where(value: dict[str, Any]) -> dict[str, Any]:
    frames = (value.get("stacktrace") or {}).get("frames", [])
    return {
        "type": value.get("type"),
        "module": value.get("module"),
        "stacktrace": {"frames": [{key: frame.get(key) for key in ALLOWED_FRAME_KEYS} for frame in frames]},
    }
