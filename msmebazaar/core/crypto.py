"""Encrypted columns and blind indexes for personal data.

AES-256-GCM with `table.column.primary key` as associated data, so that a value copied to another row or column does not
decrypt. The stored bytes are: version 1, length of the key id, key id, nonce (12), ciphertext with tag. The first key of
`FIELD_ENCRYPTION_KEYS` encrypts, every key decrypts. Equality is searched through a blind index, HMAC-SHA256 under its own
key and the name of what is indexed.
"""

import hashlib
import hmac
import os
from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute

VERSION = 1
NONCE_LENGTH = 12


class DecryptionError(Exception):
    """Stored bytes that do not belong to this row and column, or whose key is gone."""


def prefix_of_newest_key() -> bytes:
    """What every value begins with that is encrypted now."""
    name = next(iter(settings.FIELD_ENCRYPTION_KEYS)).encode()
    return bytes([VERSION, len(name)]) + name


def encrypt(text: str, associated: str) -> bytes:
    key = next(iter(settings.FIELD_ENCRYPTION_KEYS.values()))
    nonce = os.urandom(NONCE_LENGTH)
    return prefix_of_newest_key() + nonce + AESGCM(key).encrypt(nonce, text.encode(), associated.encode())


def decrypt(stored: bytes, associated: str) -> str:
    """The text. DecryptionError when the bytes are not of this place, damaged, or of an unknown key."""
    if len(stored) < 2 or stored[0] != VERSION:
        raise DecryptionError("unknown format")
    start = 2 + stored[1]
    key = settings.FIELD_ENCRYPTION_KEYS.get(stored[2:start].decode(errors="replace"))
    if key is None:
        raise DecryptionError("unknown key")
    nonce, sealed = stored[start : start + NONCE_LENGTH], stored[start + NONCE_LENGTH :]
    try:
        return AESGCM(key).decrypt(nonce, sealed, associated.encode()).decode()
    except InvalidTag as error:
        raise DecryptionError("does not belong to this row and column") from error


def blind_index(kind: str, value: str) -> str:
    """64 hex digits that are equal for equal values of one kind and tell nothing without the key."""
    return hmac.new(settings.BLIND_INDEX_KEY.encode(), f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()


# Values that lie elsewhere than in a column of ours: each function encrypts them anew and returns how many there were.
_elsewhere: dict[str, Callable[[], int]] = {}


def rotates(name: str) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Register a function that `manage.py rotate_encryption_keys` calls besides going through the columns."""

    def register(function: Callable[[], int]) -> Callable[[], int]:
        _elsewhere[name] = function
        return function

    return register


def rotate_elsewhere() -> dict[str, int]:
    return {name: rotate() for name, rotate in _elsewhere.items()}


class EncryptedAttribute(DeferredAttribute):
    """Decrypts when the attribute is read, because only then the row's key is known."""

    field: "EncryptedTextField"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            super().__get__(instance, cls)  # deferred: loads the ciphertext
        value = instance.__dict__[name]
        if isinstance(value, (bytes, memoryview)):
            value = instance.__dict__[name] = decrypt(bytes(value), self.field.associated_data(instance))
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        """A descriptor with this method is asked even though the instance holds the value."""
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.BinaryField):  # type: ignore[type-arg]
    """Text that is ciphertext in the database. `""` and None are stored as they are: NULL.

    It cannot be filtered on (keep a blind index beside it) and not be set through `QuerySet.update`.
    """

    descriptor_class = EncryptedAttribute

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["null"] = True
        super().__init__(*args, **kwargs)

    def associated_data(self, instance: models.Model) -> str:
        return f"{self.model._meta.db_table}.{self.column}.{instance.pk}"

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes | None:
        text = getattr(model_instance, self.attname)
        return encrypt(text, self.associated_data(model_instance)) if text else None

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if isinstance(value, str):
            raise TypeError(f"{self.name} is encrypted with its row's key; set it on the instance and save.")
        return super().get_db_prep_save(value, connection)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise TypeError(f"{self.name} is encrypted; filter on its blind index.")
        return super().get_lookup(lookup_name)

    def value_to_string(self, obj: models.Model) -> str:
        return getattr(obj, self.attname) or ""

    def to_python(self, value: Any) -> Any:
        return value
