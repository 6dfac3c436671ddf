"""Codes by WhatsApp and through Twilio Verify; each refusal has its own code."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import OtpChallenge, User
from deploy.local.home import free_port
from msmebazaar.core import clock
from tests.at_once import at_once
from tests.conftest import some_network, some_phone

OTP, TOKEN = "/api/v1/auth/otp/", "/api/v1/auth/token/"
Code = Callable[[str], str]


def ask(client: APIClient, phone: str, **changes: Any) -> Any:
    return client.post(OTP, {"phone": phone, **changes}, format="json")


def trade(client: APIClient, challenge_id: str, code: str, **headers: Any) -> Any:
    return client.post(TOKEN, {"challenge_id": challenge_id, "code": code}, format="json", **headers)


def test_a_code_by_whatsapp(anonymous: APIClient, code_on: Code, db: None) -> None:
    phone = str(some_phone())

    challenge = ask(anonymous, phone, channel="whatsapp").json()["data"]["challenge_id"]

    assert trade(anonymous, challenge, code_on(f"whatsapp:{phone}")).status_code == 200


def test_without_an_approved_template_whatsapp_is_not_offered(
    anonymous: APIClient, settings: Settings, db: None
) -> None:
    settings.TWILIO = replace(settings.TWILIO, code_content_sid=None)

    response = ask(anonymous, str(some_phone()), channel="whatsapp")

    assert response.json()["error"]["errors"][0] == {
        "field": "channel",
        "code": "unavailable",
        "message": "Codes cannot be sent by WhatsApp just now. Choose SMS.",
    }
    assert not OtpChallenge.objects.exists()


@pytest.fixture
def by_vendor(settings: Settings) -> None:
    settings.OTP_PROVIDER = "twilio_verify"


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_the_vendor_makes_sends_and_checks_the_code(
    by_vendor: None, anonymous: APIClient, code_on: Code, db: None, channel: str
) -> None:
    phone = str(some_phone())

    challenge = ask(anonymous, phone, channel=channel).json()["data"]["challenge_id"]
    code = code_on(phone if channel == "sms" else f"whatsapp:{phone}")
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"

    assert OtpChallenge.objects.get().code_hash == ""
    assert trade(anonymous, challenge, wrong).json()["error"]["code"] == "accounts.code_wrong"
    assert trade(anonymous, challenge, code).status_code == 200
    assert trade(anonymous, challenge, code).json()["error"]["code"] == "accounts.code_used"


def test_our_tries_hold_for_the_vendors_codes_too(
    by_vendor: None, anonymous: APIClient, code_on: Code, db: None
) -> None:
    phone = str(some_phone())
    challenge = ask(anonymous, phone).json()["data"]["challenge_id"]
    right = code_on(phone)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"

    codes = [trade(anonymous, challenge, wrong).json()["error"]["code"] for _ in range(5)]

    assert codes == ["accounts.code_wrong"] * 4 + ["accounts.too_many_tries"]
    assert trade(anonymous, challenge, right).json()["error"]["code"] == "accounts.too_many_tries"
    assert not User.objects.exists()


def test_a_vendor_that_is_away_while_checking_says_so(
    by_vendor: None, anonymous: APIClient, code_on: Code, settings: Settings, db: None
) -> None:
    phone = str(some_phone())
    challenge = ask(anonymous, phone).json()["data"]["challenge_id"]
    settings.TWILIO = replace(settings.TWILIO, verify_base_url=f"http://127.0.0.1:{free_port()}")

    response = trade(anonymous, challenge, "123456")

    assert response.status_code == 503
    assert response.json()["error"]["code"] == "accounts.code_not_sent"


@pytest.mark.parametrize("language", ["en", "hi"])
def test_every_refusal_has_its_own_code_and_sentence(
    anonymous: APIClient, code_on: Code, db: None, language: str
) -> None:
    def fresh() -> tuple[str, str]:
        phone = str(some_phone())
        return ask(anonymous, phone).json()["data"]["challenge_id"], code_on(phone)

    def refusal(challenge: str, code: str) -> tuple[str, str]:
        answer = trade(anonymous, challenge, code, HTTP_ACCEPT_LANGUAGE=language).json()
        return answer["error"]["code"].removeprefix("accounts."), answer["message"]

    used, code = fresh()
    trade(anonymous, used, code)
    told = [refusal(used, code), refusal("01a21541-0000-7000-8000-000000000000", "123456")]
    wrong, code = fresh()
    told.append(refusal(wrong, f"{(int(code) + 1) % 1_000_000:06d}"))
    expired, code = fresh()
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        told.append(refusal(expired, code))

    assert [kind for kind, _ in told] == ["code_used", "challenge_unknown", "code_wrong", "code_expired"]
    assert len({sentence for _, sentence in told}) == 4
    has_hindi = [any("\u0900" <= char <= "\u097f" for char in sentence) for _, sentence in told]
    assert has_hindi == [language == "hi"] * 4


@pytest.mark.django_db(transaction=True)
def test_of_twenty_right_answers_at_once_one_opens_a_session(code_on: Code) -> None:
    phone = str(some_phone())
    challenge = ask(APIClient(REMOTE_ADDR=some_network()), phone).json()["data"]["challenge_id"]
    code = code_on(phone)

    statuses = at_once(20, lambda: trade(APIClient(REMOTE_ADDR=some_network()), challenge, code).status_code)

    assert statuses.count(200) == 1
    assert set(statuses) == {200, 400}
    assert User.objects.count() == 1
