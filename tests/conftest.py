"""Fixtures of the whole suite: real PostgreSQL, Valkey and S3, vendors' stand-ins on loopback, a small cast of people.

Run through `make test`, which starts all of that; a bare `pytest` says so.
"""

import io
import os
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import hypothesis
import pytest
import requests
import time_machine
from django.core.files.storage import default_storage
from django.core.management import call_command
from pytest_django import Settings
from rest_framework.test import APIClient

if not os.environ.get("DATABASE_URL"):
    raise pytest.UsageError("The tests need services: run `make test`, or `make test TESTS=tests/core` for a part.")

from accounts import selectors as people
from accounts.services import find_or_create_contact, open_session
from accounts.types import IdentityKind
from msme.models import NicCode
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor
from msmebazaar.core.breaker import REDIS, breaker_of
from msmebazaar.core.outbox import relay
from msmebazaar.core.outbox.models import Delivery
from msmebazaar.core.outbox.publish import NUDGE_GRACE
from msmebazaar.core.types import Phone
from msmebazaar.integrations.twilio import messenger

hypothesis.settings.register_profile("bazaar", deadline=None)  # a busy machine is no fault of the code
hypothesis.settings.load_profile("bazaar")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--run-faults", action="store_true", help="also run the tests that kill processes")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: "long" not in item.keywords)  # begun last, one alone would hold up the end
    for item in items:
        if "long" in item.keywords:  # measuring takes half as long again; what only a walk over all runs is not covered
            item.add_marker("no_cover")
    if config.getoption("--run-faults"):
        return
    skip = pytest.mark.skip(reason="kills processes for a minute; `make faults` runs it")
    for item in items:
        if "faults" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def coverage_meanwhile_off(request: pytest.FixtureRequest) -> Callable[[], None]:
    """Turns off the measuring of `--cov`; called, turns it on again."""
    plugin = request.config.pluginmanager.getplugin("_cov")
    if plugin is None or plugin.cov_controller is None:
        return lambda: None
    plugin.cov_controller.pause()
    return plugin.cov_controller.resume  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def django_db_setup(coverage_meanwhile_off: Callable[[], None], django_db_setup: None) -> None:
    """pytest-django's. Migrations run no line that is measured, and would take half as long again."""
    coverage_meanwhile_off()


@pytest.fixture(scope="session", autouse=True)
def own_bucket() -> None:
    """Each process of the tests has a bucket of its own (settings/test.py)."""
    client = default_storage.connection.meta.client  # type: ignore[attr-defined]
    client.create_bucket(Bucket=default_storage.bucket_name)  # type: ignore[attr-defined]


@pytest.fixture(scope="session", autouse=True)
def nothing_outside_the_window() -> Iterator[None]:
    """No test may send free text to WhatsApp outside the 24 hours: the stand-in counts what Twilio would refuse (63016)."""
    yield
    base = os.environ.get("TWILIO_API_BASE_URL", "")
    found = requests.get(f"{base}/standin/violations", timeout=5).json()["violations"]
    assert found == [], f"{len(found)} messages were sent outside the 24-hour window"


@pytest.fixture(autouse=True)
def real_mail(settings: Settings) -> None:
    """Through SMTP to the stand-in, not into pytest-django's list."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture(autouse=True)
def vendors_are_well() -> None:
    """A breaker that one test opened is not the next one's."""
    breaker_of.cache_clear()
    REDIS.record(ok=True)


def some_phone() -> Phone:
    """A mobile number no other test uses, so that limits per phone do not meet."""
    return Phone.parse(f"98{secrets.randbelow(10**8):08d}")


def some_network() -> str:
    """An address no other test uses, so that limits per network do not meet."""
    return ".".join(str(1 + secrets.randbelow(254)) for _ in range(4))


@dataclass
class Persona:
    """Somebody with the API in hand."""

    phone: Phone
    actor: Actor
    client: APIClient
    authorization: str

    @property
    def organisation_id(self) -> UUID:
        return next(iter(self.actor.organisation_ids))


@pytest.fixture
def reference_data(db: None) -> None:
    """Industry codes; loaded again after a test that emptied the tables."""
    if not NicCode.objects.filter(code="25910").exists():
        call_command("load_reference_data", stdout=io.StringIO())


@pytest.fixture
def make_persona(reference_data: None) -> Callable[[], Persona]:
    def make() -> Persona:
        phone = some_phone()
        contact = find_or_create_contact(
            kind=IdentityKind.PHONE, value=str(phone), language="en", verified_at=clock.now()
        )
        tokens = open_session(user_id=contact.user_id, user_agent="tests", now=clock.now())
        client = APIClient(REMOTE_ADDR=some_network())
        authorization = f"Bearer {tokens.access}"
        client.credentials(HTTP_AUTHORIZATION=authorization)
        return Persona(phone, people.actor_of(user_id=contact.user_id), client, authorization)

    return make


@pytest.fixture
def seller(make_persona: Callable[[], Persona]) -> Persona:
    return make_persona()


@pytest.fixture
def buyer(make_persona: Callable[[], Persona]) -> Persona:
    return make_persona()


@pytest.fixture
def stranger(make_persona: Callable[[], Persona]) -> Persona:
    return make_persona()


@pytest.fixture
def staff_actor(reference_data: None) -> Actor:
    from accounts.models import User

    user = User.objects.create_superuser(f"staff-{secrets.token_hex(4)}", "a long password")
    return people.actor_of(user_id=user.pk)


@pytest.fixture
def anonymous() -> APIClient:
    return APIClient(REMOTE_ADDR=some_network())


@pytest.fixture
def code_on() -> Callable[[str], str]:
    """The code in the newest message to a phone, a WhatsApp address or an email address."""

    def read(address: str) -> str:
        if "@" in address:
            found = requests.get(os.environ["DEV_MAILBOX_URL"], params={"to": address}, timeout=5).json()["mails"]
            text = str(found[0]["body"])
        else:
            text = messenger().list_messages(address, limit=1)[0].body
        code = re.search(r"\d{6}", text)
        assert code, text
        return code[0]

    return read


@pytest.fixture
def daytime() -> Iterator[None]:
    """Ten in the morning in India, when nobody's quiet hours are."""
    with time_machine.travel(datetime(2026, 11, 26, 10, 0, tzinfo=clock.INDIA), tick=True):
        yield


MARKET_DAY = datetime(2026, 11, 26, 6, 30, tzinfo=UTC)


@pytest.fixture
def market_day() -> Iterator[None]:
    """A day on which the market data is not too old: valuations are refused 15 months after it. Ask for it with
    `usefixtures`, so that sessions begin after it."""
    with time_machine.travel(MARKET_DAY):
        yield


@pytest.fixture
def fresh_market_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """The market data of the current pack does not grow too old, for tests of other things that cannot leave today's clock:
    the object store refuses signatures of another day."""
    monkeypatch.setattr("valuation.engine.v2.checks.PACK_STALE_MONTHS", 10_000)


@pytest.fixture
def drain() -> Callable[[], int]:
    """Carry out everything that is due in the outbox, as workers would, until nothing is left. Returns how many."""

    def carry_out() -> int:
        count = 0
        while True:
            waiting = list(
                Delivery.objects.filter(state="pending", attempts=0, due_at__lte=clock.now() + NUDGE_GRACE)
                .order_by("id")
                .values_list("id", flat=True)
            )
            if not waiting:
                return count
            for delivery_id in waiting:
                outcome = relay.deliver(delivery_id, now=clock.now())
                assert outcome == "done", f"{Delivery.objects.get(pk=delivery_id).handler} {outcome}"
                count += 1

    return carry_out
