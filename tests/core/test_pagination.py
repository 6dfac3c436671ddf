"""Pages stay right while rows come in."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from msmebazaar.core.http import pagination
from tests.conftest import Persona
from tests.factories import make_business


def follow(persona: Persona, url: str) -> Any:
    response = persona.client.get(url)
    assert response.status_code == 200, response.content
    return response.json()


def test_no_row_is_skipped_or_repeated_while_others_are_added(seller: Persona) -> None:
    expected = [str(make_business(seller.actor).id) for _ in range(7)]
    seen, url = [], "/api/v1/businesses/?page_size=3"

    while url:
        page = follow(seller, url)
        seen += [row["id"] for row in page["data"]]
        make_business(seller.actor)
        url = page["pagination"]["next"]

    assert seen == list(reversed(expected))


def test_one_can_go_back(seller: Persona) -> None:
    for _ in range(5):
        make_business(seller.actor)
    first = follow(seller, "/api/v1/businesses/?page_size=2")
    second = follow(seller, first["pagination"]["next"])

    assert follow(seller, second["pagination"]["previous"])["data"] == first["data"]
    assert first["pagination"]["previous"] is None
    assert first["pagination"]["count"] == 5
    assert first["pagination"]["page_size"] == 2


def test_counting_stops_where_it_becomes_dear(seller: Persona, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagination, "LARGEST_COUNT", 2)
    for _ in range(3):
        make_business(seller.actor)

    assert follow(seller, "/api/v1/businesses/")["pagination"]["count"] is None


def test_a_page_costs_the_same_queries_however_long_it_is(
    seller: Persona, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(6):
        make_business(seller.actor)

    for size in (2, 6):
        with django_assert_num_queries(5):  # session, count, rows, their registrations and owners
            follow(seller, f"/api/v1/businesses/?page_size={size}")


def test_a_broken_cursor_is_not_found(seller: Persona) -> None:
    assert seller.client.get("/api/v1/businesses/?cursor=nonsense").status_code == 404


def test_a_page_has_at_most_a_hundred_rows(seller: Persona) -> None:
    assert follow(seller, "/api/v1/businesses/?page_size=5000")["pagination"]["page_size"] <= 100
