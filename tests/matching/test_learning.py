"""Learning from what people did, the benchmark's track files, and the commands around them."""

import io
import json
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts import services as accounts
from matching import services
from matching.models import Feedback, ListingProfile, ListingVector, Mandate, Match, RankerVersion, TextVector
from matching.services.market import current_ranker, forget_cached
from matching.services.scoring import facts_of
from msme import services as listings
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor
from msmebazaar.integrations.embeddings import LocalEmbedder
from msmebazaar.integrations.errors import VendorError
from tests.conftest import Persona
from tests.factories import mandate_payload


def run(name: str, **options: Any) -> str:
    out = io.StringIO()
    call_command(name, stdout=out, verbosity=0, **options)
    return out.getvalue()


@pytest.fixture
def market(reference_data: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """An invented market with hashed vectors, so that no model has to be waited for."""

    def hashed(_self: Any, texts: list[str], *, as_queries: bool = False) -> list[Any]:
        from deploy.local.standins.openai import trigram_vector
        from msmebazaar.integrations.embeddings import LOCAL_MODEL, Embedding

        return [Embedding(LOCAL_MODEL, tuple(trigram_vector(text, 384))) for text in texts]

    monkeypatch.setattr(LocalEmbedder, "embed", hashed)
    run("generate_market", listings=150, mandates=40, seed=5)


def test_a_market_is_swept_by_one_command_and_by_forked_processes_alike(market: None) -> None:
    told = run("match_market")

    assert "150 listings, 40 mandates" in told
    assert ListingProfile.objects.count() == ListingVector.objects.count() == 150
    assert Match.objects.count() > 40
    first = sorted(Match.objects.values_list("mandate_id", "listing_id", "score"))
    assert all(mandate.matched_version == mandate.version for mandate in Mandate.objects.all())

    found = dict(Match.objects.values_list("id", "created_at"))
    ListingProfile.objects.update(exposure=0)
    run("match_market")
    assert dict(Match.objects.values_list("id", "created_at")) == found  # or every match would be news each morning
    assert sorted(Match.objects.values_list("mandate_id", "listing_id", "score")) == first


@pytest.mark.django_db(transaction=True)
def test_forked_processes_do_the_same(market: None) -> None:
    run("match_market")
    alone = set(Match.objects.values_list("mandate_id", "listing_id", "score"))
    ListingProfile.objects.update(exposure=0)

    run("match_market", processes=2)

    assert set(Match.objects.values_list("mandate_id", "listing_id", "score")) == alone


def test_a_full_list_keeps_only_what_is_better(market: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matching.services.scoring.MOST_MATCHES", 3)
    monkeypatch.setattr("matching.services.sweeping.MOST_MATCHES", 3)
    run("match_market")
    full = Mandate.objects.exclude(list_floor="").order_by("id").first()
    assert full is not None and Match.objects.filter(mandate=full).count() == 3
    ListingProfile.objects.update(exposure=0)

    for listing_id in ListingProfile.objects.values_list("pk", flat=True):
        services.score_listing(listing_id=listing_id)

    full.refresh_from_db()
    keys = sorted(Match.objects.filter(mandate=full).values_list("rank_key", flat=True))
    assert (len(keys), full.list_floor) == (3, keys[0])

    gone = Match.objects.filter(mandate=full)[0].listing_id
    listings.withdraw_listing(actor=owner_of(gone), listing_id=gone)
    services.drop_listing(listing_id=gone)
    full.refresh_from_db()
    assert (Match.objects.filter(mandate=full).count(), full.list_floor) == (2, "")


def owner_of(listing_id: Any) -> Actor:
    profile = ListingProfile.objects.get(pk=listing_id)
    return Actor(user_id=profile.organisation_id, organisation_ids=frozenset({profile.organisation_id}))


@pytest.fixture
def few_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matching.services.learning.LEAST_POSITIVES", 100)


def wants_metal(positives: int, *, now: Any) -> None:
    """Feedback of 30 mandates that went for one industry alone, whatever they say."""
    draw = random.Random(1)
    profiles = list(ListingProfile.objects.all())
    by_division: dict[str, list[ListingProfile]] = {}
    for profile in profiles:
        by_division.setdefault(profile.division, []).append(profile)
    common = sorted(by_division.values(), key=len, reverse=True)[:4]
    rows = []
    mandates = list(Mandate.objects.order_by("id")[:30])
    for number in range(positives):
        mandate = mandates[number % 30]
        profile = draw.choice(common[number % 30 % 4])
        rows.append(
            Feedback(
                mandate=mandate,
                listing_id=profile.listing_id,
                kind="contacted",
                ask_inr=profile.ask_inr,
                facts=facts_of(profile),
                user_id=mandate.organisation_id,
                at=now - timedelta(days=draw.random() * 90),
            )
        )
    Feedback.objects.bulk_create(rows)


def test_too_few_signs_teach_nothing(market: None) -> None:
    run("match_market")
    wants_metal(20, now=clock.now())

    assert "too few" in run("matching_train")
    assert current_ranker() is None


def test_a_ranker_that_ranks_better_is_promoted_used_and_can_be_taken_out(market: None, few_will_do: None) -> None:
    run("match_market")
    wants_metal(900, now=clock.now())
    before = dict(Match.objects.values_list("id", "score"))

    told = run("matching_train")

    version = RankerVersion.objects.get()
    assert "promoted" in told and version.is_in_use
    assert version.report["new"]["ndcg"] >= version.report["in_use"]["ndcg"]
    ranker = current_ranker()
    assert ranker is not None and ranker.version == version.version
    mandate = Mandate.objects.order_by("id")[0]
    services.score_mandate(mandate_id=mandate.id)
    match = Match.objects.filter(mandate=mandate).order_by("-rank_key")[0]
    assert match.ranker == version.version
    assert before != dict(Match.objects.values_list("id", "score"))
    explained = services.explain(mandate, ListingProfile.objects.get(pk=match.listing_id))
    assert sum(part.tenths for part in explained.parts) == explained.score * 10
    assert {"taste", "activity"} <= {part.factor for part in explained.parts}

    assert "in use: none" in run("matching_train", use="none")
    assert current_ranker() is None
    with pytest.raises(CommandError):
        run("matching_train", use="nothing-like-it")


def test_a_ranker_that_is_no_better_stays_out(market: None, few_will_do: None, monkeypatch: pytest.MonkeyPatch) -> None:
    run("match_market")
    wants_metal(900, now=clock.now())
    monkeypatch.setattr("matching.services.learning.TOLERANCE", -1.0)

    assert "not promoted" in run("matching_train")
    assert not RankerVersion.objects.get().is_in_use


def test_a_ranker_that_was_tampered_with_is_not_used(market: None, few_will_do: None) -> None:
    run("match_market")
    wants_metal(900, now=clock.now())
    run("matching_train")
    RankerVersion.objects.update(content=RankerVersion.objects.get().content.replace("0.", "1.", 1))
    forget_cached()

    with pytest.raises(RuntimeError, match="not what was promoted"):
        current_ranker()


def test_missing_vectors_are_made_in_parts_and_what_is_made_is_kept(
    market: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matching.services.vectors.BATCH", 40)
    run("match_market", no_embed=True)
    assert not TextVector.objects.exists()
    whole = LocalEmbedder.embed
    calls = 0

    def fails_once(self: Any, texts: Any, *, as_queries: bool = False) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise VendorError("local_model", "", permanent=False)
        return whole(self, texts, as_queries=as_queries)

    monkeypatch.setattr(LocalEmbedder, "embed", fails_once)
    with pytest.raises(CommandError, match="run it again"):
        run("matching_embed")
    kept = TextVector.objects.count()
    assert kept == 80

    run("matching_embed")
    assert TextVector.objects.count() > kept
    assert ListingVector.objects.count() == 150
    assert "0 vectors made" in run("matching_embed")
    assert "0 vectors made" in run("matching_enable_vectors")


SECTORS = ("Metal", "Food", "Software")


def a_track(folder: Path) -> None:
    """Three years of deals in which everybody stays with their industry, and a year to come."""
    draw = random.Random(2)
    companies: list[dict[str, Any]] = []
    deals: list[tuple[Any, ...]] = []
    new: list[dict[str, Any]] = []
    for number in range(240):
        sector, year = SECTORS[number % 3], 2016 + number // 60
        row = {
            "id": f"company{number}",
            "name": f"Works {number}",
            "text": f"{sector} products of works {number}",
            "sector": sector,
            "stage": "Seed Funding",
            "city": "Pune",
            "state": "Maharashtra",
            "country": "IND",
            "amount": 1e6 * (1 + number % 5),
            "first": f"{year}-03-01",
        }
        if year == 2019 and number % 2:
            new.append({**row, "first": "2020-03-01"})
            continue
        companies.append(row)
        deals += [
            (f"investor{number % 3}{investor}", row["id"], row["first"]) for investor in draw.sample(range(10), 3)
        ]
    investors = sorted({investor for investor, _, _ in deals})
    mandates = [
        {
            "id": investor,
            "name": investor,
            "sectors": [{"value": SECTORS[int(investor[8])], "share": 1.0}],
            "states": [{"value": "Maharashtra", "share": 1.0}],
            "ticket_usd": [1e6, 5e6],
            "thesis": f"{SECTORS[int(investor[8])]} works.",
        }
        for investor in investors
    ]

    def write(name: str, lines: list[str]) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    write("companies.jsonl", [json.dumps(row) for row in companies])
    write("mandates.jsonl", [json.dumps(row) for row in mandates])
    write("history.tsv", ["\t".join(deal) for deal in deals])
    wanted = [
        (investor, row["id"]) for investor in investors for row in new if row["sector"] == SECTORS[int(investor[8])]
    ]
    for part in ("", "test/"):
        write(f"{part}candidates.jsonl", [json.dumps(row) for row in new])
        write(f"{part}queries.txt", investors[:-1])
        write(f"{part}queries_cool.txt", investors[-1:])
    write("qrels.tsv", [f"{investor}\t{company}\t1" for investor, company in wanted])
    write("qrels_cool.tsv", [f"{investor}\t{company}\t1" for investor, company in wanted])


def test_the_benchmark_learns_from_history_and_ranks_what_came_after(tmp_path: Path) -> None:
    a_track(tmp_path / "in")
    out = tmp_path / "runs" / "in.tsv"
    options = {"data": tmp_path, "track": "in", "cache": tmp_path / "cache"}

    told = run("matching_benchmark", out=out, **options)

    assert "warm: nDCG@10 1.0000" in told and "cold: nDCG@10 1.0000" in told
    rows = [line.split("\t") for line in out.read_text().splitlines()]
    assert len(rows) == 30 * 30
    again = tmp_path / "again.tsv"
    run("matching_benchmark", out=again, **options)
    assert again.read_bytes() == out.read_bytes()
    held_out = run("matching_benchmark", out=tmp_path / "held.tsv", test=True, **options)
    assert "nDCG" not in held_out


def test_the_benchmark_says_so_when_there_is_no_data(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="does not come with the project"):
        run("matching_benchmark", data=tmp_path, track="us", out=tmp_path / "us.tsv")


def test_what_a_person_did_is_in_their_copy_and_goes_with_them(
    seller: Persona, buyer: Persona, staff_actor: Any, drain: Callable[[], int]
) -> None:
    from tests.factories import make_live_listing

    listing = make_live_listing(seller.actor, staff_actor)
    mandate = buyer.client.post("/api/v1/mandates/", mandate_payload(), format="json").json()["data"]
    drain()
    content = {"mandate_id": mandate["id"], "listing_id": str(listing.id), "note": "Hello"}
    assert buyer.client.post("/api/v1/introductions/", content, format="json").status_code == 201
    summary = buyer.client.get("/api/v1/me/data-summary/").json()["data"]
    assert "matching" in json.dumps(summary)

    accounts.erase_me(actor=buyer.actor, now=clock.now())

    assert not Feedback.objects.exists()
    assert not Mandate.objects.exists()
    assert seller.client.get("/api/v1/introductions/").json()["data"] == []
