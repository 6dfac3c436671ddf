"""The consent ledger."""

from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from rest_framework.test import APIClient

from accounts import reference, selectors
from accounts.models import ConsentEntry
from accounts.types import Purpose
from msmebazaar.core import clock
from tests.conftest import Persona

URL = "/api/v1/me/consents/"


def say(persona: Persona, is_given: bool, **changes: Any) -> Any:
    version = reference.current_notices(clock.today_in_india())["service"].version
    content = {"purpose": "service", "is_given": is_given, "notice_version": version, **changes}
    return persona.client.post(URL, content, format="json", HTTP_ACCEPT_LANGUAGE="hi", HTTP_X_REQUEST_ID="evidence-1")


def test_nothing_is_consented_to_before_it_was_asked(seller: Persona) -> None:
    rows = seller.client.get(URL).json()["data"]

    assert {row["purpose"] for row in rows} == set(Purpose.values)
    assert not any(row["is_given"] for row in rows)


def test_an_entry_says_what_when_where_and_on_what_evidence(seller: Persona) -> None:
    assert say(seller, True).status_code == 200

    entry = ConsentEntry.objects.get()
    assert (entry.purpose, entry.is_given, entry.language, entry.channel) == ("service", True, "hi", "api")
    assert (entry.notice_version, entry.evidence) == ("2026-11", "evidence-1")
    assert selectors.has_consent(user_id=seller.actor.user_id, purpose=Purpose.SERVICE)


def test_withdrawing_is_the_same_one_call(seller: Persona) -> None:
    say(seller, True)

    response = seller.client.post(URL, {"purpose": "service", "is_given": False}, format="json")

    assert response.json()["data"]["is_given"] is False
    assert not selectors.has_consent(user_id=seller.actor.user_id, purpose=Purpose.SERVICE)
    history = seller.client.get(f"{URL}history/").json()["data"]
    assert [row["is_given"] for row in history] == [False, True]


def test_saying_the_same_again_adds_nothing(seller: Persona) -> None:
    for _ in range(3):
        say(seller, True)

    assert ConsentEntry.objects.count() == 1


def test_consent_to_an_old_notice_is_refused(seller: Persona) -> None:
    response = say(seller, True, notice_version="2019-01")

    assert response.json()["error"]["code"] == "accounts.notice_unknown"
    assert not ConsentEntry.objects.exists()


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_ledger_cannot_be_changed(seller: Persona, change: str) -> None:
    say(seller, True)

    with pytest.raises(ProgrammingError), transaction.atomic():
        getattr(ConsentEntry.objects.all(), change)(**({"is_given": False} if change == "update" else {}))

    assert ConsentEntry.objects.get().is_given


def test_the_notices_are_open_in_both_languages_and_name_the_rights(anonymous: APIClient, db: None) -> None:
    english = anonymous.get("/api/v1/consent-notices/").json()["data"]
    hindi = anonymous.get("/api/v1/consent-notices/", HTTP_ACCEPT_LANGUAGE="hi").json()["data"]

    assert {row["purpose"] for row in english} == set(Purpose.values)
    assert all("Data Protection Board" in row["text"] and "withdraw" in row["text"] for row in english)
    assert all("डेटा संरक्षण बोर्ड" in row["text"] for row in hindi)
