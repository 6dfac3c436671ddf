"""The OpenAPI document is current, valid, and what the API does."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import jsonschema
import pytest
import yaml
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.utils import translation
from drf_spectacular.settings import spectacular_settings
from rest_framework.test import APIClient

from msmebazaar.core.actor import Actor
from msmebazaar.core.types import FinancialYear
from tests.conftest import Persona
from tests.factories import (
    business_payload,
    figures_payload,
    last_full_year,
    listing_payload,
    make_live_listing,
    mandate_payload,
)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((django_settings.BASE_DIR / "docs" / "openapi.yaml").read_text())
    return loaded


def test_the_document_in_the_repository_is_what_the_code_serves() -> None:
    call_command("export_openapi", "--check", stdout=StringIO())


def test_the_document_is_in_english_whatever_language_was_spoken_before() -> None:
    with translation.override("hi"):
        call_command("export_openapi", "--check", stdout=StringIO())


def test_a_document_that_drifted_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    # Only here, not in SPECTACULAR_SETTINGS too: the attribute is read from there on first use and kept.
    monkeypatch.setattr(spectacular_settings, "VERSION", "9.9.9")

    with pytest.raises(CommandError, match="make docs"):
        call_command("export_openapi", "--check", stdout=StringIO())


@pytest.mark.django_db
def test_schema_and_swagger_ui_are_served_without_an_envelope_or_a_cdn(anonymous: APIClient) -> None:
    schema, page = anonymous.get("/api/schema/"), anonymous.get("/api/docs/")

    assert yaml.safe_load(schema.content)["info"]["title"] == "MSMEBazaar API"
    assert page.status_code == 200
    assert b"https://" not in page.content.replace(b"https://www.w3.org", b"")


def test_every_operation_names_the_error_envelope(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        for operation in operations.values():
            if "schema" not in path:
                assert "default" in operation["responses"], path


def convert(node: Any) -> Any:
    """OpenAPI 3.0's `nullable` as JSON Schema."""
    if isinstance(node, list):
        return [convert(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    inner = {name: convert(value) for name, value in node.items() if name != "nullable"}
    return {"anyOf": [inner, {"type": "null"}]} if node.get("nullable") else inner


@pytest.fixture
def call(document: dict[str, Any], seller: Persona) -> Callable[..., Any]:
    """Call an operation and hold its answer against the document."""
    components = convert(document["components"])

    def perform(method: str, path: str, status: int, *, template: str = "", client: Any = None, **content: Any) -> Any:
        response = getattr(client or seller.client, method)(
            path, content or None, format=None if method == "get" else "json"
        )
        assert response.status_code == status, response.content
        responses = document["paths"][template or path.split("?", maxsplit=1)[0]][method]["responses"]
        told = responses.get(str(status), responses["default"])
        schema = convert(told["content"]["application/json"]["schema"])
        checker = jsonschema.FormatChecker()
        jsonschema.validate(response.json(), {**schema, "components": components}, format_checker=checker)
        return response.json()["data"]

    return perform


@pytest.mark.usefixtures("fresh_market_data")
def test_what_the_api_answers_is_what_the_document_says(
    call: Callable[..., Any],
    seller: Persona,
    buyer: Persona,
    staff_actor: Actor,
    drain: Callable[[], int],
) -> None:
    business = call("post", "/api/v1/businesses/", 201, **business_payload())
    of_business = f"/api/v1/businesses/{business['id']}/"
    call("get", "/api/v1/businesses/", 200)
    call("get", of_business, 200, template="/api/v1/businesses/{business_id}/")
    financials = {"template": "/api/v1/businesses/{business_id}/financials/"}
    call(
        "post",
        f"{of_business}financials/",
        201,
        **financials,
        **figures_payload(fiscal_year=str(FinancialYear(last_full_year()))),
    )
    call("post", f"{of_business}financials/", 400, **financials, **figures_payload(revenue_inr="x"))
    call(
        "post",
        f"{of_business}financials/",
        409,
        **financials,
        **figures_payload(fiscal_year=str(FinancialYear(last_full_year()))),
    )
    call("get", f"{of_business}financials/", 200, **financials)
    valuation = call("post", "/api/v1/valuations/", 202, business_id=business["id"])
    drain()
    of_valuation = f"/api/v1/valuations/{valuation['id']}/"
    call("get", of_valuation, 200, template="/api/v1/valuations/{valuation_id}/")
    call("get", "/api/v1/valuations/", 200)
    call("get", f"{of_valuation}levers/", 200, template="/api/v1/valuations/{valuation_id}/levers/")
    call("post", f"{of_valuation}scenario/", 200, template="/api/v1/valuations/{valuation_id}/scenario/", growth="0.1")
    check = call("post", "/api/v1/valuations/check/", 200, business_id=business["id"])
    assert check["refusals"] == []
    listing = call("post", "/api/v1/listings/", 201, business_id=business["id"], **listing_payload())
    of_listing = f"/api/v1/listings/{listing['id']}/"
    call("get", "/api/v1/listings/?mine=true", 200)
    call("get", of_listing, 200, template="/api/v1/listings/{listing_id}/")
    call("post", f"{of_listing}submit/", 200, template="/api/v1/listings/{listing_id}/submit/")
    call("post", f"{of_listing}submit/", 409, template="/api/v1/listings/{listing_id}/submit/")
    shown = make_live_listing(seller.actor, staff_actor)
    call("get", "/api/v1/listings/", 200, client=buyer.client)
    call("get", "/api/v1/listings/", 200, client=APIClient())
    call("get", "/api/v1/listings/facets/?q=metal", 200, client=APIClient())
    call("get", f"/api/v1/listings/{shown.id}/", 200, template="/api/v1/listings/{listing_id}/", client=APIClient())
    call("get", f"{of_listing}quality/", 200, template="/api/v1/listings/{listing_id}/quality/")
    call("post", "/api/v1/saved-searches/", 201, name="Metal", frequency="daily", query={"q": "metal"})
    call("get", "/api/v1/saved-searches/", 200)
    mandate = call("post", "/api/v1/mandates/", 201, client=buyer.client, **mandate_payload())
    drain()
    of_mandate = f"/api/v1/mandates/{mandate['id']}/matches/"
    matches = call("get", of_mandate, 200, template="/api/v1/mandates/{mandate_id}/matches/", client=buyer.client)
    call("get", "/api/v1/mandates/", 200, client=buyer.client)
    call("get", "/api/v1/me/", 200)
    call("get", "/api/v1/me/", 401, client=APIClient())
    assert matches
