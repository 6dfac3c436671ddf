"""`Idempotency-Key`: the same request gets the same answer, and its effect happens once.

The key's row is inserted in the transaction of the business change, so key and change commit together or not at all. A
second copy waits on the first one's row for up to 5 s. Answers are kept 24 hours, encrypted, since they hold the caller's data.
"""

import functools
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from msmebazaar.core import crypto
from msmebazaar.core.exceptions import (
    N_,
    FieldFault,
    IdempotencyKeyReused,
    IdempotentRequestRunning,
    InvalidInput,
)
from msmebazaar.core.http import network
from msmebazaar.core.http.envelope import Answer
from msmebazaar.core.models import IdempotencyRecord

HEADER = "Idempotency-Key"
ACCEPTED_KEY = re.compile(r"[\x21-\x7e]{1,255}")
WAIT_FOR_FIRST = "5s"

P = ParamSpec("P")
View = Callable[Concatenate[Any, Request, P], Response]


def idempotent(method: View[P]) -> View[P]:
    """Make a view's POST repeatable. Without the header it runs as it is; refusals are not kept, since nothing happened."""

    @functools.wraps(method)
    def wrapper(view: Any, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return method(view, request, *args, **kwargs)
        if not ACCEPTED_KEY.fullmatch(key):
            message = N_("Idempotency-Key must be 1 to 255 printable characters without spaces.")
            raise InvalidInput(errors=(FieldFault(HEADER, "invalid", message),))
        record = _Record(request, key)
        with transaction.atomic():
            if not record.claim():
                return record.replay()
            response = method(view, request, *args, **kwargs)
            record.keep(response)
            return response

    wrapper.is_idempotent = True  # type: ignore[attr-defined]  # the schema names the header
    return wrapper


class _Record:
    def __init__(self, request: Request, key: str) -> None:
        user_id = getattr(request.user, "pk", None)
        self.scope = str(user_id or network.limit_key_of(network.client_address(request._request)))
        match = request.resolver_match
        self.route = f"{request.method} {match.route if match else ''}"[:120]
        self.key_hash = hashlib.sha256(key.encode()).hexdigest()
        content = json.dumps([request.path, request.data], sort_keys=True, default=str)
        self.request_hash = hashlib.sha256(content.encode()).hexdigest()

    @property
    def associated(self) -> str:
        return f"core_idempotencyrecord.answer.{self.scope}.{self.route}.{self.key_hash}"

    def claim(self) -> bool:
        """True for the first; waits while another copy runs."""
        statement = """
            INSERT INTO core_idempotencyrecord (scope, route, key_hash, request_hash, created_at)
            VALUES (%s, %s, %s, %s, now()) ON CONFLICT DO NOTHING RETURNING id
        """
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [WAIT_FOR_FIRST])
            try:
                cursor.execute(statement, [self.scope, self.route, self.key_hash, self.request_hash])
            except OperationalError as error:
                if isinstance(error.__cause__, LockNotAvailable):
                    raise IdempotentRequestRunning(retry_after_s=5) from error
                raise
            is_first = cursor.fetchone() is not None
            cursor.execute("SELECT set_config('lock_timeout', '0', true)")
        return is_first

    def replay(self) -> Response:
        row = IdempotencyRecord.objects.get(scope=self.scope, route=self.route, key_hash=self.key_hash)
        if row.request_hash != self.request_hash:
            raise IdempotencyKeyReused
        kept = json.loads(crypto.decrypt(bytes(row.answer or b""), self.associated))
        return Answer(kept["data"], kept["message"], status=row.status or 200, headers={"Idempotent-Replayed": "true"})

    def keep(self, response: Response) -> None:
        content = {"data": response.data, "message": getattr(response, "envelope_message", None)}
        IdempotencyRecord.objects.filter(scope=self.scope, route=self.route, key_hash=self.key_hash).update(
            status=response.status_code,
            answer=crypto.encrypt(JSONRenderer().render(content).decode(), self.associated),
        )
