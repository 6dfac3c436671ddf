"""Idempotency-Key: the same request has one effect and one answer."""

from typing import Any

import pytest

from msme.models import Business
from msmebazaar.core.models import IdempotencyRecord
from tests.at_once import at_once
from tests.conftest import Persona
from tests.factories import business_payload

URL = "/api/v1/businesses/"


def post(persona: Persona, payload: dict[str, Any], key: str) -> Any:
    return persona.client.post(URL, payload, format="json", HTTP_IDEMPOTENCY_KEY=key)


def test_the_second_copy_gets_the_first_answer(seller: Persona) -> None:
    payload = business_payload()

    first, second = post(seller, payload, "key-1"), post(seller, payload, "key-1")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["data"] == second.json()["data"]
    assert first.json()["message"] == second.json()["message"]
    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"
    assert Business.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(seller: Persona) -> None:
    post(seller, business_payload(), "key-1")

    response = post(seller, business_payload(), "key-1")

    assert response.status_code == 422
    assert response.json()["error"]["code"] == "idempotency_key_reused"
    assert Business.objects.count() == 1


def test_keys_of_two_people_do_not_meet(seller: Persona, stranger: Persona) -> None:
    payload = business_payload()

    ours, theirs = post(seller, payload, "key-1"), post(stranger, payload, "key-1")

    assert ours.json()["data"]["id"] != theirs.json()["data"]["id"]


def test_a_refusal_is_not_kept(seller: Persona) -> None:
    refused = post(seller, business_payload(constitution="llp"), "key-1")
    accepted = post(seller, business_payload(), "key-1")

    assert (refused.status_code, accepted.status_code) == (400, 201)


@pytest.mark.parametrize("key", ["", "two words", "x" * 256, "ключ"])
def test_a_key_of_the_wrong_shape_is_refused(seller: Persona, key: str) -> None:
    response = post(seller, business_payload(), key)

    assert response.status_code == 400
    assert response.json()["error"]["errors"][0]["field"] == "Idempotency-Key"
    assert not Business.objects.exists()


def test_what_is_kept_is_not_readable_in_the_table(seller: Persona) -> None:
    payload = business_payload()
    post(seller, payload, "key-1")

    row = IdempotencyRecord.objects.get()

    assert payload["gstin"].encode() not in bytes(row.answer or b"")
    assert "key-1" not in row.key_hash


@pytest.mark.django_db(transaction=True)
def test_fifty_copies_at_once_make_one_row_and_one_answer(seller: Persona) -> None:
    payload = business_payload()

    answers = at_once(50, lambda: post(seller, payload, "key-1"))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["data"]["id"] for answer in answers}) == 1
    assert Business.objects.count() == 1
