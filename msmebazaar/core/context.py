"""Request id and actor of the work at hand, for requests and jobs alike."""

import re
import uuid
from contextvars import ContextVar

ACCEPTED_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,128}")

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_actor_id: ContextVar[str] = ContextVar("actor_id", default="")


def new_request_id() -> str:
    return uuid.uuid4().hex


def accepted_or_new(candidate: str | None) -> str:
    """The caller's request id when it has the accepted shape, else a new one."""
    if candidate and ACCEPTED_REQUEST_ID.fullmatch(candidate):
        return candidate
    return new_request_id()


def request_id() -> str:
    """The request id of the work at hand; a new one where none was bound (a management command)."""
    if not _request_id.get():
        _request_id.set(new_request_id())
    return _request_id.get()


def bind_request_id(value: str) -> None:
    _request_id.set(value)


def actor_id() -> str:
    return _actor_id.get()


def bind_actor(value: str) -> None:
    _actor_id.set(value)


def clear() -> None:
    _request_id.set("")
    _actor_id.set("")
