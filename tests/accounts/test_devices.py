"""One's devices: listed, ended one by one or all at once; a stolen key is told."""

import uuid

from rest_framework.test import APIClient

from accounts.models import Dispatch, Session
from accounts.services import open_session
from msmebazaar.core import clock
from tests.conftest import Persona

URL = "/api/v1/auth/sessions/"


def test_devices_are_listed_with_the_one_that_asks(seller: Persona, stranger: Persona) -> None:
    open_session(user_id=seller.actor.user_id, user_agent="Chrome on Android", now=clock.now())

    rows = seller.client.get(URL).json()["data"]

    assert [(row["device"], row["is_current"]) for row in rows] == [("Chrome on Android", False), ("tests", True)]


def test_one_device_is_ended(seller: Persona, stranger: Persona) -> None:
    tokens = open_session(user_id=seller.actor.user_id, user_agent="lost", now=clock.now())
    other = next(row["id"] for row in seller.client.get(URL).json()["data"] if not row["is_current"])

    assert stranger.client.delete(f"{URL}{other}/").status_code == 404
    assert stranger.client.delete(f"{URL}{uuid.uuid4()}/").status_code == 404
    assert seller.client.delete(f"{URL}{other}/").status_code == 204
    assert seller.client.delete(f"{URL}{other}/").json()["error"]["code"] == "accounts.session_not_found"

    lost = APIClient()
    lost.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.access}")
    assert lost.get("/api/v1/me/").status_code == 401
    assert seller.client.get("/api/v1/me/").status_code == 200


def test_log_out_everywhere(seller: Persona, stranger: Persona) -> None:
    open_session(user_id=seller.actor.user_id, user_agent="another", now=clock.now())

    response = seller.client.post("/api/v1/auth/logout-everywhere/")

    assert response.json()["data"] == {"ended": 2}
    assert seller.client.get("/api/v1/me/").status_code == 401
    assert stranger.client.get("/api/v1/me/").status_code == 200


def test_a_replayed_key_is_told_to_the_person(seller: Persona, anonymous: APIClient) -> None:
    tokens = open_session(user_id=seller.actor.user_id, user_agent="stolen", now=clock.now())
    path = "/api/v1/auth/token/refresh/"
    anonymous.post(path, {"refresh": tokens.refresh}, format="json")

    anonymous.post(path, {"refresh": tokens.refresh}, format="json")

    told = seller.client.get("/api/v1/notifications/").json()["data"][0]
    assert (told["kind"], told["is_urgent"]) == ("accounts.session_ended_by_reuse", True)
    assert set(Dispatch.objects.values_list("channel", flat=True)) == {"sms", "email", "whatsapp"}
    assert Session.objects.get(user_agent="stolen").ended_because == "refresh_reuse"
