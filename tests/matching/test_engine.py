"""The engine on hand-made columns: conditions, scores and their parts, order, retrieval."""

import math
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.behaviour import behaviour, market_of
from matching.engine.constraints import Failed, Strict, failures
from matching.engine.engine import Scored, score_pairs
from matching.engine.model import LinearModel, Ranker, Weight, ranker_from
from matching.engine.models import BEHAVIOUR_FEATURES
from matching.engine.ranking import diversified, exposure_of, fused, led_exposure, ordered, priced
from matching.engine.retrieval import WORTH_IT, candidates, index_of
from matching.engine.scoring import band_of, parts_of
from matching.engine.stated import centred
from matching.engine.text import text_key, words_of
from matching.engine.types import Past
from matching.learning.fit import Example, fit, newton
from matching.learning.score import quality
from tests.matching.columns import (
    CRORE,
    FOOD,
    MACHINES,
    METAL,
    NASHIK,
    PUNE,
    SURAT,
    accepting,
    market,
    offers,
    unit,
    wishes,
)


def one(wish: dict[str, Any], offer: dict[str, Any], **accepts: Any) -> Scored:
    row = np.zeros(1, dtype=np.int64)
    return score_pairs(wishes(wish), offers(offer), accepting(1, **accepts), market(), row, row)


def score(wish: dict[str, Any], offer: dict[str, Any]) -> float:
    return float(one(wish, offer).score[0])


def failed(wish: dict[str, Any], offer: dict[str, Any], **accepts: Any) -> set[str]:
    row = np.zeros(1, dtype=np.int64)
    found = failures(wishes(wish), offers(offer), accepting(1, **accepts), row, row)
    return {code.value for code, fails in found.items() if fails[0]}


@pytest.mark.parametrize(
    ("wish", "offer", "accepts", "code"),
    [
        ({"owner": 7}, {"owner": 7}, {}, Failed.OWN),
        ({"intents": 0b10}, {}, {}, Failed.INTENT),
        ({"excluded": [METAL]}, {}, {}, Failed.EXCLUDED),
        ({"ticket": (CRORE, 9 * CRORE)}, {}, {}, Failed.TICKET_FAR),
        ({}, {}, {"kinds": 2}, Failed.NOT_ACCEPTED),
        ({"ticket": (10 * CRORE, 20 * CRORE)}, {}, {"share": 0.9}, Failed.NOT_ACCEPTED),
        ({}, {}, {"tier": 2}, Failed.TIER),
        ({"strict": Strict.TICKET, "ticket": (10 * CRORE, 20 * CRORE)}, {}, {}, Failed.TICKET),
        ({"strict": Strict.SECTOR, "sectors": [FOOD]}, {}, {}, Failed.SECTOR),
        ({"strict": Strict.SECTOR}, {"sector": (-1, -1)}, {}, Failed.SECTOR),
        ({"strict": Strict.PLACE}, {"place": SURAT}, {}, Failed.PLACE),
        ({"strict": Strict.REVENUE, "revenue": 90 * CRORE}, {}, {}, Failed.REVENUE),
        ({"strict": Strict.STAKE, "stake": (26.0, 51.0)}, {"stake": 10.0}, {}, Failed.STAKE),
        ({"strict": Strict.STAKE, "stake": (26.0, 51.0)}, {}, {}, Failed.STAKE),
    ],
)
def test_conditions(wish: dict[str, Any], offer: dict[str, Any], accepts: dict[str, Any], code: Failed) -> None:
    assert code.value in failed(wish, offer, **accepts)
    assert len(one(wish, offer, **accepts).score) == 0


@pytest.mark.parametrize(
    ("wish", "offer"),
    [
        ({"sectors": [FOOD]}, {}),
        ({"places": [(24, -1)]}, {}),
        ({"revenue": 90 * CRORE}, {}),
        ({"ticket": (10 * CRORE, 11 * CRORE)}, {}),
        ({"stake": (26.0, 51.0)}, {"stake": 10.0}),
        ({"excluded": [FOOD]}, {"sector": (-1, -1)}),
    ],
)
def test_a_wish_that_is_no_condition_takes_nothing_out(wish: dict[str, Any], offer: dict[str, Any]) -> None:
    assert failed(wish, offer) == set()


def test_a_fit_scores_more_than_half_a_fit_and_that_more_than_none() -> None:
    full = score({}, {})
    half = score({}, {"sector": FOOD})
    none = score({}, {"sector": FOOD, "place": SURAT, "vector": unit(9), "text": "Bakery"})

    assert full > half > none
    assert band_of(round(full)) in ("good", "strong")


# What makes each factor speak for a pair, and the same pair without that cause.
CAUSES: list[tuple[str, str, dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("seeker", "sector", {}, {}, {}, {"sector": FOOD}),
    ("seeker", "place", {}, {}, {}, {"place": SURAT}),
    ("seeker", "place", {"places": [(27, 1)]}, {}, {"places": [(27, 2)]}, {}),
    ("seeker", "ticket", {}, {}, {}, {"ask": 60 * CRORE}),
    ("seeker", "size", {"revenue": 50 * CRORE}, {}, {"revenue": 50 * CRORE}, {"revenue": 40 * CRORE}),
    ("seeker", "stake", {"stake": (20.0, 60.0)}, {"stake": 30.0}, {"stake": (20.0, 60.0)}, {"stake": 10.0}),
    ("seeker", "text", {}, {}, {}, {"vector": unit(5), "text": "Bakery"}),
    ("seeker", "listing", {}, {"age": 0.0, "quality": 90.0}, {}, {"age": 300.0, "quality": 20.0}),
    ("owner", "funds", {}, {}, {"ticket": (10 * CRORE, 12 * CRORE)}, {}),
    ("owner", "proof", {"tier": 2}, {}, {"tier": 0}, {}),
    ("owner", "mandate", {"complete": 0.9}, {}, {"complete": 0.1}, {}),
    ("owner", "trade", {}, {}, {"sectors": [FOOD]}, {}),
    ("owner", "state", {}, {}, {"places": [(24, -1)]}, {}),
]


@pytest.mark.parametrize(("side", "factor", "wish", "offer", "other_wish", "other_offer"), CAUSES)
def test_without_the_cause_of_a_reason_the_score_is_lower(
    side: str,
    factor: str,
    wish: dict[str, Any],
    offer: dict[str, Any],
    other_wish: dict[str, Any],
    other_offer: dict[str, Any],
) -> None:
    scored = one(wish, offer)
    _, parts = parts_of(scored.seeker, scored.owner, 0)

    assert next(part.tenths for part in parts if (part.side, part.factor) == (side, factor)) > 0
    assert score(other_wish, other_offer) < score(wish, offer)


pairs = st.fixed_dictionaries(
    {
        "sectors": st.lists(st.sampled_from([METAL, FOOD, MACHINES]), max_size=2),
        "places": st.lists(st.sampled_from([(27, -1), (24, -1), (27, 1)]), max_size=2),
        "ticket": st.sampled_from([(CRORE, 100 * CRORE), (10 * CRORE, 20 * CRORE), (30 * CRORE, 30 * CRORE)]),
        "tier": st.integers(0, 3),
        "complete": st.floats(0, 1),
        "revenue": st.sampled_from([math.nan, 50 * CRORE, 90 * CRORE]),
        "vector": st.integers(1, 4).map(unit),
    }
)


@given(wish=pairs, quality=st.floats(0, 100), age=st.floats(0, 900), place=st.sampled_from([PUNE, NASHIK, SURAT]))
def test_parts_sum_to_the_score_exactly(wish: Any, quality: float, age: float, place: Any) -> None:
    scored = one(wish, {"quality": quality, "age": age, "place": place})

    total, parts = parts_of(scored.seeker, scored.owner, 0)

    assert sum(part.tenths for part in parts) == total * 10
    assert abs(total - float(scored.score[0])) <= 0.5
    assert 0 < total < 100


def test_ten_points_are_doubled_odds() -> None:
    scored = one({"sectors": [], "places": [], "vector": unit(1) * 0, "thesis": ""}, {"ask": 60 * CRORE})

    odds = float(np.exp(scored.log_odds[0]))

    assert math.isclose(float(scored.seeker.score[0]), 50 + 10 * math.log2(odds), abs_tol=1e-9)


def test_the_score_is_high_only_when_both_sides_are() -> None:
    liked_by_both = one({"tier": 3, "complete": 1.0}, {})
    liked_by_one = one({"tier": 0, "complete": 0.0, "ticket": (10 * CRORE, 11 * CRORE)}, {})

    both = float(liked_by_both.score[0])
    assert min(liked_by_both.seeker.score[0], liked_by_both.owner.score[0]) <= both
    assert float(liked_by_one.score[0]) < both


def test_a_hidden_trade_is_neither_for_nor_against() -> None:
    scored = one({}, {"sector": (-1, -1)})

    assert float(scored.seeker.points["sector"][0]) == 0


def test_the_same_input_gives_the_same_bytes_in_another_process() -> None:
    program = (
        "from tests.matching.test_engine import one\n"
        "s = one({}, {'age': 3.0})\n"
        "print(s.score.tobytes().hex(), s.log_odds.tobytes().hex())"
    )
    outputs = {subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout for _ in (1, 2)}

    assert len(outputs) == 1


def test_equal_keys_are_ordered_by_a_hash_and_not_by_name_or_age() -> None:
    names = [f"offer-{number}" for number in range(50)]

    order = ordered(np.ones(50), names, "wish").tolist()

    assert order != list(range(50))
    assert order == ordered(np.ones(50) + 1e-9, names, "wish").tolist()
    assert order != ordered(np.ones(50), names, "other").tolist()


def test_an_offer_in_front_of_everybody_pays() -> None:
    log_odds = np.array([[2.0, 1.9], [2.0, -1.0], [2.0, -1.0]])

    keys = priced(log_odds, exposure_of(log_odds))

    assert keys[0, 1] > keys[0, 0]
    assert led_exposure(np.array([9.0, 0.0, 0.0]))[0] > 0 > led_exposure(np.array([9.0, 0.0, 0.0]))[1]


def test_a_page_is_no_list_of_twins() -> None:
    keys = np.array([10.0, 9.9, 9.8, 9.7, 5.0])
    vectors = np.stack([unit(1), unit(1), unit(1), unit(2), unit(3)])

    order = diversified(np.arange(5), keys, vectors, np.arange(5))

    assert order[0] == 0
    assert order.tolist().index(3) < order.tolist().index(2)
    assert sorted(order.tolist()) == list(range(5))


def test_one_owner_has_at_most_three_of_the_first() -> None:
    keys = np.linspace(10, 9, 8)
    vectors = np.stack([unit(number) for number in range(8)])
    owners = np.array([1, 1, 1, 1, 1, 2, 3, 4])

    order = diversified(np.arange(8), keys, vectors, owners).tolist()

    assert sum(owners[row] == 1 for row in order[:6]) == 3


def test_two_rankings_are_fused_by_ranks() -> None:
    assert fused([["a", "b", "c"], ["c", "d"]]) == ["c", "a", "b", "d"]
    assert fused([[], []]) == []


def test_words_are_read_in_both_scripts_and_keys_follow_the_text() -> None:
    assert words_of("Forging, फ़ोर्जिंग की इकाई — at 5") == {"forging", "फ़ोर्जिंग", "इकाई"}
    assert text_key("a") != text_key("b")
    assert len(text_key("a")) == 32


def a_market(count: int) -> Any:
    """Offers of many kinds, and vectors that cluster by trade."""
    draw = np.random.default_rng(7)
    rows = []
    trades = [METAL, FOOD, MACHINES]
    for number in range(count):
        trade = number % 3
        vector = unit(trade) + 0.6 * unit(1000 + number)
        rows.append(
            {
                "sector": trades[trade],
                "place": [PUNE, NASHIK, SURAT][int(draw.integers(3))],
                "ask": float(np.exp(draw.normal(math.log(20 * CRORE), 0.8))),
                "vector": (vector / np.linalg.norm(vector)).astype(np.float32),
                "age": float(draw.integers(300)),
                "quality": float(draw.integers(100)),
                "text": f"Works number {number}",
            }
        )
    return offers(*rows)


@pytest.mark.parametrize(
    "wish", [{}, {"sectors": [], "places": []}, {"places": [(24, 3)]}, {"sectors": [FOOD], "vector": unit(1)}]
)
def test_the_index_finds_what_a_comparison_with_everything_finds(wish: dict[str, Any]) -> None:
    everything = a_market(3000)
    wanted = wishes({"vector": unit(0), **wish})
    index = index_of(everything, market())
    accepts = accepting(len(everything))

    rows = candidates(index, wanted, 0, centred(wanted.vectors, market())[0])
    part = score_pairs(wanted, everything, accepts, market(), np.zeros(len(rows), dtype=np.int64), rows)
    whole = score_pairs(
        wanted, everything, accepts, market(), np.zeros(3000, dtype=np.int64), np.arange(3000, dtype=np.int64)
    )

    best = set(whole.listings[np.argsort(-whole.score, kind="stable")[:10]].tolist())
    found = set(part.listings[np.argsort(-part.score, kind="stable")[:10]].tolist())
    assert len(best & found) >= 9
    assert len(rows) <= WORTH_IT


def test_what_somebody_went_for_speaks_for_more_of_it() -> None:
    everything = a_market(60)
    metal = np.arange(0, 60, 3)
    liked = Past(everything.take(metal[:5]), np.ones(5), np.full(5, 30.0))
    common = market_of("m", everything, [(number, number) for number in range(20)])

    features = behaviour(liked, everything, common)

    assert set(BEHAVIOUR_FEATURES) <= set(features)
    for name in ("lift_sector", "near_three", "seen_sector"):
        assert features[name][metal].mean() > features[name][np.setdiff1d(np.arange(60), metal)].mean()


def test_nothing_was_done_and_nothing_is_said() -> None:
    everything = a_market(9)
    nothing = Past(everything.take(np.zeros(0, dtype=np.int64)), np.zeros(0), np.zeros(0))

    features = behaviour(nothing, everything, market_of("m", everything, []))

    assert not any(np.isnan(values).any() for values in features.values())
    assert float(np.abs(features["lift_sector"]).max()) < 1e-9


def learned() -> tuple[Ranker, Any, Past]:
    everything = a_market(90)
    metal = np.arange(0, 90, 3)
    past = Past(everything.take(metal[:6]), np.ones(6), np.full(6, 30.0))
    common = market_of("m", everything, [(0, int(row)) for row in metal])
    happened = np.isin(np.arange(90), metal).astype(np.float64)
    example = Example(behaviour(past, everything, common), np.zeros(90), happened)
    return fit("trained", [example] * 3, source="test", ridge=1.0), everything, past


def test_a_trained_ranker_raises_what_its_seeker_likes_and_its_file_gives_it_back() -> None:
    ranker, everything, past = learned()
    wanted = wishes({"sectors": [], "places": [], "ticket": (CRORE, 1000 * CRORE)})
    rows, mandates = np.arange(90), np.zeros(90, dtype=np.int64)
    common = market_of("m", everything, [(0, int(row)) for row in range(0, 90, 3)])

    plain = score_pairs(wanted, everything, accepting(90), common, mandates, rows)
    trained = score_pairs(wanted, everything, accepting(90), common, mandates, rows, learned=ranker, pasts={0: past})

    is_metal = everything.sectors[trained.listings][:, 1] == METAL[1]
    gain = trained.score - plain.score
    assert gain[is_metal].mean() > gain[~is_metal].mean() + 5
    assert ranker_from(ranker.as_json()) == ranker
    assert ranker_from(ranker.as_json()).digest == ranker.digest
    for row in range(3):
        total, parts = parts_of(trained.seeker, trained.owner, row)
        assert sum(part.tenths for part in parts) == total * 10


def test_a_ranker_that_would_count_the_mandate_against_itself_leaves_it_out() -> None:
    everything = a_market(60)
    past = Past(everything.take(np.arange(3)), np.ones(3), np.full(3, 10.0))
    features = behaviour(past, everything, market_of("m", everything, []))
    happened = (np.arange(60) % 2).astype(np.float64)
    example = Example(features, -happened * 3, happened)

    assert fit("x", [example], source="test").keeps == 0


def test_newton_finds_the_least_loss() -> None:
    draw = np.random.default_rng(0)
    given_ = draw.normal(size=(400, 3))
    happened = (draw.random(400) < 1 / (1 + np.exp(-(given_ @ [1.0, -2.0, 0.0] - 1)))).astype(float)

    found = newton(given_, happened, ridge=1e-6)

    chance = 1 / (1 + np.exp(-(given_ @ found[:3] + found[3])))
    assert np.abs(given_.T @ (chance - happened)).max() < 1e-2
    assert found[0] > 0.5 and found[1] < -1


def test_a_model_is_linear_and_knows_its_factors() -> None:
    model = LinearModel("m", 0.5, (Weight("a", "x", 2.0, 1.0, 2.0), Weight("b", "x", 1.0), Weight("c", "y", -1.0)))
    features = {"a": np.array([3.0]), "b": np.array([1.0]), "c": np.array([2.0]), "unused": np.array([9.0])}

    assert {name: float(values[0]) for name, values in model.contributions(features).items()} == {"x": 3.0, "y": -2.0}
    assert float(model.log_odds(features)[0]) == 1.5


def test_a_perfect_ranking_scores_one_and_a_constant_as_chance_does() -> None:
    names = [f"offer-{number}" for number in range(100)]
    wanted = {f"seeker-{number}": frozenset({names[number], names[number + 40]}) for number in range(40)}
    perfect = {seeker: np.array([float(name in liked) for name in names]) for seeker, liked in wanted.items()}
    constant = {seeker: np.zeros(100) for seeker in wanted}

    best, chance = quality(perfect, names, wanted), quality(constant, names, wanted)

    assert (best.ndcg, best.recall, best.reverse_ndcg) == (1.0, 1.0, 1.0)
    assert chance.ndcg < 0.25
    assert chance.ndcg_interval[0] <= chance.ndcg <= chance.ndcg_interval[1]


def test_more_of_everything_the_mandate_asks_never_lowers_the_score() -> None:
    base = {"sector": FOOD, "place": SURAT, "ask": 80 * CRORE}
    scores = [score({}, base)]
    for step in ({"ask": 40 * CRORE}, {"place": NASHIK}, {"sector": MACHINES}, {"sector": METAL}):
        base = {**base, **step}
        scores.append(score({}, base))

    assert scores == sorted(scores)


def test_scores_do_not_depend_on_who_else_is_compared() -> None:
    alone = one({}, {})
    together = score_pairs(
        wishes({}, {"sectors": [FOOD, METAL, MACHINES]}),
        offers({}, {"sector": FOOD}),
        accepting(2),
        market(),
        np.array([0, 0, 1, 1]),
        np.array([0, 1, 0, 1]),
    )

    assert float(together.score[0]) == float(alone.score[0])
