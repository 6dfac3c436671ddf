"""People who step in: the queue, the conversation, templates, notes; broadcasts; the comparison with Twilio's list."""

import secrets
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts import services as accounts
from accounts.types import ConsentChannel, Purpose
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor
from msmebazaar.core.exceptions import Forbidden
from tests.factories import sign_in
from tests.whatsapp.handset import Handset, form, standin
from whatsapp import services
from whatsapp.exceptions import BroadcastInvalid, HandoverClosed, WindowClosed
from whatsapp.models import (
    Broadcast,
    CannedReply,
    Conversation,
    Handover,
    InboundMessage,
    OutboundMessage,
    Reconciliation,
    Template,
)
from whatsapp.services.simulating import let_time_pass

pytestmark = pytest.mark.django_db
Drain = Callable[[], int]


@pytest.fixture
def asking(handset: Handset) -> Handset:
    """Somebody in the middle of a registration who has asked for a person."""
    for text in ("hello", "1", "1", "Asha", "1", "human"):
        handset.write(text)
    return handset


@pytest.fixture
def conversation(asking: Handset) -> Conversation:
    return Conversation.objects.get()


@pytest.fixture
def desk(db: None) -> Client:
    client = Client()
    sign_in(client)
    return client


def page(client: Client, path: str) -> str:
    response = client.get(f"/admin/whatsapp/handover/{path}")
    assert response.status_code == 200, response
    return response.content.decode()


def act(client: Client, conversation: Conversation, what: str, **given: str) -> Any:
    path = f"/admin/whatsapp/handover/chat/{conversation.id}/"
    return client.post(path, {"act": what, "key": str(uuid.uuid4()), **given}, follow=True)


class TestHandover:
    def test_it_waits_in_the_queue_and_the_bot_is_silent(self, desk: Client, asking: Handset) -> None:
        assert asking.write("is anybody there?") == []

        shown = page(desk, "inbox/")
        assert "Asha" in shown and "is anybody there?" in shown and "Asked for a person" in shown
        assert "Nobody waits" not in shown

    def test_staff_take_it_answer_and_give_it_back(
        self, desk: Client, asking: Handset, conversation: Conversation, drain: Drain
    ) -> None:
        asking.new()
        act(desk, conversation, "take")
        act(desk, conversation, "reply", text="Namaste Asha, how can we help?")
        drain()
        assert [shown.body for shown in asking.new()] == ["Namaste Asha, how can we help?"]

        act(desk, conversation, "note", text="Wants to know about the fee.")
        assert "Wants to know about the fee." in page(desk, f"chat/{conversation.id}/")
        act(desk, conversation, "back")
        drain()
        assert asking.new()[0].body.startswith("I am back.")
        (asked,) = asking.write("hello")
        assert "name of your business" in asked.body
        assert Handover.objects.get().closed_at is not None

    def test_pressing_twice_sends_once(
        self, desk: Client, asking: Handset, conversation: Conversation, drain: Drain
    ) -> None:
        asking.new()
        act(desk, conversation, "take")
        for _ in range(2):
            act(desk, conversation, "reply", text="One answer", key="01a21862-0000-7000-8000-000000000001")
        drain()

        assert len(asking.new()) == 1

    def test_without_taking_it_nobody_writes(self, desk: Client, handset: Handset, staff_actor: Actor) -> None:
        handset.write("hello")
        row = Conversation.objects.get()

        with pytest.raises(HandoverClosed):
            services.reply(actor=staff_actor, conversation_id=row.id, text="x", key="k", now=clock.now())
        assert "the bot would answer between your words" in act(desk, row, "reply", text="x").content.decode()

    def test_after_24_hours_only_a_template(
        self, desk: Client, asking: Handset, conversation: Conversation, staff_actor: Actor, drain: Drain
    ) -> None:
        act(desk, conversation, "take")
        standin("pass-time", From=asking.address, hours="25")
        let_time_pass(address=asking.address, hours=25)
        asking.new()

        with pytest.raises(WindowClosed):
            services.reply(actor=staff_actor, conversation_id=conversation.id, text="x", key="k", now=clock.now())
        assert "The 24 hours are over" in page(desk, f"chat/{conversation.id}/")
        act(desk, conversation, "template")
        drain()
        assert "Namaste Asha, we have an answer" in asking.new()[0].body

    def test_canned_replies_are_offered_in_the_language_of_the_talk(
        self, desk: Client, conversation: Conversation
    ) -> None:
        CannedReply.objects.create(
            title="Fee", text_en="There is no fee before a deal.", text_hi="सौदे से पहले कोई शुल्क नहीं।"
        )
        Conversation.objects.update(language="hi")

        assert "सौदे से पहले कोई शुल्क नहीं।" in page(desk, f"chat/{conversation.id}/")

    def test_reading_a_talk_is_written_down_and_others_have_no_business_there(
        self, desk: Client, conversation: Conversation, buyer: Any
    ) -> None:
        from msmebazaar.core.models import AuditEntry

        page(desk, f"chat/{conversation.id}/")
        assert AuditEntry.objects.filter(action="whatsapp.chat_read", subject_id=conversation.id).count() == 1
        with pytest.raises(Forbidden):
            services.inbox(actor=buyer.actor)
        assert Client().get("/admin/whatsapp/handover/inbox/").status_code == 302
        gone = desk.get(f"/admin/whatsapp/handover/chat/{uuid.uuid4()}/", follow=True)
        assert "no such conversation" in gone.content.decode()

    def test_the_third_wrong_answer_calls_a_person(self, desk: Client, handset: Handset) -> None:
        for text in ("hello", "1", "1", "Asha", "1", "Works", "skip", "1", "xyzzy", "xyzzy", "xyzzy"):
            handset.write(text)

        assert "Not understood three times" in page(desk, "inbox/")


class TestBroadcasts:
    @pytest.fixture
    def people(self, templates: None, drain: Drain) -> list[Handset]:
        """Four who wrote: one never agreed, one wrote STOP, two agreed to news."""
        made = []
        for number in range(4):
            handset = Handset(drain)
            for text in ("hello", "1", "1", f"Person {number}"):
                handset.write(text)
            made.append(handset)
        rows = {row.address: row for row in Conversation.objects.all()}
        for handset in made[1:]:
            accounts.record_consent(
                user_id=rows[handset.address].user_id,
                purpose=Purpose.MARKETING,
                is_given=True,
                notice_version="2026-11",
                language="en",
                channel=ConsentChannel.WHATSAPP,
                evidence="test",
                now=clock.now(),
            )
        made[1].write("STOP")
        for handset in made:
            handset.new()
        return made

    def plan(self, actor: Actor, **changes: Any) -> Broadcast:
        given = {
            "template_key": "news",
            "variables": {"text": "See what raises your value."},
            "segment": {},
            "most": 100,
        }
        return services.plan_broadcast(actor=actor, **{**given, **changes})

    def test_it_is_looked_at_begun_and_reaches_only_those_who_agreed(
        self, people: list[Handset], desk: Client, drain: Drain
    ) -> None:
        given = {"template_key": "news", "text": "See what raises your value.", "most": "100", "languages": ["en"]}
        shown = desk.post("/admin/whatsapp/handover/broadcasts/new/", given, follow=True).content.decode()
        assert "Send to 2" in shown
        row = Broadcast.objects.get()
        assert (row.state, row.segment) == ("draft", {"languages": ["en"]})
        assert not OutboundMessage.objects.filter(kind="broadcast").exists()

        for _ in range(2):
            desk.post(f"/admin/whatsapp/handover/broadcasts/{row.id}/", {"act": "begin"})
        drain()

        assert [len(handset.new()) for handset in people] == [0, 0, 1, 1]
        row.refresh_from_db()
        assert (row.state, row.written) == ("done", 2)
        assert "Accepted" in desk.get(f"/admin/whatsapp/handover/broadcasts/{row.id}/").content.decode()

    def test_the_cap_holds(self, people: list[Handset], staff_actor: Actor, drain: Drain) -> None:
        row = self.plan(staff_actor, most=1)
        services.begin_broadcast(actor=staff_actor, broadcast_id=row.id, now=clock.now())
        drain()

        assert sum(len(handset.new()) for handset in people) == 1

    def test_stop_reaches_what_is_written_already(
        self, people: list[Handset], staff_actor: Actor, drain: Drain
    ) -> None:
        row = self.plan(staff_actor)
        services.begin_broadcast(actor=staff_actor, broadcast_id=row.id, now=clock.now())
        services.write_broadcast_part(broadcast_id=row.id, now=clock.now())
        services.stop_broadcast(actor=staff_actor, broadcast_id=row.id, now=clock.now())
        drain()

        assert sum(len(handset.new()) for handset in people) == 0
        assert set(OutboundMessage.objects.filter(kind="broadcast").values_list("error_code", flat=True)) == {
            "broadcast_stopped"
        }

    @pytest.mark.parametrize("code", ["63013", "63026"])
    def test_a_vendor_that_objects_stops_it(
        self, people: list[Handset], staff_actor: Actor, drain: Drain, code: str
    ) -> None:
        for handset in people:
            standin("faults", From=handset.address, fault=code, count="1")
        row = self.plan(staff_actor)
        services.begin_broadcast(actor=staff_actor, broadcast_id=row.id, now=clock.now())
        drain()

        row.refresh_from_db()
        assert (row.state, row.ended_because) == ("stopped", code)

    def test_who_takes_consent_back_meanwhile_gets_nothing(
        self, people: list[Handset], staff_actor: Actor, drain: Drain
    ) -> None:
        row = self.plan(staff_actor)
        services.begin_broadcast(actor=staff_actor, broadcast_id=row.id, now=clock.now())
        services.write_broadcast_part(broadcast_id=row.id, now=clock.now())
        user_id = next(c.user_id for c in Conversation.objects.all() if c.address == people[3].address)
        accounts.record_consent(
            user_id=user_id, purpose=Purpose.MARKETING, is_given=False, notice_version="", language="en",
            channel=ConsentChannel.API, evidence="test", now=clock.now(),
        )  # fmt: skip
        drain()

        assert [len(handset.new()) for handset in people] == [0, 0, 1, 0]

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"template_key": "nothing"}, "template_key"),
            ({"variables": {}}, "variables"),
            ({"most": 0}, "most"),
            ({"most": 100_001}, "most"),
        ],
    )
    def test_a_broadcast_that_cannot_be_is_refused(
        self, templates: None, staff_actor: Actor, changes: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(BroadcastInvalid) as refused:
            self.plan(staff_actor, **changes)

        assert [fault.field for fault in refused.value.errors] == [field]
        assert not Broadcast.objects.exists()

    def test_only_staff_send_them(self, templates: None, buyer: Any) -> None:
        with pytest.raises(Forbidden):
            self.plan(buyer.actor)


class TestReconciliation:
    @pytest.fixture(autouse=True)
    def from_now_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Other tests share the stand-in's list; what was there before is none of ours."""
        monkeypatch.setattr("whatsapp.services.reconciling.OVERLAP", timedelta(seconds=1))
        Reconciliation.objects.create(since=clock.now(), until=clock.now())

    def test_a_lost_webhook_is_found_and_answered(self, handset: Handset) -> None:
        handset.write("hello")
        handset.new()
        lost = form(handset.address, "1")
        standin("heard", From=handset.address, To=lost["To"], Body="1", sid=lost["MessageSid"])

        first = services.reconcile(now=clock.now() + timedelta(minutes=5))
        second = services.reconcile(now=clock.now() + timedelta(minutes=10))
        message = InboundMessage.objects.get(message_sid=lost["MessageSid"])
        services.answer(message_id=message.id, now=clock.now())
        services.send_waiting(conversation_id=Conversation.objects.get().id, now=clock.now())

        assert [lost["MessageSid"], "inbound_lost"] in first.differences
        assert [lost["MessageSid"], "inbound_lost"] not in second.differences
        assert message.is_back_filled and message.received_at <= clock.now()
        assert "Do you agree?" in handset.new()[0].body

    def test_a_lost_report_is_mended(self, handset: Handset) -> None:
        handset.write("hello")
        message = OutboundMessage.objects.get()
        assert message.status == "queued"

        done = services.reconcile(now=clock.now() + timedelta(minutes=5))

        message.refresh_from_db()
        assert message.status == "delivered"
        assert done.statuses_mended == 1

    def test_what_is_on_its_way_is_not_lost(self, handset: Handset) -> None:
        sid = "SM" + secrets.token_hex(16)
        standin("heard", From=handset.address, To=form("", "")["To"], Body="x", sid=sid)

        services.reconcile(now=clock.now())

        assert not InboundMessage.objects.filter(message_sid=sid).exists()


def test_every_page_of_the_tables_opens(desk: Client, conversation: Conversation) -> None:
    Template.objects.first()
    for name in ("conversation", "handover", "inboundmessage", "inboundmedia", "outboundmessage", "template", "broadcast",
                 "reconciliation", "cannedreply"):  # fmt: skip
        assert desk.get(f"/admin/whatsapp/{name}/").status_code == 200, name
    assert desk.get("/admin/whatsapp/handover/broadcasts/new/").status_code == 200
    assert "WhatsApp inbox" in desk.get("/admin/").content.decode()
