"""The scorer: what must not be is left out, parts add up, the order is always the same."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine import Candidate, Wish, rank, score

CRORE = Decimal(10_000_000)
WISH = Wish(
    id="wish",
    owner="buyer",
    intents=frozenset({"full_sale"}),
    nic_include=("25",),
    nic_exclude=("254",),
    states=frozenset({"MH"}),
    ticket_min=10 * CRORE,
    ticket_max=50 * CRORE,
)
LISTING = Candidate(id="listing", owner="seller", intent="full_sale", nic_code="25910", state="MH", ask=38 * CRORE)


def points(wish: Wish, candidate: Candidate) -> dict[str, int]:
    found = score(wish, candidate)
    assert found is not None
    return {part.code: part.points for part in found.parts}


def test_a_perfect_fit_has_a_hundred_points() -> None:
    found = score(WISH, LISTING)

    assert found is not None
    assert found.score == 100
    assert points(WISH, LISTING) == {"sector_match": 45, "place_match": 30, "ticket_match": 25}


@pytest.mark.parametrize(
    "candidate",
    [
        replace(LISTING, owner="buyer"),
        replace(LISTING, intent="loan"),
        replace(LISTING, nic_code="25400"),
        replace(LISTING, ask=151 * CRORE),
        replace(LISTING, ask=3 * CRORE),
    ],
)
def test_what_must_not_be_is_no_match(candidate: Candidate) -> None:
    assert score(WISH, candidate) is None


@pytest.mark.parametrize(
    ("wanted", "given_points"), [("25910", 45), ("2591", 45), ("2592", 36), ("2599", 36), ("251", 30), ("10", 0)]
)
def test_the_nearer_the_trade_the_more_points(wanted: str, given_points: int) -> None:
    found = points(replace(WISH, nic_include=(wanted,)), LISTING)

    assert next(iter(found.values())) == given_points


def test_no_wish_is_between_a_fit_and_none() -> None:
    assert points(replace(WISH, nic_include=(), states=frozenset()), LISTING) == {
        "sector_any": 25,
        "place_any": 20,
        "ticket_match": 25,
    }


@given(st.integers(334, 15_000), st.integers(334, 15_000))
def test_a_price_nearer_the_range_never_scores_less(first: int, second: int) -> None:
    def distance(lakh: int) -> Decimal:
        ask = Decimal(lakh) * 100_000
        return max(ask / WISH.ticket_max, WISH.ticket_min / ask, Decimal(1))

    near, far = sorted((first, second), key=distance)
    scores = [score(WISH, replace(LISTING, ask=Decimal(lakh) * 100_000)) for lakh in (near, far)]

    assert scores[0] is not None
    assert scores[1] is not None
    assert scores[0].score >= scores[1].score


@given(
    st.sampled_from(["25910", "25111", "10712", "47211"]),
    st.sampled_from(["MH", "GJ", "TN"]),
    st.integers(4, 150),
)
def test_the_parts_always_add_up_and_stay_within_what_they_can_give(nic: str, state: str, crore: int) -> None:
    found = score(WISH, replace(LISTING, nic_code=nic, state=state, ask=crore * CRORE))

    if found is not None:
        assert found.score == sum(part.points for part in found.parts)
        assert 0 <= found.score <= 100
        assert all(0 <= part.points <= part.most for part in found.parts)


def test_the_order_does_not_depend_on_the_order_of_the_input() -> None:
    candidates = [replace(LISTING, id=f"listing-{number}", ask=(5 + number % 7 * 20) * CRORE) for number in range(50)]

    forward, backward = rank(WISH, candidates), rank(WISH, reversed(candidates))

    assert forward == backward
    assert [found.score for found in forward] == sorted((found.score for found in forward), reverse=True)
    assert len({found.rank_key for found in forward}) == len(forward)


def test_a_trade_that_may_not_be_told_is_neither_a_fit_nor_none() -> None:
    found = score(WISH, replace(LISTING, nic_code=""))

    assert found is not None
    assert next((part.code, part.points, part.values) for part in found.parts) == ("sector_hidden", 25, ())
