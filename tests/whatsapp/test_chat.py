"""The chat over the webhook, through the outbox, to the vendor."""

import secrets
import urllib.parse
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import connection
from pytest_django import Settings
from rest_framework.test import APIClient
from twilio.request_validator import RequestValidator

from accounts import services as accounts
from accounts.models import Dispatch, User
from deploy.local.home import free_port
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor
from msmebazaar.core.outbox import relay
from msmebazaar.core.outbox.models import Delivery
from msmebazaar.core.types import Phone
from msmebazaar.core.vendors import TwilioConfig
from msmebazaar.integrations.twilio import messenger
from tests.at_once import at_once
from tests.conftest import Persona, some_network, some_phone
from tests.factories import add_figures, last_full_year, make_business, make_live_listing, mandate_payload
from whatsapp import services
from whatsapp.models import Conversation, InboundMessage, OutboundMessage
from whatsapp.types import RANK

WEBHOOK, STATUS = "/api/v1/whatsapp/webhook/", "/api/v1/whatsapp/status/"
Drain = Callable[[], int]


def twilio() -> TwilioConfig:
    assert django_settings.TWILIO is not None
    return django_settings.TWILIO


def form(address: str, body: str, **changes: str) -> dict[str, str]:
    return {
        "MessageSid": "SM" + secrets.token_hex(16),
        "AccountSid": twilio().account_sid,
        "From": address,
        "To": twilio().whatsapp_from,
        "Body": body,
        "NumMedia": "0",
        "ProfileName": "Asha",
        "SomethingNew": "unannounced",
        **changes,
    }


def post(path: str, content: dict[str, str], *, signature: str | None = None, signed_path: str | None = None) -> Any:
    """As Twilio would: a form, signed over the public URL."""
    url = f"{django_settings.PUBLIC_BASE_URL}{signed_path or path}"
    made = RequestValidator(twilio().auth_tokens[0]).compute_signature(url, content)
    return APIClient(REMOTE_ADDR=some_network()).post(
        path,
        urllib.parse.urlencode(content),
        content_type="application/x-www-form-urlencoded",
        HTTP_X_TWILIO_SIGNATURE=made if signature is None else signature,
    )


def say(phone: Phone, text: str) -> Any:
    return post(WEBHOOK, form(f"whatsapp:{phone}", text))


def heard_on(phone: Phone) -> list[str]:
    """What arrived on the phone, oldest first."""
    found = messenger().list_messages(f"whatsapp:{phone}", limit=20)
    return [message.body for message in reversed(found) if message.to == f"whatsapp:{phone}"]


@pytest.mark.django_db
def test_a_greeting_is_answered_in_hindi(drain: Drain) -> None:
    phone = some_phone()

    response = say(phone, "नमस्ते")
    drain()

    assert response.status_code == 200
    assert response["Content-Type"] == "text/xml"
    assert response.content.endswith(b"<Response/>")
    (answer,) = heard_on(phone)
    assert answer.startswith("नमस्ते!")
    assert "1 मेरा मूल्यांकन" in answer
    message = OutboundMessage.objects.get()
    assert message.status == "queued"
    assert message.message_sid.startswith("SM")


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["nothing", "flipped", "another path", "changed body", "extra", "missing", "json"])
def test_what_is_not_signed_is_403_and_leaves_no_trace(what: str) -> None:
    content = form(f"whatsapp:{some_phone()}", "नमस्ते")
    url = f"{django_settings.PUBLIC_BASE_URL}{WEBHOOK}"
    right = RequestValidator(twilio().auth_tokens[0]).compute_signature(url, content)

    responses: dict[str, Callable[[], Any]] = {
        "nothing": lambda: post(WEBHOOK, content, signature=""),
        "flipped": lambda: post(WEBHOOK, content, signature=("A" if right[0] != "A" else "B") + right[1:]),
        "another path": lambda: post(WEBHOOK, content, signed_path="/somewhere/else/"),
        "changed body": lambda: post(WEBHOOK, {**content, "Body": "STOP"}, signature=right),
        "extra": lambda: post(WEBHOOK, {**content, "More": "1"}, signature=right),
        "missing": lambda: post(WEBHOOK, {"Body": "x"}, signature=right),
        "json": lambda: APIClient().post(WEBHOOK, content, format="json"),
    }
    response = responses[what]()

    assert response.status_code == 403
    assert response.json()["error"]["code"] == "whatsapp.signature_refused"
    assert not InboundMessage.objects.exists()
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_the_host_header_does_not_decide_the_signature() -> None:
    response = APIClient().post(
        WEBHOOK,
        urllib.parse.urlencode(content := form(f"whatsapp:{some_phone()}", "hi")),
        content_type="application/x-www-form-urlencoded",
        HTTP_HOST="localhost",
        HTTP_X_TWILIO_SIGNATURE=RequestValidator(twilio().auth_tokens[0]).compute_signature(
            f"{django_settings.PUBLIC_BASE_URL}{WEBHOOK}", content
        ),
    )

    assert response.status_code in (200, 400)  # 400 where this host is not allowed; never believed by its own name


@pytest.mark.django_db
def test_a_signed_form_without_a_sid_is_a_400() -> None:
    assert post(WEBHOOK, {"Body": "x"}).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_twenty_copies_at_once_are_one_message() -> None:
    content = form(f"whatsapp:{some_phone()}", "नमस्ते")

    statuses = at_once(20, lambda: post(WEBHOOK, content).status_code)

    assert statuses == [200] * 20
    assert InboundMessage.objects.count() == 1
    assert Delivery.objects.count() == 1


@pytest.mark.django_db
def test_a_message_handled_twice_is_answered_once(drain: Drain) -> None:
    phone = some_phone()
    say(phone, "hello")
    drain()

    services.answer(message_id=InboundMessage.objects.get().id, now=clock.now())
    drain()

    assert len(heard_on(phone)) == 1


@pytest.mark.django_db
def test_what_is_written_is_not_readable_in_the_tables(drain: Drain) -> None:
    phone = some_phone()
    say(phone, "a very secret word")
    drain()

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT string_agg(m::text, '') FROM whatsapp_inboundmessage m),"
            " (SELECT string_agg(c::text, '') FROM whatsapp_conversation c),"
            " (SELECT string_agg(payload::text, '') FROM core_outboxevent)"
        )
        tables = str(cursor.fetchone())

    for secret in ("secret word", str(phone)[3:], "Asha"):
        assert secret not in tables
        assert secret.encode().hex() not in tables


@pytest.mark.django_db
def test_a_person_who_hides_their_number_is_answered_too(drain: Drain) -> None:
    address = f"whatsapp:IN.{secrets.token_hex(8)}"

    post(WEBHOOK, form(address, "hello"))
    drain()

    assert Conversation.objects.get().address == address
    assert messenger().list_messages(address, limit=1)[0].to == address


@pytest.mark.django_db
def test_stop_is_confirmed_and_then_there_is_silence(drain: Drain) -> None:
    phone = some_phone()

    for text in ("hello", "बंद", "hello", "1", "START"):
        say(phone, text)
        drain()

    answers = heard_on(phone)
    assert len(answers) == 3
    assert "START" in answers[1]
    assert answers[2].startswith("Good to have you back.")


def test_the_menu_tells_what_the_other_apps_know(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    make_live_listing(seller.actor, staff_actor)
    buyer.client.post("/api/v1/mandates/", mandate_payload(), format="json")
    drain()

    for text in ("hello", "1", "2", "3"):
        say(seller.phone, text)
        drain()

    answers = heard_on(seller.phone)
    assert "no valuation yet" in answers[1]
    assert "1 live, 0 with our staff, 0 to be finished" in answers[2]
    assert "0 listings match what you look for; 1 buyers match" in answers[3]
    assert User.objects.filter(is_staff=False).count() == 2


@pytest.mark.usefixtures("fresh_market_data")
def test_the_valuation_arrives_in_the_chat(seller: Persona, drain: Drain) -> None:
    business = make_business(seller.actor)
    add_figures(seller.actor, business, last_full_year())
    seller.client.post("/api/v1/valuations/", {"business_id": str(business.id)}, format="json")
    drain()

    for text in ("नमस्ते", "1"):
        say(seller.phone, text)
        drain()

    assert "लगभग ₹33.3 करोड़" in heard_on(seller.phone)[1]


def test_a_refused_valuation_is_said_to_be(seller: Persona, drain: Drain) -> None:
    business = make_business(seller.actor)
    add_figures(seller.actor, business)  # of a year that is too long ago
    seller.client.post("/api/v1/valuations/", {"business_id": str(business.id)}, format="json")
    for text in ("hello", "1"):
        say(seller.phone, text)
        drain()

    assert "No value could be calculated" in heard_on(seller.phone)[1]


class TestSending:
    @pytest.fixture
    def waiting(self, db: None) -> OutboundMessage:
        """An answer that is written and not yet sent."""
        say(some_phone(), "hello")
        relay.deliver(Delivery.objects.get().id, now=clock.now())
        return OutboundMessage.objects.get()

    def test_after_24_hours_nothing_is_sent(self, waiting: OutboundMessage) -> None:
        services.send(message_id=waiting.id, now=clock.now() + timedelta(hours=24, seconds=1))

        waiting.refresh_from_db()
        assert (waiting.status, waiting.error_code, waiting.message_sid) == ("failed", "window_closed", "")

    def test_a_vendor_that_is_away_is_asked_again_later(self, waiting: OutboundMessage, settings: Settings) -> None:
        vendor = settings.TWILIO
        settings.TWILIO = replace(vendor, api_base_url=f"http://127.0.0.1:{free_port()}")
        delivery = Delivery.objects.get(handler="whatsapp.send")
        assert relay.deliver(delivery.id, now=clock.now()) == "failed"
        waiting.refresh_from_db()
        assert waiting.status == "sending"

        settings.TWILIO = vendor
        assert relay.deliver(delivery.id, now=clock.now() + timedelta(seconds=11)) == "done"

        waiting.refresh_from_db()
        assert waiting.status == "queued"

    def test_a_refusal_for_good_is_not_tried_again(self, waiting: OutboundMessage) -> None:
        conversation = waiting.conversation
        conversation.address = "whatsapp:nobody"
        conversation.save()

        services.send(message_id=waiting.id, now=clock.now())

        waiting.refresh_from_db()
        assert (waiting.status, waiting.error_code) == ("failed", "21211")

    def test_what_is_sent_is_not_sent_again(self, waiting: OutboundMessage) -> None:
        for _ in range(2):
            services.send(message_id=waiting.id, now=clock.now())

        address = waiting.conversation.address
        assert len([m for m in messenger().list_messages(address, limit=5) if m.to == address]) == 1


class TestStatus:
    @pytest.fixture
    def sent(self, drain: Drain, db: None) -> OutboundMessage:
        say(some_phone(), "hello")
        drain()
        return OutboundMessage.objects.get()

    def tell(self, message: OutboundMessage, status: str, **changes: str) -> Any:
        content = {"MessageSid": message.message_sid, "MessageStatus": status, **changes}
        return post(f"{STATUS}?message={message.id}", content)

    @pytest.mark.parametrize(
        ("told", "end"),
        [
            (["sent", "delivered", "read"], "read"),
            (["read", "delivered", "sent"], "read"),
            (["delivered", "delivered", "sent", "delivered"], "delivered"),
            (["sent", "failed", "delivered"], "failed"),
            (["undelivered", "read"], "undelivered"),
            (["accepted", "something new"], "queued"),
        ],
    )
    def test_it_only_moves_forward(self, sent: OutboundMessage, told: list[str], end: str) -> None:
        for status in told:
            assert self.tell(sent, status).status_code == 200

        sent.refresh_from_db()
        assert sent.status == end

    def test_the_vendors_error_is_kept(self, sent: OutboundMessage) -> None:
        self.tell(sent, "undelivered", ErrorCode="63024")

        sent.refresh_from_db()
        assert sent.error_code == "63024"

    def test_unsigned_or_unknown_changes_nothing(self, sent: OutboundMessage) -> None:
        content = {"MessageSid": sent.message_sid, "MessageStatus": "read"}

        assert post(f"{STATUS}?message={sent.id}", content, signature="forged").status_code == 403
        assert post(f"{STATUS}?message={uuid.uuid4()}", content).status_code == 200
        assert post(f"{STATUS}?message=nonsense", content).status_code == 400
        sent.refresh_from_db()
        assert sent.status == "queued"

    def test_every_status_has_a_rank(self) -> None:
        from whatsapp.types import OutboundStatus

        assert set(OutboundStatus.values) <= set(RANK)


@pytest.mark.django_db
def test_an_old_message_does_not_shorten_the_window(drain: Drain) -> None:
    phone = some_phone()
    say(phone, "hello")
    drain()
    heard = Conversation.objects.get().last_heard_at

    with time_machine.travel(clock.now() - timedelta(hours=3), tick=False):
        say(phone, "menu")
    drain()

    assert Conversation.objects.get().last_heard_at == heard


def test_who_hides_the_number_and_shows_it_later_has_one_conversation(db: None, drain: Drain) -> None:
    """WhatsApp names one person by a business-scoped id first, by the number and the id later (PRODUCT d.6)."""
    phone, hidden = some_phone(), f"whatsapp:IN.{secrets.token_hex(12)}"
    post(WEBHOOK, form(hidden, "नमस्ते"))
    drain()
    other_device = form(f"whatsapp:{phone}", "hello")
    post(WEBHOOK, other_device)
    drain()
    assert Conversation.objects.count() == 2

    post(WEBHOOK, form(f"whatsapp:{phone}", "1", ExternalUserId=hidden))
    drain()

    conversation = Conversation.objects.get()
    assert conversation.address == f"whatsapp:{phone}"
    assert {row.user_id for row in InboundMessage.objects.all()} == {conversation.user_id}
    assert OutboundMessage.objects.filter(conversation=conversation).count() == 3


def test_a_notification_comes_into_an_open_chat_and_into_no_closed_one(
    daytime: None, seller: Persona, drain: Drain
) -> None:
    consent = {"purpose": "service", "is_given": True, "notice_version": "2026-11"}
    assert seller.client.post("/api/v1/me/consents/", consent, format="json").status_code == 200
    say(seller.phone, "hello")
    drain()

    accounts.notify(user_ids=[seller.actor.user_id], kind="valuation.ready", now=clock.now())
    drain()
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        accounts.notify(user_ids=[seller.actor.user_id], kind="valuation.refused", now=clock.now())
        drain()

    assert any("*Your valuation is ready*" in text for text in heard_on(seller.phone))
    assert not any("No valuation possible" in text for text in heard_on(seller.phone))
    states = dict(Dispatch.objects.filter(channel="whatsapp").values_list("notification__kind", "reason"))
    assert states == {"valuation.ready": "", "valuation.refused": "window_closed"}


def test_stop_reaches_notifications_too(daytime: None, seller: Persona, drain: Drain) -> None:
    say(seller.phone, "STOP")
    drain()

    accounts.notify(user_ids=[seller.actor.user_id], kind="valuation.ready", now=clock.now())

    assert not Dispatch.objects.filter(channel="whatsapp").exists()


@pytest.mark.usefixtures("daytime")
def test_an_owner_approves_an_introduction_in_the_chat_and_the_buyer_learns_of_it(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    listing = make_live_listing(seller.actor, staff_actor)
    mandate = buyer.client.post("/api/v1/mandates/", mandate_payload(), format="json").json()["data"]
    for persona, word in ((seller, "नमस्ते"), (buyer, "hello")):
        say(persona.phone, word)
    drain()
    content = {"mandate_id": mandate["id"], "listing_id": str(listing.id)}
    introduction = buyer.client.post("/api/v1/introductions/", content, format="json").json()["data"]
    code = introduction["id"].replace("-", "")[-4:].upper()
    drain()

    say(seller.phone, "3")
    drain()
    told = heard_on(seller.phone)[-1]
    assert code in told and "₹50 करोड़" in told and "ख़रीदार" in told
    assert str(buyer.phone)[3:] not in told

    say(seller.phone, f"हाँ {code}")
    drain()

    assert "परिचय स्वीकार हुआ" in heard_on(seller.phone)[-1]
    page = buyer.client.get(f"/api/v1/introductions/{introduction['id']}/").json()["data"]
    assert page["state"] == "approved"
    say(seller.phone, f"decline {code}")
    drain()
    assert code in heard_on(seller.phone)[-1] and "प्रतीक्षा में नहीं" in heard_on(seller.phone)[-1]


@pytest.mark.usefixtures("daytime")
def test_what_stands_against_an_answer_is_said_and_others_have_no_say(
    seller: Persona, buyer: Persona, stranger: Persona, staff_actor: Actor, drain: Drain
) -> None:
    listing = make_live_listing(seller.actor, staff_actor)
    mandate = buyer.client.post("/api/v1/mandates/", mandate_payload(), format="json").json()["data"]
    content = {"mandate_id": mandate["id"], "listing_id": str(listing.id)}
    drain()
    introduction = buyer.client.post("/api/v1/introductions/", content, format="json").json()["data"]
    code = introduction["id"].replace("-", "")[-4:].upper()
    for persona in (stranger, buyer, seller):
        say(persona.phone, "hello")
    drain()

    for persona in (stranger, buyer):
        say(persona.phone, f"approve {code}")
        drain()
        assert f"No request {code} waits" in heard_on(persona.phone)[-1]
    with time_machine.travel(clock.now() + timedelta(hours=73), tick=True):
        say(seller.phone, f"approve {code}")
        drain()
        assert "That was not possible" in heard_on(seller.phone)[-1]
