"""Rate limits let through exactly what they say, and know who asks."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings
from redis.exceptions import ConnectionError as RedisConnectionError

from msmebazaar.core import limits
from msmebazaar.core.exceptions import RateLimited
from msmebazaar.core.http import network
from tests.at_once import at_once
from tests.conftest import some_network


def spend(key: str, rate: str = "5/minute") -> bool:
    try:
        limits.spend("tests", key, rate)
    except RateLimited:
        return False
    return True


def test_of_fifty_at_once_exactly_five_pass() -> None:
    key = some_network()

    passed = at_once(50, lambda: spend(key))

    assert passed.count(True) == 5


def test_a_refusal_says_when_to_come_back() -> None:
    key = some_network()
    spend(key, "1/minute")

    with pytest.raises(RateLimited) as refused:
        limits.spend("tests", key, "1/minute")

    assert refused.value.retry_after_s is not None
    assert 1 <= refused.value.retry_after_s <= 60


def test_keys_do_not_share_a_limit() -> None:
    assert spend(some_network(), "1/minute")
    assert spend(some_network(), "1/minute")


def test_while_redis_is_away_the_process_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    def be_away() -> None:
        raise RedisConnectionError

    monkeypatch.setattr(limits, "_shared_storage", be_away)
    key = some_network()

    assert [spend(key, "2/minute") for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "1.1.1.1", "9.9.9.9"),
        (1, "1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 2.2.2.2", "1.1.1.1"),
        (2, "1.1.1.1", "9.9.9.9"),
        (1, "", "9.9.9.9"),
    ],
)
def test_only_what_our_own_proxies_wrote_is_believed(
    settings: Settings, proxies: int, forwarded: str, expected: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="9.9.9.9", HTTP_X_FORWARDED_FOR=forwarded)

    assert network.client_address(request) == expected


@pytest.mark.parametrize(
    ("address", "key", "prefix"),
    [
        ("203.0.113.77", "203.0.113.77/32", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.77/32", "203.0.113.0/24"),
        ("nonsense", "unknown", "unknown"),
    ],
)
def test_a_subscriber_is_one_ipv4_address_or_one_ipv6_64(address: str, key: str, prefix: str) -> None:
    assert network.limit_key_of(address) == key
    assert network.prefix_of(address) == prefix
