"""Handing messages over: by which rules, what follows from Twilio's errors, and what happens while Twilio is ill."""

import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from accounts import services as accounts
from accounts.models import Dispatch, NotificationSettings
from deploy.local.home import free_port
from msmebazaar.core import clock
from msmebazaar.core.outbox import relay
from msmebazaar.core.outbox.models import Delivery
from msmebazaar.integrations.errors import VendorError
from tests.conftest import Persona
from tests.whatsapp.handset import STATUS, WEBHOOK, Handset, form, post, signature_of, standin
from whatsapp import services
from whatsapp.flow import Choice
from whatsapp.models import Conversation, OutboundMessage, Template
from whatsapp.reference import definitions
from whatsapp.services import sending
from whatsapp.services.registry import fitting
from whatsapp.services.writing import Letter, letters_of, write
from whatsapp.types import REMEDIES, Category, OutboundKind, Remedy

pytestmark = pytest.mark.django_db
Drain = Callable[[], int]
LATE = timedelta(hours=24, minutes=1)


@pytest.fixture
def handset(templates: None, drain: Drain) -> Handset:
    made = Handset(drain)
    made.write("hello")
    return made


@pytest.fixture
def faults(handset: Handset) -> Callable[..., None]:
    """Ask the stand-in to fail the next messages to this phone."""

    def ask(fault: str, count: int = 1) -> None:
        standin("faults", From=handset.address, fault=fault, count=str(count))

    return ask


def conversation_of(handset: Handset) -> Conversation:
    return Conversation.objects.get(user_id=Conversation.objects.values("user_id").order_by("-created_at")[:1])


def wait(
    handset: Handset,
    text: str = "news",
    *,
    kind: OutboundKind = OutboundKind.NOTICE,
    category: Category = Category.UTILITY,
    template: str = "",
    fallback_of: uuid.UUID | None = None,
) -> OutboundMessage:
    """A message that is written and not yet sent."""
    from django.db import transaction

    variables = {"title": "News", "text": text} if template == "notice" else {"name": "Asha", "text": text}
    letter = Letter(text, template=template, variables=variables if template else {})
    with transaction.atomic():
        (row,) = write(
            conversation_of(handset),
            [letter],
            dedupe_key=uuid.uuid4().hex,
            kind=kind,
            category=category,
            fallback_of=fallback_of,
        )
    return row


def send(row: OutboundMessage, after: timedelta = timedelta()) -> OutboundMessage:
    services.send_waiting(conversation_id=row.conversation_id, now=clock.now() + after)
    row.refresh_from_db()
    return row


class TestWindow:
    def test_free_text_after_24_hours_is_not_even_tried(self, handset: Handset) -> None:
        row = send(wait(handset), LATE)

        assert (row.status, row.error_code, row.attempts) == ("failed", "window_closed", 0)

    def test_a_template_goes_out_instead(self, handset: Handset) -> None:
        handset.new()
        row = send(wait(handset, "A buyer asks.\nAnswer soon.", template="notice"), LATE)

        assert row.status == "queued"
        (shown,) = handset.new()
        assert shown.body == "News from MSMEBazaar: News. A buyer asks. Answer soon. Write MENU here to go on."

    def test_inside_the_window_the_words_themselves_are_sent(self, handset: Handset) -> None:
        handset.new()
        send(wait(handset, "A buyer asks.", template="notice"))

        assert [shown.body for shown in handset.new()] == ["A buyer asks."]

    @pytest.mark.parametrize("state", ["draft", "submitted", "rejected", "disabled"])
    def test_a_template_that_is_not_approved_is_refused_here(self, handset: Handset, state: str) -> None:
        Template.objects.filter(key="notice").update(state=state)

        row = send(wait(handset, template="notice"), LATE)

        assert (row.status, row.error_code, row.attempts) == ("failed", "no_template", 0)

    def test_variables_that_do_not_fit_are_refused_here(self, handset: Handset) -> None:
        Template.objects.filter(key="notice").update(variables=["title", "text", "more"])

        row = send(wait(handset, template="notice"), LATE)

        assert (row.error_code, row.attempts) == ("template_mismatch", 0)

    def test_when_our_clock_was_wrong_the_template_follows(self, handset: Handset, drain: Drain) -> None:
        """Twilio takes free text and tells by a report that the window had closed (63016)."""
        row = send(wait(handset, template="notice"))

        post(
            f"{STATUS}?message={row.id}",
            {"MessageSid": row.message_sid, "MessageStatus": "failed", "ErrorCode": "63016"},
        )
        drain()

        row.refresh_from_db()
        assert row.status == "queued"
        assert handset.screen()[-1].body.startswith("News from MSMEBazaar")

    def test_the_last_two_minutes_are_left_alone(self, handset: Handset) -> None:
        row = send(wait(handset), timedelta(hours=23, minutes=59))

        assert row.error_code == "window_closed"


class TestWhoMayBeWrittenTo:
    def test_after_stop_nothing_but_its_confirmation(self, handset: Handset) -> None:
        (confirmed,) = handset.write("STOP")
        assert "no more messages" in confirmed.body

        row = send(wait(handset))
        assert (row.status, row.error_code, row.attempts) == ("failed", "stopped", 0)

    @pytest.mark.parametrize("code", ["21610", "63014", "63033"])
    def test_a_vendor_that_says_they_do_not_want_it_is_a_stop(
        self, handset: Handset, code: str, faults: Callable[..., None]
    ) -> None:
        faults(code)
        row = send(wait(handset))

        assert (row.status, row.error_code) == ("failed", code)
        assert conversation_of(handset).stopped_at is not None
        assert NotificationSettings.objects.get().muted_channels == ["whatsapp"]
        assert send(wait(handset)).error_code == "stopped"

    def test_marketing_without_consent_is_not_sent(self, handset: Handset) -> None:
        row = send(wait(handset, category=Category.MARKETING))

        assert (row.error_code, row.attempts) == ("no_consent", 0)

    @pytest.mark.parametrize("code", ["63003", "63024", "21211"])
    def test_who_is_not_on_whatsapp_is_left_alone_until_they_write(
        self, handset: Handset, code: str, faults: Callable[..., None]
    ) -> None:
        faults(code)
        send(wait(handset))

        assert send(wait(handset)).error_code == "unreachable"
        handset.write("menu")
        assert send(wait(handset)).status == "queued"


class TestErrors:
    def test_every_error_of_our_notes_has_a_remedy(self) -> None:
        assert len(REMEDIES) >= 36
        assert set(REMEDIES.values()) == set(Remedy)

    @pytest.mark.parametrize("code", ["63018", "20429", "63017", "429", "503"])
    def test_what_passes_is_tried_again(self, handset: Handset, code: str, faults: Callable[..., None]) -> None:
        row = wait(handset)
        faults(code)
        with pytest.raises(VendorError):
            send(row)
        row.refresh_from_db()
        assert row.status == "pending"

        assert send(row).status == "queued"
        assert row.attempts == 2

    def test_some_are_tried_three_times_only(self, handset: Handset, faults: Callable[..., None]) -> None:
        row = wait(handset)
        faults("63010", 3)
        for _ in range(2):
            with pytest.raises(VendorError):
                send(row)

        row = send(row)
        assert (row.status, row.error_code, row.attempts) == ("failed", "63010", 3)

    def test_the_day_s_limit_waits_for_tomorrow(self, handset: Handset, faults: Callable[..., None]) -> None:
        row = wait(handset)
        faults("63038")
        with pytest.raises(VendorError):
            send(row)

        planned = Delivery.objects.filter(handler="whatsapp.send").order_by("-due_at")[0]
        assert planned.due_at > clock.now() + timedelta(hours=23)

    @pytest.mark.parametrize("code", ["63005", "63021", "63019", "12300", "63032", "99999"])
    def test_what_will_never_go_through_ends(self, handset: Handset, code: str, faults: Callable[..., None]) -> None:
        faults(code)
        row = send(wait(handset))

        assert (row.status, row.error_code) == ("failed", code)

    @pytest.mark.parametrize("code", ["63027", "63041", "21655"])
    def test_a_broken_template_is_switched_off(self, handset: Handset, code: str, faults: Callable[..., None]) -> None:
        faults(code)
        send(wait(handset, template="notice"), LATE)

        assert Template.objects.get(key="notice", language="en").state == "disabled"
        services.sync_templates()
        assert Template.objects.get(key="notice", language="en").disabled_because == code

    @pytest.mark.parametrize("code", ["63007", "20003"])
    def test_our_own_wrong_setting_keeps_the_message(
        self, handset: Handset, code: str, faults: Callable[..., None]
    ) -> None:
        row = wait(handset)
        faults(code)
        with pytest.raises(VendorError):
            send(row)

        assert send(row).status == "queued"

    @pytest.mark.usefixtures("daytime")
    def test_a_notice_that_whatsapp_cannot_deliver_goes_by_sms(
        self, seller: Persona, templates: None, drain: Drain
    ) -> None:
        consent = {"purpose": "service", "is_given": True, "notice_version": "2026-11"}
        seller.client.post("/api/v1/me/consents/", consent, format="json")
        handset = Handset(drain, seller.phone)
        handset.write("hello")
        accounts.notify(user_ids=[seller.actor.user_id], kind="valuation.ready", now=clock.now())
        drain()
        row = OutboundMessage.objects.get(kind="notice")
        for _ in range(2):
            report = {"MessageSid": row.message_sid, "MessageStatus": "undelivered", "ErrorCode": "63024"}
            post(f"{STATUS}?message={row.id}", report)
            drain()

        states = dict(Dispatch.objects.values_list("channel", "state"))
        assert states == {"whatsapp": "failed", "email": "refused", "sms": "sent"}
        assert any(
            "Your valuation is ready" in text["body"]
            for text in standin("messages", phone=str(seller.phone))["messages"]
        )


class TestAloneWithAConversation:
    @staticmethod
    def holder() -> int:
        """The backend that holds the only advisory lock."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_locks WHERE locktype = 'advisory'"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            ((pid,),) = cursor.fetchall()
            return int(pid)

    def test_its_connection_is_kept_as_long_as_others_are(self, monkeypatch: pytest.MonkeyPatch) -> None:
        own = sending._lock_connection()
        monkeypatch.setitem(own.settings_dict, "CONN_MAX_AGE", 60)
        found = []

        try:
            for _ in range(2):
                with sending.alone_with(uuid.uuid4()):
                    found.append(self.holder())
        finally:
            own.close()

        assert found[0] == found[1]

    def test_one_that_dies_meanwhile_fails_nothing_and_is_replaced(self) -> None:
        with sending.alone_with(uuid.uuid4()):
            first = self.holder()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [first])

        with sending.alone_with(uuid.uuid4()):
            assert self.holder() != first


class TestOnce:
    def test_what_is_sent_is_not_sent_again(self, handset: Handset) -> None:
        handset.new()
        row = wait(handset)
        for _ in range(3):
            send(row)

        assert len(handset.new()) == 1

    def test_a_notice_that_was_being_sent_when_its_worker_died_is_sent_again(self, handset: Handset) -> None:
        row = wait(handset)
        OutboundMessage.objects.filter(pk=row.pk).update(status="sending", attempts=1)

        assert send(row).status == "queued"

    def test_marketing_is_not(self, handset: Handset) -> None:
        row = wait(handset, kind=OutboundKind.BROADCAST, category=Category.MARKETING)
        OutboundMessage.objects.filter(pk=row.pk).update(status="sending", attempts=1)

        row = send(row)
        assert (row.status, row.error_code, row.attempts) == ("failed", "unknown_outcome", 1)

    def test_a_report_saves_what_the_dead_worker_could_not_write_down(self, handset: Handset) -> None:
        handset.new()
        row = wait(handset)
        OutboundMessage.objects.filter(pk=row.pk).update(status="sending", attempts=1)
        post(f"{STATUS}?message={row.id}", {"MessageSid": "SM" + "7" * 32, "MessageStatus": "sent"})

        row = send(row)
        assert (row.status, row.message_sid) == ("sent", "SM" + "7" * 32)
        assert handset.new() == []

    def test_an_answer_that_is_cut_off_may_double_a_notice_and_never_marketing(
        self, handset: Handset, faults: Callable[..., None], seller: Persona
    ) -> None:
        handset.new()
        notice = wait(handset, "a notice")
        faults("truncated")
        with pytest.raises(VendorError):
            send(notice)
        assert send(notice).status == "queued"
        assert [shown.body for shown in handset.new()] == ["a notice"] * 2

        user_id = conversation_of(handset).user_id
        given: dict[str, Any] = {
            "purpose": "marketing",
            "is_given": True,
            "notice_version": "2026-11",
            "language": "en",
        }
        accounts.record_consent(user_id=user_id, channel="whatsapp", evidence="test", now=clock.now(), **given)  # type: ignore[arg-type]
        marketing = wait(handset, "an offer", kind=OutboundKind.BROADCAST, category=Category.MARKETING, template="news")
        faults("truncated")
        marketing = send(marketing)
        assert (marketing.status, marketing.error_code) == ("failed", "unknown_outcome")
        send(marketing)
        assert len(handset.new()) == 1

    def test_answers_arrive_in_the_order_in_which_they_were_written(self, handset: Handset) -> None:
        handset.new()
        rows = [wait(handset, f"number {number}") for number in range(5)]

        send(rows[-1])  # whichever delivery comes first sends all that wait

        assert [shown.body for shown in handset.new()] == [f"number {number}" for number in range(5)]


class TestWhileTwilioIsIll:
    """Webhooks are taken in all the same, and what waits goes out when it is well again."""

    def test_down(self, handset: Handset, settings: Settings, drain: Drain) -> None:
        vendor = settings.TWILIO
        handset.new()
        content = form(handset.address, "help")
        signature = signature_of(content, f"{settings.PUBLIC_BASE_URL}{WEBHOOK}")
        settings.TWILIO = replace(vendor, api_base_url=f"http://127.0.0.1:{free_port()}")
        assert post(WEBHOOK, content, signature=signature).status_code == 200
        outcomes = self.work()
        assert outcomes == {"whatsapp.answer": "done", "whatsapp.send": "failed"}

        settings.TWILIO = vendor
        assert self.work(later=timedelta(seconds=11)) == {"whatsapp.send": "done"}
        assert len(handset.new()) == 1

    @pytest.mark.parametrize("fault", ["429", "503", "truncated"])
    def test_refusing_or_cut_off(self, handset: Handset, fault: str, faults: Callable[..., None]) -> None:
        handset.new()
        faults(fault, 2)
        assert post(WEBHOOK, form(handset.address, "help")).status_code == 200
        assert self.work()["whatsapp.send"] == "failed"
        assert self.work(later=timedelta(seconds=11))["whatsapp.send"] == "failed"

        assert self.work(later=timedelta(seconds=40))["whatsapp.send"] == "done"
        assert len(handset.new()) in (1, 3)  # 3: each cut-off answer belonged to a message that was taken

    def test_slow(self, handset: Handset, settings: Settings, faults: Callable[..., None]) -> None:
        """It takes 30 s; our patience ends long before, and the webhook knows nothing of it."""
        from msmebazaar.integrations import twilio

        settings.TWILIO = replace(settings.TWILIO, timeout_s=1)
        twilio._messenger_for.cache_clear()
        faults("slow")
        started = time.monotonic()
        assert post(WEBHOOK, form(handset.address, "help")).status_code == 200
        assert self.work()["whatsapp.send"] == "failed"

        assert time.monotonic() - started < 15
        assert OutboundMessage.objects.order_by("-created_at")[0].status == "pending"

    def work(self, later: timedelta = timedelta()) -> dict[str, str]:
        outcomes: dict[str, str] = {}
        for _ in range(5):
            due = Delivery.objects.filter(state="pending", due_at__lte=clock.now() + later + timedelta(seconds=5))
            for row in list(due.order_by("id")):
                has_failed = outcomes.get(row.handler, "done") != "done"
                if not has_failed and (row.claimed_until is None or later):
                    outcomes[row.handler] = relay.deliver(row.id, now=clock.now() + later)
        return outcomes


class TestShapes:
    def test_short_choices_are_buttons_and_more_of_them_a_list(self, handset: Handset) -> None:
        def fit(*choices: Choice) -> str:
            found = fitting(Letter("Which?", choices))
            return found[0].key if found else ""

        assert fit(Choice("a", "Yes"), Choice("b", "No")) == "buttons_2"
        assert fit(*[Choice(str(number), "x") for number in range(4)]) == "list_4"
        assert fit(Choice("a", "a label of more than twenty")) == "list_1"
        assert fit(Choice("a", "x", "with a description")) == "list_1"
        assert fit(*[Choice(str(number), "x") for number in range(11)]) == ""

    def test_texts_that_follow_each_other_are_one_message_as_far_as_it_holds(self) -> None:
        from whatsapp.flow import Bubble

        letters = letters_of(
            [Bubble("a"), Bubble("b", (Choice("1", "x"),)), Bubble("c"), Bubble("d" * 1599), Bubble("e" * 20)]
        )

        assert [letter.text[:5] for letter in letters] == ["a\n\nb", "c", "ddddd", "eeeee"]

    def test_the_registry_is_filled_once(self, handset: Handset) -> None:
        again = services.sync_templates()

        assert (again.known, again.made, again.submitted, again.usable) == (
            len(definitions()),
            0,
            0,
            len(definitions()),
        )

    def test_a_changed_text_serves_once_it_is_approved(self, handset: Handset, monkeypatch: pytest.MonkeyPatch) -> None:
        before = Template.objects.get(key="notice", language="en")
        changed = [
            replace(row, body=row.body + "!", types={"twilio/text": {"body": row.body + "!"}})
            if row.key == "notice"
            else row
            for row in definitions()
        ]
        monkeypatch.setattr("whatsapp.services.registry.definitions", lambda: tuple(changed))

        done = services.sync_templates()

        after = Template.objects.get(key="notice", language="en")
        assert done.made == 2
        assert after.content_sid != before.content_sid and after.state == "approved"

    def test_the_sender_keeps_its_pace(self, handset: Handset, settings: Settings) -> None:
        settings.WHATSAPP_PACE = "2/second"
        rows = [wait(handset, f"number {number}") for number in range(5)]
        started = time.monotonic()

        send(rows[-1])

        assert time.monotonic() - started > 1  # five messages at two a second; a lower bound cannot be flaky
