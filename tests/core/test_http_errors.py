"""Every status carries the envelope and the request id."""

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts import selectors
from tests.conftest import Persona
from tests.factories import business_payload

MEMBERS = {"success", "message", "data", "error", "request_id"}
PROBLEM = {"type", "title", "status", "detail", "instance", "code", "errors"}


def assert_envelope(response: Any, status: int, code: str) -> dict[str, Any]:
    """A whole error envelope whose request id is the header's."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/json"
    body: dict[str, Any] = response.json()
    assert set(body) == MEMBERS
    assert set(body["error"]) == PROBLEM
    assert body["success"] is False
    assert body["data"] is None
    assert body["error"]["status"] == status
    assert body["error"]["code"] == code
    assert body["error"]["type"] == f"/errors/{code}"
    assert body["message"] == body["error"]["detail"]
    assert body["request_id"] == response["X-Request-ID"]
    assert "{" not in body["message"]
    assert "%(" not in body["message"]
    return body


def test_400_invalid_names_each_field(seller: Persona) -> None:
    response = seller.client.post("/api/v1/businesses/", {"gstin": "27ZZZCM1234A1ZG"}, format="json")

    body = assert_envelope(response, 400, "invalid_input")
    assert {"legal_name", "constitution", "nic_code", "gstin"} == {fault["field"] for fault in body["error"]["errors"]}


def test_400_malformed_json_does_not_echo_the_parser(seller: Persona) -> None:
    response = seller.client.generic("POST", "/api/v1/businesses/", '{"a": ', content_type="application/json")

    body = assert_envelope(response, 400, "malformed_request")
    assert "line" not in body["message"]


@pytest.mark.parametrize("content", ["[]", '"text"', "null", "17"])
def test_400_a_body_that_is_no_object(seller: Persona, content: str) -> None:
    response = seller.client.generic("POST", "/api/v1/businesses/", content, content_type="application/json")

    assert_envelope(response, 400, "invalid_input")


def test_401_says_how_to_log_in(anonymous: APIClient) -> None:
    response = anonymous.get("/api/v1/me/")

    assert_envelope(response, 401, "not_authenticated")
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_403(anonymous: APIClient) -> None:
    assert_envelope(anonymous.post("/api/v1/whatsapp/webhook/", {"Body": "x"}), 403, "whatsapp.signature_refused")


def test_404_of_a_row_and_of_an_address(seller: Persona) -> None:
    missing = "01a207af-0000-7000-8000-000000000000"

    assert_envelope(seller.client.get(f"/api/v1/businesses/{missing}/"), 404, "msme.business_not_found")
    assert_envelope(seller.client.get("/api/v1/nothing/"), 404, "not_found")
    assert_envelope(seller.client.get("/nothing"), 404, "not_found")


def test_405_does_not_leak_the_placeholder(seller: Persona) -> None:
    response = seller.client.delete("/api/v1/me/")

    assert_envelope(response, 405, "method_not_allowed")
    assert "GET" in response["Allow"]


def test_406_only_for_those_who_cannot_take_json(seller: Persona) -> None:
    assert_envelope(seller.client.get("/api/v1/me/", HTTP_ACCEPT="application/xml"), 406, "not_acceptable")
    assert seller.client.get("/api/v1/me/", HTTP_ACCEPT="text/html,application/xhtml+xml").status_code == 200


def test_409_and_422_come_from_the_domain(seller: Persona) -> None:
    payload = business_payload()
    business = seller.client.post("/api/v1/businesses/", payload, format="json").json()["data"]

    again = seller.client.post("/api/v1/businesses/", payload, format="json")
    valued = seller.client.post("/api/v1/valuations/", {"business_id": business["id"]}, format="json")

    assert_envelope(again, 409, "msme.business_known")
    assert_envelope(valued, 422, "valuation.figures_missing")


def test_413_before_anything_is_read(seller: Persona, settings: Settings) -> None:
    settings.REQUEST_BODY_LIMIT = 100

    response = seller.client.post("/api/v1/businesses/", {"legal_name": "x" * 200}, format="json")

    body = assert_envelope(response, 413, "payload_too_large")
    assert "100" in body["message"]


def test_415(seller: Persona) -> None:
    response = seller.client.generic("POST", "/api/v1/businesses/", "a=b", content_type="text/plain")

    assert_envelope(response, 415, "unsupported_media_type")


def test_429_says_when_to_come_back(seller: Persona, settings: Settings) -> None:
    settings.API_RATE_LIMIT = "2/minute"

    responses = [seller.client.get("/api/v1/me/") for _ in range(3)]

    assert [response.status_code for response in responses[:2]] == [200, 200]
    assert_envelope(responses[2], 429, "rate_limited")
    assert 1 <= int(responses[2]["Retry-After"]) <= 60


@pytest.mark.django_db
def test_500_tells_nothing_but_the_request_id(seller: Persona, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(**_: object) -> None:
        raise ZeroDivisionError("a secret in a message")

    monkeypatch.setattr(selectors, "get_me", break_down)
    seller.client.raise_request_exception = False

    response = seller.client.get("/api/v1/me/", HTTP_X_REQUEST_ID="the-request-of-mine")

    body = assert_envelope(response, 500, "internal_error")
    assert body["request_id"] == "the-request-of-mine"
    assert "secret" not in response.content.decode()


def test_503_when_the_database_is_away(seller: Persona, monkeypatch: pytest.MonkeyPatch) -> None:
    def be_away(**_: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(selectors, "get_me", be_away)

    response = seller.client.get("/api/v1/me/")

    assert_envelope(response, 503, "unavailable")
    assert response["Retry-After"] == "2"


def test_a_plain_view_that_breaks_answers_in_the_envelope_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from msmebazaar.core import health

    def be_away() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(health, "readiness", be_away)

    assert_envelope(Client().get("/health/ready"), 503, "unavailable")


def test_a_post_without_csrf_token_to_the_admin_is_a_page_for_people(db: None) -> None:
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x", "password": "y"})

    assert response.status_code == 403
    assert response["Content-Type"].startswith("text/html")
    assert response["X-Request-ID"] in response.content.decode()


def test_an_unknown_host_is_a_400_in_the_envelope(db: None) -> None:
    assert_envelope(Client().get("/nothing", HTTP_HOST="evil.example"), 400, "bad_request")


def test_successes_carry_the_envelope(seller: Persona) -> None:
    response = seller.client.get("/api/v1/me/")

    body = response.json()
    assert set(body) == MEMBERS
    assert body["success"] is True
    assert body["error"] is None
    assert body["request_id"] == response["X-Request-ID"]


@pytest.mark.parametrize(
    ("sent", "is_kept"),
    [
        ("abcdefgh", True),
        ("a-Z_0.9" * 10, True),
        ("short", False),
        ("x" * 129, False),
        ("bad id\n", False),
        ("", False),
    ],
)
def test_a_request_id_is_taken_only_in_the_accepted_shape(anonymous: APIClient, sent: str, is_kept: bool) -> None:
    response = anonymous.get("/health/live", HTTP_X_REQUEST_ID=sent)

    assert (response["X-Request-ID"] == sent) is is_kept
    assert len(response["X-Request-ID"]) >= 8


def test_errors_are_said_in_hindi_when_asked(anonymous: APIClient) -> None:
    response = anonymous.get("/api/v1/me/", HTTP_ACCEPT_LANGUAGE="hi")

    assert response.json()["message"] == "पहले लॉग इन करें।"
