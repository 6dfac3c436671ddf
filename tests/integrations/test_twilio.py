"""Twilio's own SDK and validator against the stand-in."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from deploy.local.home import free_port
from msmebazaar.integrations.errors import VendorError, VendorOff
from msmebazaar.integrations.twilio import TwilioMessenger, is_signed_by_twilio, messenger
from tests.conftest import some_phone

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "identifiers.json").read_text())["twilio_signature"]


def test_an_sms_is_accepted_and_listed() -> None:
    phone = some_phone()

    sent = messenger().send_sms(phone, "नमस्ते 123456")

    assert sent.sid.startswith("SM")
    assert sent.status == "queued"
    (listed,) = messenger().list_messages(str(phone), limit=5)
    assert (listed.to, listed.body) == (str(phone), "नमस्ते 123456")


def test_a_refusal_carries_twilios_code_and_is_permanent() -> None:
    with pytest.raises(VendorError) as refused:
        messenger().send_whatsapp("whatsapp:nobody", "text", status_callback="http://127.0.0.1:9/")

    assert (refused.value.vendor, refused.value.code, refused.value.permanent) == ("twilio", "21211", True)


def test_a_wrong_token_is_refused(settings: Settings) -> None:
    wrong = TwilioMessenger(replace(settings.TWILIO, auth_tokens=("wrong",)))

    with pytest.raises(VendorError) as refused:
        wrong.send_sms(some_phone(), "text")

    assert refused.value.code == "20003"


def test_a_vendor_that_does_not_answer_may_be_tried_again(settings: Settings) -> None:
    away = TwilioMessenger(replace(settings.TWILIO, api_base_url=f"http://127.0.0.1:{free_port()}"))

    with pytest.raises(VendorError) as failed:
        away.send_sms(some_phone(), "text")

    assert (failed.value.code, failed.value.permanent) == ("", False)


def test_every_call_has_a_time_limit(settings: Settings) -> None:
    made = TwilioMessenger(settings.TWILIO)

    assert made.client.http_client.timeout == settings.TWILIO.timeout_s == 5


def test_switched_off_it_says_so(settings: Settings) -> None:
    settings.TWILIO = None

    with pytest.raises(VendorOff):
        messenger()


@pytest.mark.parametrize("vector", VECTORS)
def test_signature_vectors(settings: Settings, vector: dict[str, Any]) -> None:
    base, path = vector["url"][: vector["url"].index("/", 9)], vector["url"][vector["url"].index("/", 9) :]
    settings.PUBLIC_BASE_URL = base
    settings.TWILIO = replace(settings.TWILIO, auth_tokens=(vector["token"],))

    assert is_signed_by_twilio(path, vector["params"], vector["signature"])
    assert not is_signed_by_twilio(path, {**vector["params"], "Extra": "1"}, vector["signature"])
    assert not is_signed_by_twilio(path + "x", vector["params"], vector["signature"])
    assert not is_signed_by_twilio(path, vector["params"], vector["signature"][:-2] + "A=")
    assert not is_signed_by_twilio(path, vector["params"], "")


def test_during_a_rotation_both_tokens_are_believed(settings: Settings) -> None:
    vector = VECTORS[1]
    settings.PUBLIC_BASE_URL = "https://api.example.in"
    settings.TWILIO = replace(settings.TWILIO, auth_tokens=("the new one", vector["token"]))

    assert is_signed_by_twilio("/api/v1/whatsapp/webhook/", vector["params"], vector["signature"])


def test_switched_off_nothing_is_signed(settings: Settings) -> None:
    settings.TWILIO = None

    assert not is_signed_by_twilio("/", {}, "anything")
