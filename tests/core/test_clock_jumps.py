"""The clock jumps by two hours, either way: what was closed does not open, what is due happens once, nothing waits for hours."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from celery.schedules import schedule
from django.conf import settings

from accounts.services import find_or_create_contact, open_session
from accounts.types import IdentityKind
from msmebazaar.core import clock, limits
from msmebazaar.core.beat import Every
from msmebazaar.core.exceptions import RateLimited
from tests.conftest import some_network, some_phone

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
JUMP = timedelta(hours=2)


@pytest.mark.parametrize("entry", sorted(settings.CELERY_BEAT_SCHEDULE))
def test_what_beat_does_is_due_at_once_and_then_no_more(entry: str) -> None:
    every = settings.CELERY_BEAT_SCHEDULE[entry]["schedule"]
    assert isinstance(every, Every), "a plain number of seconds would stand still while the clock is behind"

    for jump in (JUMP, -JUMP):
        with time_machine.travel(NOON, tick=False) as traveller:
            last = clock.now()
            traveller.move_to(NOON + jump)
            assert every.is_due(last).is_due
            assert not every.is_due(clock.now()).is_due
            traveller.shift(timedelta(seconds=every.seconds))
            assert every.is_due(clock.now() - timedelta(seconds=every.seconds)).is_due


def test_celerys_own_schedule_would_stand_still() -> None:
    """Why `Every` is there."""
    with time_machine.travel(NOON - JUMP, tick=False):
        assert not schedule(timedelta(seconds=2)).is_due(NOON).is_due
        assert Every(2).is_due(NOON).is_due


@pytest.mark.django_db
def test_an_access_token_lives_no_longer_for_a_jump() -> None:
    from rest_framework.test import APIClient

    with time_machine.travel(NOON, tick=False) as traveller:
        contact = find_or_create_contact(
            kind=IdentityKind.PHONE, value=str(some_phone()), language="en", verified_at=clock.now()
        )
        tokens = open_session(user_id=contact.user_id, user_agent="tests", now=clock.now())
        client = APIClient(REMOTE_ADDR=some_network(), headers={"authorization": f"Bearer {tokens.access}"})
        statuses = []
        for jump in (timedelta(0), JUMP, timedelta(0), -JUMP):
            traveller.move_to(NOON + jump, tick=False)
            statuses.append(client.get("/api/v1/me/").status_code)

    assert statuses == [200, 401, 200, 401]  # before it was issued it is not yet valid


def test_a_window_does_not_open_for_a_jump_of_our_clock() -> None:
    """Redis counts by its own clock."""
    key = some_network()
    with time_machine.travel(NOON, tick=False):
        limits.spend("jumps", key, "1/hour")
    for jump in (-JUMP, timedelta(minutes=1)):
        with time_machine.travel(NOON + jump, tick=False), pytest.raises(RateLimited):
            limits.spend("jumps", key, "1/hour")
