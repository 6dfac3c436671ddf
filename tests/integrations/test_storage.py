"""Files in a real S3 server."""

import secrets

import pytest
import requests

from msmebazaar.integrations.storage import file_store


def test_what_is_kept_can_be_read_and_removed() -> None:
    store, key = file_store(), f"tests/{secrets.token_hex(8)}.txt"

    kept = store.keep(key, "आशा".encode())

    assert (kept.key, kept.size) == (key, len("आशा".encode()))
    assert store.read(key).decode() == "आशा"
    store.remove(key)
    with pytest.raises(FileNotFoundError):
        store.read(key)


def test_a_taken_key_is_never_overwritten() -> None:
    store, key = file_store(), f"tests/{secrets.token_hex(8)}.txt"

    first, second = store.keep(key, b"first"), store.keep(key, b"second")

    assert first.key != second.key
    assert store.read(first.key) == b"first"


def test_a_link_works_for_whoever_has_it_and_nothing_works_without() -> None:
    store, key = file_store(), f"tests/{secrets.token_hex(8)}.txt"
    store.keep(key, b"content")
    link = store.short_link(key)

    assert requests.get(link, timeout=5).content == b"content"
    assert requests.get(link.split("?")[0], timeout=5).status_code == 403
    assert "X-Amz-Expires=60" in link


def test_every_call_has_a_time_limit() -> None:
    configuration = file_store().backend.connection.meta.client.meta.config  # type: ignore[attr-defined]

    assert (configuration.connect_timeout, configuration.read_timeout) == (2, 10)
    assert configuration.retries["total_max_attempts"] == 2
