"""Every operation of the OpenAPI document with made-up requests: no 5xx, and no answer that the document does not describe.

Half of the requests name rows of the caller's own world, so that they get past "not found".
"""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from pytest_django import Settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from msmebazaar.wsgi import application
from tests.conftest import Persona
from tests.contract.operations import World
from tests.contract.test_rights import owner, world  # noqa: F401 - fixtures

EXAMPLES = 12
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# The stream never ends; tests/accounts/test_stream.py holds it against its format.
schema = schemathesis.openapi.from_wsgi("/api/schema/", application).exclude(operation_id="notifications_stream")


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The application's calls are in the test's transaction; Django would drop such a connection at the end of a request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize=True,
)
@pytest.mark.django_db
def test_whatever_is_asked_the_answer_is_as_the_document_says(
    case: schemathesis.Case[Any],
    owner: Persona,  # noqa: F811
    world: World,  # noqa: F811
    settings: Settings,
    one_connection: None,
) -> None:
    settings.API_RATE_LIMIT = "1000000/minute"
    for name in list(case.path_parameters or {}):
        if name in world and case.operation.method != "delete":
            case.path_parameters[name] = world[name]
    headers = {"Authorization": owner.authorization}

    response: Any = case.call(headers=headers)

    case.validate_response(response, checks=CHECKS)
