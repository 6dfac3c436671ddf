"""`kill -9` of the process that hands a message over, at five points, 200 times each: marketing and codes are never doubled,
notices at most once for each kill, none is stuck. The stand-in counts what Twilio would have accepted.

Run by `make faults`. Each case is a forked process that really dies; the next one does what the outbox would do: it hands over
again what waits.
"""

import os
import signal
import uuid
from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, connections, transaction

from accounts import services as accounts
from accounts.services import Destination
from accounts.types import CodeChannel, ConsentChannel, IdentityKind, Purpose
from msmebazaar.core import clock
from msmebazaar.integrations import twilio
from tests.conftest import some_network, some_phone
from tests.whatsapp.handset import standin
from whatsapp import services
from whatsapp.models import Conversation, OutboundMessage
from whatsapp.services import sending
from whatsapp.services.writing import Letter, write
from whatsapp.types import Category, OutboundKind

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
KILLS = 200


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before_the_claim() -> None:
    patch.object(sending, "_keep_pace", die).start()


def claimed() -> None:
    patch.object(twilio.TwilioMessenger, "_create", die).start()


def accepted() -> None:
    really = twilio.TwilioMessenger._create

    def create(self: Any, **message: Any) -> Any:
        really(self, **message)
        die()

    patch.object(twilio.TwilioMessenger, "_create", create).start()


def half_recorded() -> None:
    patch.object(sending, "raise_status", die).start()


def recorded() -> None:
    """After everything, before the outbox marks the delivery done."""
    patch.object(sending, "WHATSAPP_SENT", SimpleNamespace(labels=die)).start()


POINTS: dict[str, Callable[[], None]] = {
    "before the claim": before_the_claim,
    "claimed, not yet handed over": claimed,
    "accepted by the vendor, not recorded": accepted,
    "id recorded, status not": half_recorded,
    "recorded, delivery not marked": recorded,
}


def killed_doing(point: Callable[[], None], work: Callable[[], Any]) -> int:
    """Do it in a process that dies at this point. Returns the signal that ended it."""
    connections.close_all()
    twilio._messenger_for.cache_clear()
    child = os.fork()
    if child == 0:
        try:
            point()
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status)


@pytest.fixture
def conversation(reference_data: None) -> Conversation:
    """An open conversation of somebody who agreed to everything; enough for all cases, since they are told apart by text."""
    services.sync_templates()
    phone = some_phone()
    address = f"whatsapp:{phone}"
    contact = accounts.find_or_create_contact(
        kind=IdentityKind.WHATSAPP, value=address, language="en", verified_at=clock.now()
    )
    accounts.record_consent(
        user_id=contact.user_id,
        purpose=Purpose.MARKETING,
        is_given=True,
        notice_version="2026-11",
        language="en",
        channel=ConsentChannel.WHATSAPP,
        evidence="test",
        now=clock.now(),
    )
    standin("heard", From=address)
    return Conversation.objects.create(
        user_id=contact.user_id, address=address, language="en", last_heard_at=clock.now()
    )


def written(conversation: Conversation, *, is_marketing: bool) -> OutboundMessage:
    text = uuid.uuid4().hex
    kind, category = (
        (OutboundKind.BROADCAST, Category.MARKETING) if is_marketing else (OutboundKind.NOTICE, Category.UTILITY)
    )
    letter = Letter(text, template="news", variables={"name": "Asha", "text": text}) if is_marketing else Letter(text)
    with transaction.atomic():
        (row,) = write(conversation, [letter], dedupe_key=text, kind=kind, category=category)
    return row


@pytest.mark.parametrize("point", POINTS)
def test_a_message_survives_the_death_of_its_worker(point: str, conversation: Conversation) -> None:
    rows = []
    for number in range(KILLS):
        row = written(conversation, is_marketing=number % 2 == 1)
        ended = killed_doing(
            POINTS[point], lambda: services.send_waiting(conversation_id=conversation.id, now=clock.now())
        )
        assert ended == signal.SIGKILL
        services.send_waiting(conversation_id=conversation.id, now=clock.now())
        rows.append(row)

    address = conversation.address or ""
    shown = standin("messages", phone=address.removeprefix("whatsapp:"), most="100000")["messages"]
    taken = Counter(word for message in shown for word in message["body"].split() if len(word) == 32)
    of_notices = [taken[row.dedupe_key] for row in rows if row.category == Category.UTILITY]
    of_marketing = [taken[row.dedupe_key] for row in rows if row.category == Category.MARKETING]
    states = Counter(OutboundMessage.objects.filter(pk__in=[row.pk for row in rows]).values_list("status", flat=True))
    print(
        f"\n{point}: {KILLS} kills; notices taken {dict(Counter(of_notices))}, marketing taken {dict(Counter(of_marketing))}, "
        f"states {dict(states)}"
    )
    assert all(1 <= count <= 2 for count in of_notices)
    assert all(count <= 1 for count in of_marketing)
    assert not set(states) & {"pending", "sending"}


def test_a_code_is_never_sent_twice_by_itself(reference_data: None) -> None:
    """A code is sent once, in the request that asks for it; nothing sends it again when that dies."""
    counts = []
    for _ in range(KILLS):
        phone = some_phone()
        destination = Destination(IdentityKind.PHONE, str(phone), CodeChannel.SMS)
        ended = killed_doing(
            accepted,
            lambda to=destination: accounts.request_code(  # type: ignore[misc]
                to=to, network=some_network(), text="%(code)s", now=clock.now()
            ),
        )
        assert ended == signal.SIGKILL
        counts.append(len(standin("messages", phone=str(phone))["messages"]))
    connection.close()

    print(f"\ncodes: {KILLS} kills after the vendor accepted; sent {dict(Counter(counts))}")
    assert counts == [1] * KILLS
