"""Mandates and matches, kept fresh by workers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import services as accounts
from accounts.models import Notification
from accounts.types import Tier
from matching import services
from matching.models import Feedback, ListingProfile, ListingVector, Mandate, MarketSnapshot, Match, TextVector
from matching.services import vectors
from matching.services.market import forget_cached
from msme import services as listings
from msme.models import Listing
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor
from msmebazaar.integrations.embeddings import LocalEmbedder
from msmebazaar.integrations.errors import VendorError
from tests.conftest import Persona
from tests.factories import add_figures, make_business, make_live_listing, mandate_payload, some_gstin

URL = "/api/v1/mandates/"
Drain = Callable[[], int]


def write(persona: Persona, **changes: Any) -> dict[str, Any]:
    response = persona.client.post(URL, mandate_payload(**changes), format="json")
    assert response.status_code == 201, response.content
    data: dict[str, Any] = response.json()["data"]
    return data


def matches_of(persona: Persona, mandate: dict[str, Any], query: str = "", **headers: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = persona.client.get(f"{URL}{mandate['id']}/matches/{query}", **headers).json()["data"]
    return found


def explanation(persona: Persona, mandate: dict[str, Any], listing: Listing, **headers: Any) -> dict[str, Any]:
    response = persona.client.get(f"{URL}{mandate['id']}/matches/{listing.id}/", **headers)
    assert response.status_code == 200, response.content
    data: dict[str, Any] = response.json()["data"]
    return data


def tell(persona: Persona, mandate: dict[str, Any], listing: Listing, kind: str, **more: Any) -> Any:
    path = f"{URL}{mandate['id']}/matches/{listing.id}/feedback/"
    return persona.client.post(path, {"kind": kind, **more}, format="json")


def test_a_new_mandate_finds_what_is_on_the_market(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    listing = make_live_listing(seller.actor, staff_actor)
    mandate = write(buyer)
    assert mandate["matches_are_fresh"] is False

    drain()

    (match,) = matches_of(buyer, mandate)
    assert match["listing"]["id"] == str(listing.id)
    assert match["band"] == "good"
    assert match["seeker_score"] > match["owner_score"] > 50
    assert match["reasons"][0]["points"] > 0
    assert "Fabricated metal products is a trade you look for." in [reason["text"] for reason in match["reasons"]]
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


COMPARED = ("score", "seeker_score", "owner_score", "rank_key", "mandate_version", "listing_version")


def test_both_directions_and_the_sweep_agree(seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain) -> None:
    listing = make_live_listing(seller.actor, staff_actor)
    write(buyer, thesis="Forging and machining with a full order book.")
    drain()
    by_mandate = list(Match.objects.values(*COMPARED))

    Match.objects.all().delete()
    services.score_listing(listing_id=listing.id)
    assert list(Match.objects.values(*COMPARED)) == by_mandate

    Match.objects.all().delete()
    swept = services.sweep(now=clock.now())
    assert (swept.listings, swept.mandates, swept.matches) == (1, 1, 1)
    keys = ("mandate_version", "listing_version")
    assert list(Match.objects.values(*keys)) == [{key: row[key] for key in keys} for row in by_mandate]
    assert abs(Match.objects.get().score - by_mandate[0]["score"]) <= 2  # a snapshot of one listing more


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
    assert not Match.objects.exists()
    assert not ListingProfile.objects.exists()
    assert not ListingVector.objects.exists()


def test_reasons_are_in_hindi_with_the_same_figures(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    listing = make_live_listing(seller.actor, staff_actor)
    mandate = write(buyer)
    drain()

    why = explanation(buyer, mandate, listing, HTTP_ACCEPT_LANGUAGE="hi")
    texts = " ".join(reason["text"] for reason in why["reasons"])

    assert "महाराष्ट्र" in texts
    assert "₹38 करोड़" in texts
    assert not any("a" <= sign <= "z" for sign in texts), texts


def test_the_explanation_sums_to_the_score_and_names_what_stands_against_it(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    listing = make_live_listing(seller.actor, staff_actor)
    mandate = write(buyer, nic_include=["55"], strict=["sector"], states=["GJ"])
    drain()

    why = explanation(buyer, mandate, listing)

    assert matches_of(buyer, mandate) == []
    assert why["is_match"] is False
    assert [row["code"] for row in why["failed"]] == ["sector"]
    assert round(sum(reason["points"] for reason in why["reasons"]), 1) == why["score"]
    assert {"sector_other", "place_other", "ticket_in", "base"} <= {reason["code"] for reason in why["reasons"]}


def test_nothing_in_a_match_tells_whose_it_is(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    listing = make_live_listing(seller.actor, staff_actor)
    mandate = write(buyer)
    drain()

    text = str(matches_of(buyer, mandate)) + str(explanation(buyer, mandate, listing))

    assert str(seller.organisation_id) not in text
    assert "Shivneri" not in text
    assert "25910" not in text


def test_digits_beyond_the_division_change_nothing_so_nobody_can_probe_for_them(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    listing = make_live_listing(seller.actor, staff_actor)
    right, wrong = write(buyer, nic_include=["25910"]), write(buyer, nic_include=["25111"])
    drain()

    assert explanation(buyer, right, listing)["score"] == explanation(buyer, wrong, listing)["score"]


def test_ones_own_listing_is_no_match(seller: Persona, staff_actor: Actor, drain: Drain) -> None:
    listing = make_live_listing(seller.actor, staff_actor)
    mandate = write(seller)
    drain()

    assert matches_of(seller, mandate) == []
    assert [row["code"] for row in explanation(seller, mandate, listing)["failed"]] == ["own_listing"]


def test_a_changed_mandate_is_matched_anew_and_a_paused_one_has_no_matches(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    make_live_listing(seller.actor, staff_actor)
    mandate = write(buyer)
    drain()
    before = matches_of(buyer, mandate)[0]["score"]

    buyer.client.put(f"{URL}{mandate['id']}/", mandate_payload(nic_include=["10"]), format="json")
    drain()
    assert matches_of(buyer, mandate)[0]["score"] < before

    buyer.client.put(f"{URL}{mandate['id']}/", mandate_payload(status="paused"), format="json")
    drain()
    assert matches_of(buyer, mandate) == []
    assert Mandate.objects.get().version == 3


def test_a_removed_mandate_takes_its_matches_along(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    listing = make_live_listing(seller.actor, staff_actor)
    mandate = write(buyer)
    drain()
    tell(buyer, mandate, listing, "saved")

    assert buyer.client.delete(f"{URL}{mandate['id']}/").status_code == 204

    assert not Mandate.objects.exists()
    assert not Match.objects.exists()
    assert not Feedback.objects.exists()


def test_a_mandate_nobody_touches_expires_and_lives_again_when_saved(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    make_live_listing(seller.actor, staff_actor)
    mandate = write(buyer)
    drain()

    assert services.expire_mandates(now=clock.now() + timedelta(days=179)) == 0
    assert services.expire_mandates(now=clock.now() + timedelta(days=181)) == 1
    drain()

    assert buyer.client.get(f"{URL}{mandate['id']}/").json()["data"]["status"] == "expired"
    assert not Match.objects.exists()
    buyer.client.put(f"{URL}{mandate['id']}/", mandate_payload(), format="json")
    drain()
    assert Match.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ticket_min_inr": "60 crore"}, "ticket_max_inr"),
        ({"ticket_min_inr": 0, "ticket_max_inr": 0}, "ticket_max_inr"),
        ({"states": ["XX"]}, "states"),
        ({"districts": ["MH/Nowhere"]}, "districts"),
        ({"nic_include": ["251"], "nic_exclude": ["25"]}, "nic_exclude"),
        ({"stake_min_pct": "60", "stake_max_pct": "20"}, "stake_max_pct"),
        ({"strict": ["revenue"]}, "strict"),
        ({"strict": ["weather"]}, "strict.0"),
        ({"intents": []}, "intents"),
        ({"intents": ["gift"]}, "intents.0"),
        ({"nic_include": ["x"]}, "nic_include.0"),
        ({"kind": "friend"}, "kind"),
        ({"status": "expired"}, "status"),
    ],
)
def test_wishes_that_contradict_each_other_are_named(buyer: Persona, changes: dict[str, Any], field: str) -> None:
    response = buyer.client.post(URL, mandate_payload(**changes), format="json")

    assert response.status_code == 400
    assert response.json()["error"]["errors"][0]["field"] == field
    assert not Mandate.objects.exists()


def test_a_mandate_says_how_strong_it_is_and_what_is_missing(buyer: Persona) -> None:
    thin = write(buyer, nic_include=[], states=[])
    full = write(
        buyer,
        districts=["MH/Pune"],
        revenue_min_inr="20 crore",
        stake_min_pct="51",
        structures=["all_cash"],
        horizon_months=12,
        thesis="Owner-managed works whose founder retires, with customers of many years. " * 4,
    )

    assert thin["strength"]["score"] < 30 < full["strength"]["score"] == 100
    assert [hint["code"] for hint in thin["strength"]["hints"]][:2] == ["sector", "place"]
    assert full["strength"]["hints"] == []


def test_an_organisation_has_a_bounded_number_of_mandates(buyer: Persona, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matching.services.mandates.MOST_MANDATES", 1)
    write(buyer)

    assert buyer.client.post(URL, mandate_payload(), format="json").status_code == 409


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
    for _ in range(3):
        make_live_listing(seller.actor, staff_actor)
    mandate = write(buyer)
    drain()
    matches_of(buyer, mandate)  # what a process reads once

    for size in (1, 3):
        # session; mandate, count, matches; what may be seen, profiles; snapshot, ranker, vectors, tiers; saved, introductions
        with django_assert_num_queries(12):
            matches_of(buyer, mandate, f"?page_size={size}")


def test_pages_go_from_the_best_to_the_end_and_can_be_cut_by_score(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    for ask in (38, 60, 100, 12, 5):
        make_live_listing(seller.actor, staff_actor, ask_inr=ask * 10_000_000)
    mandate = write(buyer)
    drain()
    keys, url = [], f"{URL}{mandate['id']}/matches/?page_size=2"

    while url:
        page = buyer.client.get(url).json()
        keys += [match["id"] for match in page["data"]]
        url = page["pagination"]["next"]

    stored = list(Match.objects.order_by("-rank_key").values_list("id", flat=True))
    assert keys == [str(key) for key in stored]
    scores = [match["score"] for match in matches_of(buyer, mandate)]
    assert all(match["score"] >= max(scores) for match in matches_of(buyer, mandate, f"?min_score={max(scores)}"))
    assert len(matches_of(buyer, mandate, "?sort=newest")) == 5
    assert len(matches_of(buyer, mandate, "?min_score=nonsense")) == 5


def test_a_match_tells_no_more_than_the_teaser(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    """In Sikkim nobody else works metal here: the trade is told nowhere, not in a reason either."""
    business = make_business(seller.actor, gstin=some_gstin("11"))
    add_figures(seller.actor, business)
    listing = make_live_listing(seller.actor, staff_actor, business)
    mandate = write(buyer, states=["SK"], nic_include=["25910"])

    drain()

    why = explanation(buyer, mandate, listing)
    assert why["listing"]["nic_division"] == ""
    assert {"sector_hidden", "place_state"} <= {reason["code"] for reason in why["reasons"]}
    assert "Fabricated" not in str(why)
    assert why["unknown"] == ["sector"]


def test_an_owner_sees_what_seekers_look_for_and_not_who_they_are(
    seller: Persona, buyer: Persona, stranger: Persona, staff_actor: Actor, drain: Drain
) -> None:
    listing = make_live_listing(seller.actor, staff_actor)
    write(buyer, ticket_max_inr="47 crore")
    drain()
    path = f"/api/v1/listings/{listing.id}/matches/"

    (match,) = seller.client.get(path).json()["data"]

    assert match["seeker"]["ticket_max_about_inr"] == "500000000.00"
    assert match["seeker"]["kind"] == "buyer"
    assert str(buyer.organisation_id) not in str(match)
    assert "Engineering in the west" not in str(match)
    assert stranger.client.get(path).status_code == 404
    assert seller.client.get(f"{path}?min_score=99").json()["data"] == []


def test_an_owner_says_whom_they_accept_and_matches_follow(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    listing = make_live_listing(seller.actor, staff_actor)
    mandate = write(buyer)
    drain()
    path = f"/api/v1/listings/{listing.id}/acceptance/"
    assert seller.client.get(path).json()["data"] == {"kinds": [], "tier": 0, "share_pct": None}

    seller.client.put(path, {"tier": 2}, format="json")
    drain()
    assert matches_of(buyer, mandate) == []
    assert [row["code"] for row in explanation(buyer, mandate, listing)["failed"]] == ["tier"]

    accounts.grant_badge(
        organisation_id=buyer.organisation_id,
        tier=Tier.T2_DOCUMENTS,
        evidence={},
        reviewer_id=staff_actor.user_id,
        now=clock.now(),
    )
    services.match_mandate(mandate_id=Mandate.objects.get().id)
    (match,) = matches_of(buyer, mandate)
    assert match["owner_score"] > 60
    # it outlives a pause
    listings.pause_listing(actor=seller.actor, listing_id=listing.id)
    drain()
    listings.resume_listing(actor=seller.actor, listing_id=listing.id, now=clock.now())
    drain()
    assert ListingProfile.objects.get().accepts_tier == 2


def test_a_declined_listing_vanishes_until_it_is_cheaper_or_taken_back(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    listing = make_live_listing(seller.actor, staff_actor)
    mandate = write(buyer)
    drain()

    assert tell(buyer, mandate, listing, "declined", reason="too_expensive").status_code == 201
    assert matches_of(buyer, mandate) == []
    drain()
    services.score_listing(listing_id=listing.id)
    services.sweep(now=clock.now())
    assert matches_of(buyer, mandate) == []

    tell(buyer, mandate, listing, "restored")
    drain()
    assert len(matches_of(buyer, mandate)) == 1

    tell(buyer, mandate, listing, "declined", reason="too_expensive")
    listings.reprice_listing(
        actor=seller.actor,
        listing_id=listing.id,
        ask_inr=listing.ask_inr * 8 / 10,
        is_confirmed=True,
        now=clock.now(),
    )
    drain()
    assert len(matches_of(buyer, mandate)) == 1


def test_feedback_is_kept_once_and_can_be_taken_back(
    seller: Persona, buyer: Persona, stranger: Persona, staff_actor: Actor, drain: Drain
) -> None:
    listing = make_live_listing(seller.actor, staff_actor)
    mandate = write(buyer)
    drain()

    first = tell(buyer, mandate, listing, "saved", shown_rank=1).json()["data"]
    again = tell(buyer, mandate, listing, "saved").json()["data"]
    assert first["id"] == again["id"]
    assert matches_of(buyer, mandate)[0]["is_saved"] is True
    tell(buyer, mandate, listing, "unsaved")
    assert matches_of(buyer, mandate)[0]["is_saved"] is False

    assert tell(buyer, mandate, listing, "accepted").status_code == 400
    assert tell(stranger, mandate, listing, "saved").status_code == 404
    listings.withdraw_listing(actor=seller.actor, listing_id=listing.id)
    assert tell(buyer, mandate, listing, "viewed").status_code == 404


def test_a_hindi_thesis_finds_an_english_listing_by_its_meaning(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    bakery = make_live_listing(
        seller.actor, staff_actor, title="Bread bakery", summary="Bread, biscuits and cakes sold to shops every day."
    )
    forge = make_live_listing(seller.actor, staff_actor)
    mandate = write(buyer, nic_include=[], thesis="ब्रेड, बिस्कुट और केक बनाने वाली चलती हुई बेकरी चाहिए।")
    drain()

    by_listing = {match["listing"]["id"]: match for match in matches_of(buyer, mandate)}

    assert by_listing[str(bakery.id)]["seeker_score"] > by_listing[str(forge.id)]["seeker_score"]
    texts = [reason["text"] for reason in by_listing[str(bakery.id)]["reasons"]]
    assert "Its description is close to what you wrote." in texts


def search(persona: Persona, text: str, **more: Any) -> dict[str, Any]:
    response = persona.client.post("/api/v1/matching/search/", {"text": text, **more}, format="json")
    assert response.status_code == 200, response.content
    data: dict[str, Any] = response.json()["data"]
    return data


def test_search_finds_by_meaning_across_languages_and_by_words_within_filters(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    bakery = make_live_listing(
        seller.actor, staff_actor, title="Bread bakery", summary="Bread, biscuits and cakes sold to shops every day."
    )
    forge = make_live_listing(seller.actor, staff_actor)
    drain()

    found = search(buyer, "ब्रेड और केक की बेकरी")
    assert found["results"][0]["listing"]["id"] == str(bakery.id)
    assert found["results"][0]["found_by"] == ["meaning"]
    assert found["degraded"] == []

    by_words = search(buyer, "forging with own plant", page_size=1)
    assert by_words["results"][0]["listing"]["id"] == str(forge.id)
    assert by_words["results"][0]["found_by"] == ["meaning", "words"]
    assert by_words["has_more"] is True
    assert search(buyer, "forging", state=["GJ"])["results"] == []
    assert search(buyer, "forging", max_ask="1 crore")["count"] == 0
    assert search(buyer, "forging", page=20)["results"] == []
    listings.pause_listing(actor=seller.actor, listing_id=forge.id)
    assert str(forge.id) not in str(search(buyer, "forging"))


def test_equity_is_searched_and_matched_for_verified_investors_only(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    listing = make_live_listing(seller.actor, staff_actor, intent="equity_investment")
    accounts.update_organisation(
        actor=buyer.actor, organisation_id=buyer.organisation_id, name=None, roles=["buyer", "investor"]
    )
    mandate = write(buyer, kind="investor", intents=["equity_investment"])
    drain()

    assert search(buyer, "forging and machining")["results"] == []
    assert matches_of(buyer, mandate) == []
    assert buyer.client.get(f"{URL}{mandate['id']}/matches/{listing.id}/").status_code == 404

    accounts.grant_badge(
        organisation_id=buyer.organisation_id,
        tier=Tier.T2_DOCUMENTS,
        evidence={},
        reviewer_id=staff_actor.user_id,
        now=clock.now(),
    )
    assert len(matches_of(buyer, mandate)) == 1
    assert len(search(buyer, "forging and machining")["results"]) == 1


def test_without_the_model_matching_goes_on_by_trade_and_words_and_meaning_comes_later(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> Any:
        raise VendorError("local_model", "missing", permanent=True)

    with monkeypatch.context() as broken:
        broken.setattr(LocalEmbedder, "embed", away)
        listing = make_live_listing(seller.actor, staff_actor)
        mandate = write(buyer, thesis="Forging and machining with a full order book.")
        drain()
        assert len(matches_of(buyer, mandate)) == 1
        assert explanation(buyer, mandate, listing)["degraded"] == ["embedding"]
        found = search(buyer, "forging")
        assert (found["degraded"], found["count"]) == (["embedding"], 1)
        assert not TextVector.objects.exists()

    Mandate.objects.update(matched_version=0)
    services.keep_matches_fresh(now=clock.now() + timedelta(minutes=5))

    assert TextVector.objects.count() == 2
    assert ListingVector.objects.count() == 1
    assert explanation(buyer, mandate, listing)["degraded"] == []


def test_without_pgvector_search_is_by_words_and_a_check_says_so(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.core.checks import run_checks
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE matching_listingvector")  # the test's transaction brings it back
    vectors.has_pgvector.cache_clear()
    try:
        make_live_listing(seller.actor, staff_actor)
        mandate = write(buyer, thesis="Forging and machining with a full order book.")
        drain()

        found = search(buyer, "forging")
        assert (found["degraded"], found["count"]) == (["pgvector"], 1)
        assert len(matches_of(buyer, mandate)) == 1
        assert "bazaar.W003" in {warning.id for warning in run_checks(databases=["default"])}
    finally:
        monkeypatch.undo()
        vectors.has_pgvector.cache_clear()


def test_a_text_is_embedded_once_whoever_wrote_it(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    for _ in range(2):
        make_live_listing(seller.actor, staff_actor)
        write(buyer, thesis="The same words.")
    drain()

    assert TextVector.objects.count() == 2
    assert ListingVector.objects.count() == 2
    assert vectors.embed_texts(["The same words."]) == 0


@pytest.mark.parametrize("vector", [[0.0] * 384, [1.0] * 384, [1.0], [float("nan")] * 384])
def test_a_vector_that_is_none_is_not_kept(vector: list[float]) -> None:
    with pytest.raises(ValueError, match="unit vector"):
        vectors.packed(vector)


def test_vectors_nobody_needs_any_more_go(buyer: Persona, drain: Drain) -> None:
    write(buyer, thesis="A thesis that will be gone.")
    drain()
    today = clock.today_in_india()

    assert vectors.unused_since(today, dry_run=False) == 0
    assert vectors.unused_since(today + timedelta(days=1), dry_run=True) == 1
    assert vectors.unused_since(today + timedelta(days=1), dry_run=False) == 1


def test_good_new_matches_are_told_once_and_stop_on_one_word(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    with time_machine.travel(clock.now(), tick=False) as travel:
        mandate = write(buyer, alerts="instant")
        drain()
        travel.shift(timedelta(minutes=2))
        make_live_listing(seller.actor, staff_actor)
        drain()
        travel.shift(timedelta(minutes=2))

        assert services.tell_of_new_matches(now=clock.now()) == 1
        travel.shift(timedelta(minutes=2))
        assert services.tell_of_new_matches(now=clock.now()) == 0
        (told,) = Notification.objects.filter(kind="matching.new_matches")
        assert told.params["count"] == 1

        buyer.client.post(f"{URL}{mandate['id']}/stop-alerts/")
        make_live_listing(seller.actor, staff_actor)
        drain()
        travel.shift(timedelta(minutes=2))
        assert services.tell_of_new_matches(now=clock.now()) == 0


def test_statistics_count_what_is_ones_own(
    seller: Persona, buyer: Persona, stranger: Persona, staff_actor: Actor, drain: Drain
) -> None:
    listing = make_live_listing(seller.actor, staff_actor)
    mandate = write(buyer)
    drain()
    tell(buyer, mandate, listing, "saved")

    def numbers(persona: Persona) -> dict[str, Any]:
        data: dict[str, Any] = persona.client.get("/api/v1/matching/statistics/").json()["data"]
        return data

    assert (numbers(buyer)["matches"], numbers(buyer)["saved"]) == (1, 1)
    assert numbers(seller)["mandates_for_listings"] == 1
    assert numbers(stranger)["matches"] == 0


def test_snapshots_are_few_and_a_lost_one_is_taken_again(
    seller: Persona, staff_actor: Actor, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matching.services.market.KEPT", 2)
    make_live_listing(seller.actor, staff_actor)
    drain()
    for _ in range(3):
        services.sweep(now=clock.now())
    assert MarketSnapshot.objects.count() == 2

    MarketSnapshot.objects.all().delete()
    forget_cached()
    listing = Listing.objects.get()
    assert services.score_listing(listing_id=listing.id) == 0
    assert MarketSnapshot.objects.count() == 1


def test_what_missed_its_moment_is_found(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain, settings: Settings
) -> None:
    make_live_listing(seller.actor, staff_actor)
    mandate = write(buyer)
    drain()
    Match.objects.all().delete()
    Mandate.objects.update(matched_version=0)

    assert services.keep_matches_fresh(now=clock.now()) == 0
    assert services.keep_matches_fresh(now=clock.now() + timedelta(minutes=5)) == 1
    assert len(matches_of(buyer, mandate)) == 1
