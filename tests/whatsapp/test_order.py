"""Webhooks as they really come: doubled, tripled, shuffled, from several threads at once."""

import random
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from msmebazaar.core import clock
from msmebazaar.core.outbox import relay
from msmebazaar.core.outbox.models import Delivery
from tests.conftest import some_phone
from tests.whatsapp.handset import STATUS, WEBHOOK, form, post, standin
from whatsapp.models import Conversation, InboundMessage, OutboundMessage
from whatsapp.types import OutboundStatus

pytestmark = pytest.mark.django_db(transaction=True)
THREADS, CONTACTS = 8, 20
SCRIPTS = [
    ("hello", "1", "1", "Asha"),
    ("नमस्ते", "2", "1", "आशा", "2"),
    ("hello", "STOP"),
    ("hello", "1", "2"),
    ("hello", "stop", "START"),
]
REPORTS = ("sent", "delivered", "read")


def state_of(address: str) -> dict[str, Any]:
    """What is left of a conversation, without ids and times."""
    row = next(row for row in Conversation.objects.all() if row.address == address)
    return {
        "language": row.language,
        "stopped": row.stopped_at is not None,
        "step": row.step,
        "said": [message.body for message in row.outbound.order_by("created_at", "id")],
        "statuses": sorted(row.outbound.values_list("status", flat=True)),
    }


def work() -> None:
    """All workers of the product, in this many threads, until nothing is due."""

    def carry_out(delivery_id: Any) -> None:
        try:
            relay.deliver(delivery_id, now=clock.now())
        finally:
            connections.close_all()

    for _ in range(50):
        due = list(Delivery.objects.filter(state="pending", attempts__lt=5).values_list("id", flat=True))
        if not due:
            return
        random.shuffle(due)
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(carry_out, due))
    raise AssertionError("the outbox does not get empty")


def play(scripts: dict[str, tuple[str, ...]], copies: Callable[[], int], *, is_shuffled: bool) -> dict[str, Any]:
    """Each contact says its lines, one after the other arrived first; copies of any of them come at any time."""
    payloads = {address: [form(address, text) for text in texts] for address, texts in scripts.items()}

    def arrive(content: dict[str, str]) -> None:
        try:
            assert post(WEBHOOK, content).status_code == 200
        finally:
            connections.close_all()

    longest = max(len(texts) for texts in scripts.values())
    seen: list[dict[str, str]] = []
    for number in range(longest):
        first = [lines[number] for lines in payloads.values() if number < len(lines)]
        arriving = [content for content in first for _ in range(copies())]
        arriving += random.sample(seen, min(len(seen), 10)) if is_shuffled else []
        if is_shuffled:
            random.shuffle(arriving)
        with ThreadPoolExecutor(THREADS if is_shuffled else 1) as pool:
            list(pool.map(arrive, arriving))
        seen += first
        work()
    reports = [
        (row, status)
        for row in OutboundMessage.objects.filter(status=OutboundStatus.QUEUED).order_by("created_at")
        for status in REPORTS
        for _ in range(copies())
    ]
    if is_shuffled:
        random.shuffle(reports)

    def tell(told: tuple[OutboundMessage, str]) -> None:
        row, status = told
        try:
            post(f"{STATUS}?message={row.id}", {"MessageSid": row.message_sid, "MessageStatus": status})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS if is_shuffled else 1) as pool:
        list(pool.map(tell, reports))
    work()
    return {address: state_of(address) for address in scripts}


@pytest.mark.long
def test_shuffled_doubled_and_tripled_payloads_end_as_once_each_in_order() -> None:
    random.seed(11)
    lines = [SCRIPTS[number % len(SCRIPTS)] for number in range(CONTACTS)]
    once = play({f"whatsapp:{some_phone()}": texts for texts in lines}, lambda: 1, is_shuffled=False)
    known = InboundMessage.objects.count()

    often = play(
        {f"whatsapp:{some_phone()}": texts for texts in lines}, lambda: random.choice((1, 2, 3)), is_shuffled=True
    )

    assert InboundMessage.objects.count() == 2 * known
    assert list(often.values()) == list(once.values())
    assert all(status == "read" for state in often.values() for status in state["statuses"])


def test_a_burst_of_one_contact_is_answered_in_the_order_of_arrival() -> None:
    """Five messages arrive before any worker looks; eight workers take them up at random."""
    address = f"whatsapp:{some_phone()}"
    for text in ("hello", "1", "1", "Asha", "1"):
        post(WEBHOOK, form(address, text))

    work()

    row = Conversation.objects.get()
    assert row.step == "business"
    rows = standin("messages", phone=address.removeprefix("whatsapp:"))["messages"]
    shown = [message["body"] for message in rows if message["to"] == address]
    written = [message.body or "" for message in row.outbound.order_by("created_at", "id")]
    assert len(shown) == len(written) == 5
    assert all(
        text.startswith(body) for text, body in zip(shown, written, strict=True)
    )  # numbers follow where nothing is tapped


def test_a_message_that_comes_late_by_another_address_of_the_same_person_is_theirs() -> None:
    phone, hidden = some_phone(), f"whatsapp:IN.{secrets.token_hex(8)}"
    post(WEBHOOK, form(f"whatsapp:{phone}", "hello", ExternalUserId=hidden))
    work()
    post(WEBHOOK, form(hidden, "1"))
    work()

    assert Conversation.objects.count() == 1
    assert Conversation.objects.get().step == "consent"
