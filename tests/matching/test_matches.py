"""Mandates and matches, kept fresh by workers."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from matching.models import Mandate, Match
from msme import services as listings
from msmebazaar.core.actor import Actor
from tests.conftest import Persona
from tests.factories import add_figures, make_business, make_live_listing, mandate_payload, some_gstin

URL = "/api/v1/mandates/"
Drain = Callable[[], int]


def write(persona: Persona, **changes: Any) -> dict[str, Any]:
    response = persona.client.post(URL, mandate_payload(**changes), format="json")
    assert response.status_code == 201, response.content
    data: dict[str, Any] = response.json()["data"]
    return data


def matches_of(persona: Persona, mandate: dict[str, Any], **headers: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = persona.client.get(f"{URL}{mandate['id']}/matches/", **headers).json()["data"]
    return found


def test_a_new_mandate_finds_what_is_on_the_market(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    listing = make_live_listing(seller.actor, staff_actor)
    mandate = write(buyer)
    assert mandate["matches_are_fresh"] is False

    drain()

    (match,) = matches_of(buyer, mandate)
    assert match["score"] == 100
    assert match["listing"]["id"] == str(listing.id)
    assert sum(reason["points"] for reason in match["reasons"]) == match["score"]
    assert match["reasons"][0]["text"] == "Fabricated metal products is a trade you look for."
    assert buyer.client.get(f"{URL}{mandate['id']}/").json()["data"]["matches_are_fresh"] is True


def test_a_new_listing_finds_who_looks_for_it(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    mandate = write(buyer)
    drain()
    assert matches_of(buyer, mandate) == []

    make_live_listing(seller.actor, staff_actor)
    drain()

    assert len(matches_of(buyer, mandate)) == 1


def test_both_directions_agree(seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain) -> None:
    make_live_listing(seller.actor, staff_actor)
    write(buyer)
    drain()
    by_mandate = list(Match.objects.values("score", "rank_key", "parts"))

    from matching import services

    Match.objects.all().delete()
    services.score_listing(listing_id=listings_id())

    assert list(Match.objects.values("score", "rank_key", "parts")) == by_mandate


def listings_id() -> Any:
    from msme.models import Listing

    return Listing.objects.get().id


def test_a_paused_listing_vanishes_at_once_and_its_matches_soon(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    listing = make_live_listing(seller.actor, staff_actor)
    mandate = write(buyer)
    drain()

    listings.pause_listing(actor=seller.actor, listing_id=listing.id)

    assert Match.objects.count() == 1
    assert matches_of(buyer, mandate) == []
    drain()
    assert Match.objects.count() == 0


def test_reasons_are_in_hindi_with_the_same_figures(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    make_live_listing(seller.actor, staff_actor)
    mandate = write(buyer)
    drain()

    texts = [reason["text"] for reason in matches_of(buyer, mandate, HTTP_ACCEPT_LANGUAGE="hi")[0]["reasons"]]

    assert "महाराष्ट्र" in texts[1]
    assert "₹38 करोड़" in texts[2]


def test_nothing_in_a_match_tells_whose_it_is(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    make_live_listing(seller.actor, staff_actor)
    mandate = write(buyer)
    drain()

    text = str(matches_of(buyer, mandate))

    assert str(seller.organisation_id) not in text
    assert "Shivneri" not in text
    assert "25910" not in text


def test_ones_own_listing_is_no_match(seller: Persona, staff_actor: Actor, drain: Drain) -> None:
    make_live_listing(seller.actor, staff_actor)
    mandate = write(seller)
    drain()

    assert matches_of(seller, mandate) == []


def test_a_changed_mandate_is_matched_anew_and_a_paused_one_has_no_matches(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    make_live_listing(seller.actor, staff_actor)
    mandate = write(buyer)
    drain()

    buyer.client.put(f"{URL}{mandate['id']}/", mandate_payload(nic_include=["10"]), format="json")
    drain()
    assert matches_of(buyer, mandate)[0]["score"] == 55

    buyer.client.put(f"{URL}{mandate['id']}/", mandate_payload(status="paused"), format="json")
    drain()
    assert matches_of(buyer, mandate) == []
    assert Mandate.objects.get().version == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ticket_min_inr": "60 crore"}, "ticket_max_inr"),
        ({"ticket_min_inr": 0, "ticket_max_inr": 0}, "ticket_max_inr"),
        ({"states": ["XX"]}, "states"),
        ({"nic_include": ["251"], "nic_exclude": ["25"]}, "nic_exclude"),
        ({"intents": []}, "intents"),
        ({"intents": ["gift"]}, "intents.0"),
        ({"nic_include": ["x"]}, "nic_include.0"),
        ({"kind": "friend"}, "kind"),
    ],
)
def test_wishes_that_contradict_each_other_are_named(buyer: Persona, changes: dict[str, Any], field: str) -> None:
    response = buyer.client.post(URL, mandate_payload(**changes), format="json")

    assert response.status_code == 400
    assert response.json()["error"]["errors"][0]["field"] == field
    assert not Mandate.objects.exists()


def test_foreign_mandates_do_not_exist(buyer: Persona, stranger: Persona) -> None:
    path = f"{URL}{write(buyer)['id']}/"

    assert stranger.client.get(path).status_code == 404
    assert stranger.client.get(f"{path}matches/").status_code == 404
    assert stranger.client.put(path, mandate_payload(), format="json").status_code == 404
    assert stranger.client.get(URL).json()["data"] == []


def test_a_page_of_matches_costs_the_same_queries_however_long_it_is(
    seller: Persona,
    buyer: Persona,
    staff_actor: Actor,
    drain: Drain,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    from msme import selectors

    for _ in range(3):
        make_live_listing(seller.actor, staff_actor)
    mandate = write(buyer)
    drain()
    selectors.division_titles()

    for size in (1, 3):
        with django_assert_num_queries(5):  # session, mandate, count, matches, listings
            buyer.client.get(f"{URL}{mandate['id']}/matches/?page_size={size}")


def test_pages_are_best_first_to_the_end(seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain) -> None:
    for ask in (38, 60, 100, 12, 5):
        make_live_listing(seller.actor, staff_actor, ask_inr=ask * 10_000_000)
    mandate = write(buyer)
    drain()
    scores, url = [], f"{URL}{mandate['id']}/matches/?page_size=2"

    while url:
        page = buyer.client.get(url).json()
        scores += [match["score"] for match in page["data"]]
        url = page["pagination"]["next"]

    assert len(scores) == 5
    assert scores == sorted(scores, reverse=True)


def test_a_match_tells_no_more_than_the_teaser(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    """In Sikkim nobody else works metal here: the trade is told nowhere, not in a reason either."""
    business = make_business(seller.actor, gstin=some_gstin("11"))
    add_figures(seller.actor, business)
    make_live_listing(seller.actor, staff_actor, business)
    mandate = write(buyer, states=["SK"], nic_include=["25910"])

    drain()

    (match,) = matches_of(buyer, mandate)
    assert match["listing"]["nic_division"] == ""
    assert {reason["code"] for reason in match["reasons"]} == {"sector_hidden", "place_match", "ticket_match"}
    assert "Fabricated" not in str(match)
