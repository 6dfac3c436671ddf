"""Log-in by one-time code."""

import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Identity, OtpChallenge, User
from accounts.services import find_or_create_contact
from accounts.types import IdentityKind
from deploy.local.home import free_port
from msmebazaar.core import clock
from msmebazaar.core.types import Phone
from msmebazaar.integrations.twilio import messenger
from tests.at_once import at_once
from tests.conftest import some_network, some_phone

OTP, TOKEN = "/api/v1/auth/otp/", "/api/v1/auth/token/"


def ask(client: APIClient, phone: Phone | str, **headers: Any) -> Any:
    return client.post(OTP, {"phone": str(phone)}, format="json", **headers)


def code_on(phone: Phone) -> str:
    """The code of the newest SMS on the phone."""
    found = re.search(r"\d{6}", messenger().list_messages(str(phone), limit=1)[0].body)
    assert found
    return found[0]


def trade(client: APIClient, challenge_id: str, code: str) -> Any:
    return client.post(TOKEN, {"challenge_id": challenge_id, "code": code}, format="json")


@pytest.fixture
def challenge(anonymous: APIClient, db: None) -> Callable[[], tuple[Phone, str]]:
    def make() -> tuple[Phone, str]:
        phone = some_phone()
        return phone, ask(anonymous, phone).json()["data"]["challenge_id"]

    return make


Challenge = Callable[[], tuple[Phone, str]]


def test_a_code_opens_a_session(anonymous: APIClient, challenge: Challenge) -> None:
    phone, challenge_id = challenge()

    response = trade(anonymous, challenge_id, code_on(phone))

    data = response.json()["data"]
    assert response.status_code == 200
    assert data["user"]["phone"] == f"+91 ••••• ••{str(phone)[-3:]}"
    assert data["expires_in"] == 600
    anonymous.credentials(HTTP_AUTHORIZATION=f"Bearer {data['access']}")
    assert anonymous.get("/api/v1/me/").json()["data"]["id"] == data["user"]["id"]


@pytest.mark.django_db
def test_the_answer_tells_when_it_expires_and_when_to_ask_again(anonymous: APIClient) -> None:
    response = ask(anonymous, some_phone())

    assert response.status_code == 202
    assert set(response.json()["data"]) == {"challenge_id", "expires_at", "resend_at"}


@pytest.mark.django_db
def test_known_and_unknown_numbers_get_the_same_answer(anonymous: APIClient) -> None:
    known, unknown = some_phone(), some_phone()
    find_or_create_contact(kind=IdentityKind.PHONE, value=str(known), language="en", verified_at=clock.now())

    answers = [ask(anonymous, phone) for phone in (known, unknown)]

    shapes = [(a.status_code, set(a.json()["data"]), a.json()["message"], sorted(a.headers)) for a in answers]
    assert shapes[0] == shapes[1]


@pytest.mark.django_db
@pytest.mark.parametrize("spelling", ["{0}", "0{0}", "+91 {0}", "91{0}", "+91-{0}"])
def test_any_spelling_reaches_the_same_phone(anonymous: APIClient, spelling: str) -> None:
    phone = some_phone()

    ask(anonymous, spelling.format(str(phone)[3:]))

    assert messenger().list_messages(str(phone), limit=1)


def test_the_sms_is_in_the_language_asked_for(anonymous: APIClient, db: None) -> None:
    phone = some_phone()

    ask(anonymous, phone, HTTP_ACCEPT_LANGUAGE="hi")

    assert "कोड" in messenger().list_messages(str(phone), limit=1)[0].body


@pytest.mark.django_db
def test_the_code_is_not_in_the_table(anonymous: APIClient, challenge: Challenge) -> None:
    phone, _ = challenge()
    code = code_on(phone)

    row = OtpChallenge.objects.get()

    assert code not in row.code_hash
    assert len(row.code_hash) == 64


def test_a_code_works_once(anonymous: APIClient, challenge: Challenge) -> None:
    phone, challenge_id = challenge()
    code = code_on(phone)

    assert [trade(anonymous, challenge_id, code).status_code for _ in range(2)] == [200, 400]


def test_a_code_belongs_to_its_challenge(anonymous: APIClient, challenge: Challenge) -> None:
    phone, _ = challenge()
    _, other = challenge()

    response = trade(anonymous, other, code_on(phone))

    assert response.json()["error"]["code"] == "accounts.code_wrong"


def test_after_five_wrong_tries_the_right_code_is_refused_too(anonymous: APIClient, challenge: Challenge) -> None:
    phone, challenge_id = challenge()
    right = code_on(phone)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"

    answers = [trade(anonymous, challenge_id, wrong).status_code for _ in range(5)]

    assert answers == [400] * 5
    assert trade(anonymous, challenge_id, right).status_code == 400
    assert not User.objects.exists()


def test_a_code_dies_after_five_minutes(anonymous: APIClient, challenge: Challenge) -> None:
    phone, challenge_id = challenge()
    code = code_on(phone)

    with time_machine.travel(clock.now() + timedelta(minutes=5, seconds=1)):
        assert trade(anonymous, challenge_id, code).status_code == 400


@pytest.mark.django_db
def test_an_unknown_challenge_is_refused(anonymous: APIClient) -> None:
    response = trade(anonymous, str(uuid.uuid4()), "123456")

    assert response.status_code == 400
    assert response.json()["error"]["code"] == "accounts.challenge_unknown"


@pytest.mark.django_db
def test_a_second_code_within_half_a_minute_is_refused(anonymous: APIClient) -> None:
    phone = some_phone()
    ask(anonymous, phone)

    response = ask(anonymous, phone)

    assert response.status_code == 429
    assert response.json()["error"]["code"] == "accounts.resend_too_soon"
    assert 1 <= int(response["Retry-After"]) <= 30
    assert len(messenger().list_messages(str(phone), limit=5)) == 1


@pytest.mark.django_db
def test_a_phone_gets_three_codes_in_ten_minutes(settings: Settings) -> None:
    settings.OTP_RESEND_AFTER = timedelta(0)
    phone = some_phone()

    statuses = [ask(APIClient(REMOTE_ADDR=some_network()), phone).status_code for _ in range(4)]

    assert statuses == [202, 202, 202, 429]
    assert OtpChallenge.objects.count() == 3


@pytest.mark.django_db
def test_a_network_is_limited_too(anonymous: APIClient, settings: Settings) -> None:
    settings.OTP_SENDS_PER_NETWORK = "2/10minutes"

    statuses = [ask(anonymous, some_phone()).status_code for _ in range(3)]

    assert statuses == [202, 202, 429]


@pytest.mark.django_db
def test_when_the_vendor_is_away_it_says_so(anonymous: APIClient, settings: Settings) -> None:
    settings.TWILIO = replace(settings.TWILIO, api_base_url=f"http://127.0.0.1:{free_port()}")

    response = ask(anonymous, some_phone())

    assert response.status_code == 503
    assert response.json()["error"]["code"] == "accounts.code_not_sent"
    assert response["Retry-After"] == "30"


@pytest.mark.django_db
@pytest.mark.parametrize("phone", ["", "12345", "+14155238886", "not a phone", None, ["9876543210"]])
def test_what_is_no_indian_mobile_is_refused_with_the_field(anonymous: APIClient, phone: Any) -> None:
    response = anonymous.post(OTP, {"phone": phone}, format="json")

    assert response.status_code == 400
    assert response.json()["error"]["errors"][0]["field"] == "phone"
    assert not OtpChallenge.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_twenty_guesses_at_once_spend_five_tries(anonymous: APIClient) -> None:
    phone = some_phone()
    challenge_id = ask(anonymous, phone).json()["data"]["challenge_id"]
    wrong = f"{(int(code_on(phone)) + 1) % 1_000_000:06d}"

    at_once(20, lambda: trade(APIClient(REMOTE_ADDR=some_network()), challenge_id, wrong))

    assert OtpChallenge.objects.get().tries_left == 0


@pytest.mark.django_db
def test_who_wrote_on_whatsapp_first_is_the_same_person_when_they_log_in() -> None:
    phone = some_phone()
    on_whatsapp = find_or_create_contact(
        kind=IdentityKind.WHATSAPP, value=f"whatsapp:{phone}", language="hi", verified_at=None
    )

    by_phone = find_or_create_contact(kind=IdentityKind.PHONE, value=str(phone), language="en", verified_at=clock.now())

    assert by_phone == on_whatsapp
    assert Identity.objects.filter(user_id=by_phone.user_id).count() == 2


@pytest.mark.django_db
def test_a_whatsapp_user_without_a_phone_is_a_contact() -> None:
    address = "whatsapp:IN.Ab12Cd34"

    first = find_or_create_contact(kind=IdentityKind.WHATSAPP, value=address, language="hi", verified_at=None)
    second = find_or_create_contact(kind=IdentityKind.WHATSAPP, value=address, language="en", verified_at=clock.now())

    assert first.user_id == second.user_id
    assert Identity.objects.get().verified_at is not None


@pytest.mark.django_db(transaction=True)
def test_ten_first_contacts_at_once_are_one_person() -> None:
    value = str(some_phone())

    def meet() -> object:
        return find_or_create_contact(
            kind=IdentityKind.PHONE, value=value, language="en", verified_at=clock.now()
        ).user_id

    found = at_once(10, meet)

    assert len(found) == 10
    assert len(set(found)) == 1
    assert User.objects.count() == 1
