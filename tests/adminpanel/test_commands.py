"""The demonstration market."""

from collections.abc import Callable
from io import StringIO

import pyotp
import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.models import User
from matching.models import Match
from msme.models import Listing, NicCode


def seed() -> str:
    out = StringIO()
    call_command("seed_demo", stdout=out)
    return out.getvalue()


def test_it_is_made_once(reference_data: None, monkeypatch: pytest.MonkeyPatch, drain: Callable[[], int]) -> None:
    monkeypatch.setenv("DEMO_STAFF_PASSWORD", "a long password")
    monkeypatch.setenv("DEMO_STAFF_TOTP_SECRET", pyotp.random_base32())

    assert "7 firms" in seed()
    assert "there already" in seed()

    drain()
    assert Listing.objects.filter(status="live").count() == 6
    assert Listing.objects.filter(status="submitted").count() == 1
    assert User.objects.get(username="staff").check_password("a long password")
    assert Match.objects.exists()


def test_it_wants_a_password_and_refuses_production(
    reference_data: None, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.delenv("DEMO_STAFF_PASSWORD", raising=False)
    with pytest.raises(CommandError, match="DEMO_STAFF_PASSWORD"):
        seed()
    settings.ENVIRONMENT = "production"
    with pytest.raises(CommandError, match="production"):
        seed()
    assert not User.objects.exists()


@pytest.mark.django_db
def test_reference_data_can_be_loaded_again() -> None:
    for _ in range(2):
        call_command("load_reference_data", stdout=StringIO())

    assert NicCode.objects.filter(level="division").count() == 88
    assert NicCode.objects.filter(level="subclass").count() == 1300
    assert NicCode.objects.values("section").distinct().count() == 21


@pytest.mark.django_db(transaction=True)
def test_a_market_is_prepared_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_STAFF_PASSWORD", "a long password")
    monkeypatch.setenv("DEMO_STAFF_TOTP_SECRET", pyotp.random_base32())

    call_command("prepare_market", stdout=StringIO())

    assert User.objects.filter(username="staff").exists()
