"""Encrypted columns."""

import base64
import secrets

import pytest
from django.db import connection
from pytest_django import Settings

from accounts.models import Identity, User
from msmebazaar.core import crypto
from tests.conftest import Persona


def test_what_is_encrypted_comes_back() -> None:
    stored = crypto.encrypt("आशा देशमुख", "table.column.1")

    assert b"\xe0" not in stored[:4]
    assert crypto.decrypt(stored, "table.column.1") == "आशा देशमुख"


@pytest.mark.parametrize("place", ["table.column.2", "table.other.1", "other.column.1"])
def test_a_value_moved_to_another_row_or_column_does_not_decrypt(place: str) -> None:
    stored = crypto.encrypt("ZZZCM1234A", "table.column.1")

    with pytest.raises(crypto.DecryptionError):
        crypto.decrypt(stored, place)


def test_a_flipped_bit_is_noticed() -> None:
    stored = bytearray(crypto.encrypt("ZZZCM1234A", "place"))
    stored[-1] ^= 1

    with pytest.raises(crypto.DecryptionError):
        crypto.decrypt(bytes(stored), "place")


def test_a_new_key_encrypts_and_the_old_one_still_decrypts(settings: Settings) -> None:
    old = crypto.encrypt("text", "place")
    settings.FIELD_ENCRYPTION_KEYS = {"k2": secrets.token_bytes(32), **settings.FIELD_ENCRYPTION_KEYS}

    new = crypto.encrypt("text", "place")

    assert b"k2" in new[:6]
    assert crypto.decrypt(old, "place") == crypto.decrypt(new, "place") == "text"


def test_a_key_that_is_gone_is_an_error_that_says_so(settings: Settings) -> None:
    stored = crypto.encrypt("text", "place")
    settings.FIELD_ENCRYPTION_KEYS = {"k9": secrets.token_bytes(32)}

    with pytest.raises(crypto.DecryptionError, match="unknown key"):
        crypto.decrypt(stored, "place")


def test_the_table_holds_no_phone_in_clear(seller: Persona) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT value, value_index FROM accounts_identity")
        rows = cursor.fetchall()

    plain = str(seller.phone).encode()
    assert rows
    assert all(plain not in bytes(value) and plain[3:] not in index.encode() for value, index in rows)


def test_a_row_read_again_decrypts(seller: Persona) -> None:
    identity = Identity.objects.get(user_id=seller.actor.user_id)

    assert identity.value == str(seller.phone)
    assert Identity.objects.defer("value").get(pk=identity.pk).value == str(seller.phone)


def test_an_encrypted_column_cannot_be_filtered_on_or_updated_in_bulk(db: None) -> None:
    with pytest.raises(TypeError):
        User.objects.filter(full_name="Asha").exists()
    with pytest.raises(TypeError):
        User.objects.update(full_name="Asha")


def test_a_blind_index_is_equal_for_equal_values_of_one_kind_only() -> None:
    assert crypto.blind_index("pan", "X") == crypto.blind_index("pan", "X")
    assert crypto.blind_index("pan", "X") != crypto.blind_index("gstin", "X")


def test_keys_are_32_bytes() -> None:
    from msmebazaar.settings import env

    short = base64.urlsafe_b64encode(b"short").decode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOME_KEYS", f"k1:{short}")
        with pytest.raises(Exception, match="32 bytes"):
            env.encryption_keys("SOME_KEYS")
