"""Logs are JSON, hold the allow-listed fields and nothing else."""

import io
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from msmebazaar.core import context
from msmebazaar.core.logging import get_logger
from tests.conftest import Persona
from tests.factories import business_payload


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[dict[str, Any]]]:
    """What the one handler of the product wrote since the test began."""
    handler = next(handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler)
    stream = io.StringIO()
    monkeypatch.setattr(handler, "stream", stream)
    return lambda: lines(stream.getvalue())


def test_a_field_that_is_not_on_the_list_is_dropped(logged: Callable[[], list[dict[str, Any]]]) -> None:
    context.bind_request_id("request-12345")

    get_logger("tests").info("something", route="me", phone="+919876543210", body="secret")

    (line,) = logged()
    assert line["event"] == "something"
    assert line["route"] == "me"
    assert line["request_id"] == "request-12345"
    assert {"ts", "level", "logger"} <= set(line)
    assert not {"phone", "body", "_record"} & set(line)


def test_an_exception_tells_where_and_of_what_kind_but_not_its_message(
    logged: Callable[[], list[dict[str, Any]]],
) -> None:
    try:
        raise ValueError("Key (phone)=({}) already exists".format("-".join(["98765", "43210"])))
    except ValueError:
        get_logger("tests").exception("it broke")

    (line,) = logged()
    assert line["error_type"] == "ValueError"
    assert "test_logging.py" in line["exception"]
    assert "98765-43210" not in json.dumps(line)


def test_one_line_per_request_without_what_was_sent(
    logged: Callable[[], list[dict[str, Any]]], seller: Persona
) -> None:
    payload = business_payload()

    seller.client.post("/api/v1/businesses/?phone=9876543210", payload, format="json")

    text = logged()
    (line,) = [line for line in text if line["event"] == "request"]
    assert line["route"] == "businesses"
    assert line["status"] == 201
    assert line["db_queries"] > 0
    assert line["user_id"] == str(seller.actor.user_id)
    everything = json.dumps(text)
    assert payload["gstin"] not in everything
    assert payload["legal_name"] not in everything
    assert "9876543210" not in everything
