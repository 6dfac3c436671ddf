"""Notifications: what is told, through which channels, and what forbids a send."""

import os
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import requests
from pytest_django import Settings

from accounts import services
from accounts.models import Dispatch, Identity, Notification, NotificationSettings
from accounts.services.notifications import end_of_quiet
from accounts.types import ConsentChannel, IdentityKind, NotificationChannel, Purpose
from deploy.local.home import free_port
from msmebazaar.core import clock
from msmebazaar.core.clock import INDIA
from msmebazaar.core.outbox import relay
from msmebazaar.core.outbox.models import Delivery
from msmebazaar.integrations.twilio import messenger
from tests.conftest import Persona
from tests.factories import make_live_listing

URL, SETTINGS = "/api/v1/notifications/", "/api/v1/me/notification-settings/"
Drain = Callable[[], int]


def consent(persona: Persona, *, is_given: bool = True) -> None:
    services.record_consent(
        user_id=persona.actor.user_id,
        purpose=Purpose.SERVICE,
        is_given=is_given,
        notice_version="2026-11",
        language="en",
        channel=ConsentChannel.API,
        evidence="test",
        now=clock.now(),
    )


def with_email(persona: Persona) -> str:
    address = f"{uuid.uuid4().hex}@example.in"
    services.attach_identity(user_id=persona.actor.user_id, kind=IdentityKind.EMAIL, value=address, now=clock.now())
    return address


def tell(persona: Persona, kind: str = "valuation.ready", now: datetime | None = None) -> None:
    services.notify(user_ids=[persona.actor.user_id], kind=kind, now=now or clock.now(), params={"valuation_id": "x"})


def outcomes(persona: Persona) -> dict[str, tuple[str, str]]:
    rows = Dispatch.objects.filter(notification__user_id=persona.actor.user_id)
    return {row.channel: (row.state, row.reason) for row in rows}


def test_an_approved_listing_is_told_to_its_owner_in_their_language(seller: Persona, staff_actor: Any) -> None:
    listing = make_live_listing(seller.actor, staff_actor)

    row = seller.client.get(URL, HTTP_ACCEPT_LANGUAGE="hi").json()["data"][0]

    assert row["kind"] == "msme.listing_live"
    assert row["title"] == "आपकी लिस्टिंग लाइव है"
    assert listing.title in row["body"]
    assert row["params"]["listing_id"] == str(listing.id)


def test_unread_are_counted_and_marked_once(seller: Persona, stranger: Persona) -> None:
    for _ in range(3):
        tell(seller)
    first = seller.client.get(f"{URL}?unread=true").json()["data"][0]["id"]

    foreign = stranger.client.post(f"{URL}{first}/read/")
    read = seller.client.post(f"{URL}{first}/read/").json()["data"]["read_at"]
    again = seller.client.post(f"{URL}{first}/read/").json()["data"]["read_at"]

    assert foreign.status_code == 404
    assert read == again
    assert seller.client.get(f"{URL}unread-count/").json()["data"] == {"unread": 2}
    assert seller.client.post(f"{URL}read-all/").json()["data"] == {"marked": 2}
    assert Notification.objects.filter(read_at__isnull=True).count() == 0


def test_without_consent_nothing_leaves_the_product(daytime: None, seller: Persona, drain: Drain) -> None:
    with_email(seller)

    tell(seller)
    drain()

    assert outcomes(seller) == {"whatsapp": ("refused", "no_consent"), "email": ("refused", "no_consent")}
    assert seller.client.get(f"{URL}unread-count/").json()["data"] == {"unread": 1}


def test_with_consent_it_is_sent(daytime: None, seller: Persona, drain: Drain) -> None:
    address = with_email(seller)
    consent(seller)

    tell(seller)
    drain()

    assert outcomes(seller) == {"whatsapp": ("refused", "no_address"), "email": ("sent", "")}
    (mail,) = mails_to(address)
    assert mail["subject"] == "Your valuation is ready"
    assert mail["reference"] == str(Dispatch.objects.get(channel="email").id)


def mails_to(address: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = requests.get(os.environ["DEV_MAILBOX_URL"], params={"to": address}, timeout=5).json()[
        "mails"
    ]
    return found


def test_consent_withdrawn_between_writing_and_sending_is_respected(
    daytime: None, seller: Persona, drain: Drain
) -> None:
    address = with_email(seller)
    consent(seller)
    tell(seller)

    consent(seller, is_given=False)
    drain()

    assert outcomes(seller)["email"] == ("refused", "no_consent")
    assert mails_to(address) == []


def test_what_protects_a_person_needs_no_consent_and_no_daytime(seller: Persona, drain: Drain) -> None:
    tell(seller, "accounts.session_ended_by_reuse")
    drain()

    assert outcomes(seller)["sms"] == ("sent", "")
    assert "A session was ended" in messenger().list_messages(str(seller.phone), limit=1)[0].body


@pytest.mark.parametrize(
    ("at", "waits_until"),
    [("20:59", None), ("21:00", "08:00"), ("23:30", "08:00"), ("02:00", "08:00"), ("07:59", "08:00"), ("08:00", None)],
)
def test_quiet_hours_are_those_of_india(db: None, at: str, waits_until: str | None) -> None:
    now = datetime.combine(date(2026, 11, 26), time.fromisoformat(at), INDIA)

    until = end_of_quiet(NotificationSettings(), now)

    assert (until.strftime("%H:%M") if until else None) == waits_until
    assert until is None or timedelta(0) < until - now <= timedelta(hours=11)


def test_at_night_it_waits_for_the_morning(seller: Persona, drain: Drain) -> None:
    with_email(seller)
    consent(seller)
    night = datetime(2026, 11, 26, 23, 0, tzinfo=INDIA)
    morning = datetime(2026, 11, 27, 8, 0, tzinfo=INDIA)

    tell(seller, now=night)

    waiting = Delivery.objects.filter(handler="accounts.dispatch")
    assert {row.due_at for row in waiting} == {morning}
    dispatch = Dispatch.objects.get(channel="email")
    services.dispatch(dispatch_id=dispatch.id, now=night)
    assert outcomes(seller)["email"][0] == "pending"
    services.dispatch(dispatch_id=dispatch.id, now=morning)
    assert outcomes(seller)["email"] == ("sent", "")
    assert relay.sweep(now=night) >= 0


def test_the_daily_cap_holds_and_urgent_ones_pass_it(daytime: None, seller: Persona, drain: Drain) -> None:
    with_email(seller)
    consent(seller)
    seller.client.patch(SETTINGS, {"daily_cap": 2}, format="json")

    for _ in range(4):
        tell(seller)
        drain()
    tell(seller, "accounts.session_ended_by_reuse")
    drain()

    states = list(Dispatch.objects.filter(channel="email").order_by("id").values_list("state", "reason"))
    assert states == [("sent", ""), ("sent", ""), ("refused", "daily_cap"), ("refused", "daily_cap"), ("sent", "")]


def test_wishes_per_kind_and_channel(daytime: None, seller: Persona, drain: Drain) -> None:
    with_email(seller)
    consent(seller)
    wishes = {"choices": {"valuation.ready": ["sms"]}, "muted_channels": ["email"], "quiet_from": "22:00"}

    changed = seller.client.patch(SETTINGS, wishes, format="json").json()["data"]
    tell(seller)
    tell(seller, "valuation.refused")
    drain()

    assert {row["kind"]: row["channels"] for row in changed["kinds"]}["valuation.ready"] == ["sms"]
    assert changed["quiet_from"] == "22:00"
    assert outcomes(seller) == {"sms": ("sent", ""), "whatsapp": ("refused", "no_address")}


@pytest.mark.parametrize(
    "content",
    [
        {"choices": {"no.such": []}},
        {"choices": {"valuation.ready": ["fax"]}},
        {"daily_cap": -1},
        {"quiet_from": "25:00"},
        {"quiet_from": "21:00:00Z"},
    ],
)
def test_wishes_that_make_no_sense_are_refused(seller: Persona, content: dict[str, Any]) -> None:
    assert seller.client.patch(SETTINGS, content, format="json").status_code == 400


def test_a_mailbox_that_is_unknown_fails_for_good(daytime: None, seller: Persona, drain: Drain) -> None:
    services.attach_identity(
        user_id=seller.actor.user_id, kind=IdentityKind.EMAIL, value="nobody@refused.example", now=clock.now()
    )
    consent(seller)

    tell(seller)
    drain()

    assert outcomes(seller)["email"][0] == "failed"


def test_a_server_that_is_away_is_tried_again(daytime: None, seller: Persona, settings: Settings) -> None:
    with_email(seller)
    consent(seller)
    settings.EMAIL = replace(settings.EMAIL, port=free_port())
    settings.EMAIL_PORT = settings.EMAIL.port
    tell(seller)
    delivery = Delivery.objects.get(event__payload__dispatch_id=str(Dispatch.objects.get(channel="email").id))

    outcome = relay.deliver(delivery.id, now=clock.now())

    assert outcome == "failed"
    delivery.refresh_from_db()
    assert (delivery.state, delivery.last_error) == ("pending", "VendorError")


def test_an_erased_or_merged_person_is_told_through_who_they_are_now(seller: Persona, stranger: Persona) -> None:
    services.merge_contacts(survivor_id=seller.actor.user_id, absorbed_id=stranger.actor.user_id, now=clock.now())

    services.notify(user_ids=[stranger.actor.user_id], kind="valuation.ready", now=clock.now())

    assert Notification.objects.filter(user_id=seller.actor.user_id, kind="valuation.ready").count() == 1
    assert not Notification.objects.filter(user_id=stranger.actor.user_id).exists()


def test_stop_on_whatsapp_mutes_the_channel(seller: Persona) -> None:
    services.mute_channel(user_id=seller.actor.user_id, channel=NotificationChannel.WHATSAPP, is_muted=True)
    services.mute_channel(user_id=seller.actor.user_id, channel=NotificationChannel.WHATSAPP, is_muted=True)

    tell(seller)

    assert set(outcomes(seller)) == {"email"}
    assert Identity.objects.filter(user_id=seller.actor.user_id).exists()
