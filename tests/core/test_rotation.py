"""`manage.py rotate_encryption_keys`."""

import secrets
from io import StringIO

import pyotp
import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from accounts.models import Identity
from msmebazaar.core import crypto
from tests.conftest import Persona
from tests.factories import make_business, make_staff_user


def key_ids() -> set[bytes]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT value FROM accounts_identity UNION ALL SELECT gstin FROM msme_business "
            "UNION ALL SELECT pan FROM msme_business"
        )
        return {bytes(row[0])[2:4] for row in cursor.fetchall()}


def rotate(**options: int) -> str:
    said = StringIO()
    call_command("rotate_encryption_keys", stdout=said, **options)
    return said.getvalue()


def test_everything_is_under_the_new_key_and_the_old_one_may_go(
    seller: Persona, stranger: Persona, settings: Settings
) -> None:
    business = make_business(seller.actor)
    secret = pyotp.random_base32()
    make_staff_user(totp_secret=secret)
    old = dict(settings.FIELD_ENCRYPTION_KEYS)
    settings.FIELD_ENCRYPTION_KEYS = {"k2": secrets.token_bytes(32), **old}

    said = rotate(batch=1)

    assert key_ids() == {b"k2"}
    assert "accounts_identity.value: 2" in said
    assert "secrets of second factors: 1" in said
    settings.FIELD_ENCRYPTION_KEYS = {"k2": settings.FIELD_ENCRYPTION_KEYS["k2"]}
    assert Identity.objects.get(user_id=seller.actor.user_id).value == str(seller.phone)
    business.refresh_from_db()
    assert business.gstin
    row = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    assert row.wrap().validate_code(pyotp.TOTP(secret).now())


def test_it_goes_on_where_it_stopped(seller: Persona, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    make_business(seller.actor)
    settings.FIELD_ENCRYPTION_KEYS = {"k2": secrets.token_bytes(32), **settings.FIELD_ENCRYPTION_KEYS}
    calls, encrypt = [], crypto.encrypt

    def dies_at_the_second(text: str, associated: str) -> bytes:
        calls.append(associated)
        if len(calls) == 2:
            raise RuntimeError("the machine went down")
        return encrypt(text, associated)

    with monkeypatch.context() as patch:
        patch.setattr(crypto, "encrypt", dies_at_the_second)
        with pytest.raises(RuntimeError):
            rotate()
    assert len(key_ids()) == 2

    rotate()

    assert key_ids() == {b"k2"}
    assert "0 values" in rotate()
