"""`make bench-matching`: matching over a large market, in one scratch database, against exact search in the same run.

LISTINGS and MANDATES (default 100,000 each), PROCESSES for the sweep (default: all cores), HNSW=1 for what a vector index would
have answered, ENGINE=1000000 for a run of the engine alone over that many listings and a sample of mandates. With KEEP=1 the
scratch database is kept and used again.

Vectors are those of `benchmarks.vectors`: real ones for REAL texts (default 6,000), noise around them for the rest.
"""

import math
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import django

django.setup()

import numpy as np  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Q  # noqa: E402
from django.test import override_settings  # noqa: E402
from django.test.runner import DiscoverRunner  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402

from accounts.models import Membership  # noqa: E402
from accounts.services import open_session  # noqa: E402
from benchmarks.vectors import NOISE, make_vectors  # noqa: E402
from matching import services  # noqa: E402
from matching.columns import acceptances_of, offers_of  # noqa: E402
from matching.engine.retrieval import index_of  # noqa: E402
from matching.models import ListingProfile, ListingVector, Mandate, Match  # noqa: E402
from matching.services import sweeping, vectors  # noqa: E402
from matching.services.scoring import basis_of_today, nearest  # noqa: E402
from msmebazaar.core import clock  # noqa: E402
from msmebazaar.integrations.embeddings import embedder  # noqa: E402

LISTINGS = int(os.environ.get("LISTINGS", "100000"))
MANDATES = int(os.environ.get("MANDATES", str(LISTINGS)))
PROCESSES = int(os.environ.get("PROCESSES", str(sweeping.processes_here())))
ENGINE = int(os.environ.get("ENGINE", "0"))
BUDGET_MS = 500
QUERIES = [
    "bakery with own ovens and hotel customers",
    "ब्रेड और बिस्कुट बनाने वाली इकाई",
    "weaving unit with power looms",
    "पावरलूम की चलती हुई इकाई",
    "CNC machine shop with audited books",
    "दवा की दुकान",
    "cold storage near the market",
    "school with its own building",
    "printing press with regular orders",
    "ट्रांसपोर्ट कंपनी के ट्रक",
]


def percentile(times: list[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


def timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def fill() -> None:
    with open(os.devnull, "w") as nowhere:
        call_command("load_reference_data", stdout=nowhere)
        call_command("generate_market", listings=LISTINGS, mandates=MANDATES, seed=7, verbosity=0, stdout=nowhere)
    make_vectors()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def sweep() -> None:
    swept = services.sweep(now=clock.now(), processes=PROCESSES, embed=False)
    per_mandate = swept.seconds["matching"] * 1000 / max(swept.mandates, 1)
    stages = ", ".join(f"{name} {seconds:.1f}" for name, seconds in swept.seconds.items())
    print(
        f"  full sweep, {PROCESSES} processes: {sum(swept.seconds.values()):.0f} s ({stages}); {per_mandate:.1f} ms a mandate of "
        f"wall clock; {swept.matches} matches; {swept.most_memory / 2**20:.0f} MiB in the parent at most"
    )


def stored_matches() -> None:
    """The API as a seeker calls it: log-in checked, a page of 25 with reasons, cold and warm alike."""
    ids = list(
        Mandate.objects.filter(matches__isnull=False).distinct().order_by("?").values_list("id", flat=True)[:200]
    )
    times = []
    for mandate in Mandate.objects.filter(pk__in=ids):
        user_id = Membership.objects.get(organisation_id=mandate.organisation_id).user_id
        client = APIClient()
        tokens = open_session(user_id=user_id, user_agent="benchmark", now=clock.now())
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.access}")
        path = f"/api/v1/mandates/{mandate.id}/matches/"
        times.append(timed(partial(client.get, path)))
    report(f"GET mandates/…/matches/, each of {len(times)} mandates once", times, BUDGET_MS)


def report(name: str, times: list[float], budget: float | None = None) -> None:
    text = f"  {name}: p50 {statistics.median(times):.0f} ms, p95 {percentile(times, 0.95):.0f} ms"
    if budget:
        text += f" (budget {budget:.0f}: {percentile(times, 0.95) / budget:.2f})"
    print(text)


def search() -> None:
    """Cold searches: each text is new, so its vector is made in the request."""
    user_id = Membership.objects.order_by("created_at")[0].user_id
    client = APIClient()
    tokens = open_session(user_id=user_id, user_agent="benchmark", now=clock.now())
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.access}")
    draw = random.Random(1)
    state, division = busiest_cell()
    for name, filters in (("unfiltered", {}), ("one state and industry", {"state": [state], "nic": [division]})):
        times = []
        for number in range(100):
            text = f"{draw.choice(QUERIES)} {number}"
            content = {"text": text, **filters}
            times.append(timed(partial(client.post, "/api/v1/matching/search/", content, format="json")))
        report(f"POST matching/search/, cold, {name}", times, BUDGET_MS)


def busiest_cell() -> tuple[str, str]:
    """A state and an industry that hold about one listing in a hundred."""
    wanted = max(LISTINGS // 100, 1)
    cells = ListingProfile.objects.exclude(division="").values_list("state", "division")
    counted: dict[tuple[str, str], int] = {}
    for cell in cells:
        counted[cell] = counted.get(cell, 0) + 1
    state, division = min(counted, key=lambda cell: abs(counted[cell] - wanted))
    return state, division


def retrieval() -> None:
    """Nearest listings by SQL, against numpy over everything, with and without a filter; and what an index would have done."""
    model = vectors.current_model()
    queries = [np.array(row.vector, dtype=np.float32) for row in embedder().embed(QUERIES, as_queries=True)]
    rows = list(ListingVector.objects.filter(model=model).values_list("listing_id", "vector"))
    ids = [listing_id for listing_id, _ in rows]
    table = np.stack([np.asarray(vector, dtype=np.float32) for _, vector in rows])
    state, division = busiest_cell()
    one_percent = Q(state=state, division=division)
    for name, condition in (("unfiltered", Q()), (f"filter of {share_of(one_percent):.2%}", one_percent)):
        within = ListingProfile.objects.filter(condition)
        allowed = set(within.values_list("pk", flat=True))
        mask = np.array([listing_id in allowed for listing_id in ids])
        positions = np.flatnonzero(mask)
        exact_times, sql_times, recalls = [], [], []
        for query in queries:
            started = time.perf_counter()
            scores = table[positions] @ query
            best = {ids[positions[at]] for at in np.argsort(-scores)[:10]}
            exact_times.append((time.perf_counter() - started) * 1000)
            started = time.perf_counter()
            found = nearest(within, query, most=10)
            sql_times.append((time.perf_counter() - started) * 1000)
            recalls.append(len(best & set(found)) / max(len(best), 1))
        ratio = statistics.median(sql_times) / statistics.median(exact_times)
        print(
            f"  nearest ten, {name}: recall@10 {statistics.mean(recalls):.3f}; SQL p50 {statistics.median(sql_times):.0f} ms, "
            f"numpy over the same rows {statistics.median(exact_times):.1f} ms, ratio {ratio:.1f}"
        )
        if os.environ.get("HNSW"):
            with_index(within, queries, positions, table, ids, name)


def share_of(condition: Q) -> float:
    return ListingProfile.objects.filter(condition).count() / max(ListingProfile.objects.count(), 1)


def with_index(within: Any, queries: list[Any], positions: Any, table: Any, ids: list[Any], name: str) -> None:
    """The same question with an HNSW index, as pgvector answers it by default and with iterative scans."""
    sql, parameters = within.order_by().values("listing_id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # building takes minutes
        started = time.perf_counter()
        cursor.execute(
            "CREATE INDEX IF NOT EXISTS bench_hnsw ON matching_listingvector USING hnsw (vector halfvec_ip_ops)"
        )
        built = time.perf_counter() - started
        for label, settings in (
            ("defaults", ("SET hnsw.iterative_scan = off", "SET hnsw.ef_search = 40")),
            ("iterative, ef 200", ("SET hnsw.iterative_scan = relaxed_order", "SET hnsw.ef_search = 200")),
        ):
            for statement in settings:
                cursor.execute(statement)
            times, recalls = [], []
            for query in queries:
                text = "[" + ",".join(f"{float(part):.6f}" for part in query) + "]"
                started = time.perf_counter()
                cursor.execute(
                    f"SELECT v.listing_id FROM matching_listingvector AS v JOIN ({sql}) AS fit USING (listing_id) "  # noqa: S608
                    "ORDER BY v.vector <#> %s::halfvec LIMIT 10",
                    [*parameters, text],
                )
                found = {row[0] for row in cursor.fetchall()}
                times.append((time.perf_counter() - started) * 1000)
                scores = table[positions] @ query
                best = {ids[positions[at]] for at in np.argsort(-scores)[:10]}
                recalls.append(len(best & found) / max(len(best), 1))
            print(
                f"    with HNSW ({label}; built in {built:.0f} s), {name}: recall@10 {statistics.mean(recalls):.3f}, "
                f"p50 {statistics.median(times):.0f} ms"
            )
        cursor.execute("DROP INDEX bench_hnsw")


def one_change() -> None:
    """A worker's whole work after one listing changed, and after one mandate changed."""
    listing_ids = list(ListingProfile.objects.order_by("?").values_list("pk", flat=True)[:20])
    times = [timed(partial(services.match_listing, listing_id=key)) for key in listing_ids]
    report("one changed listing against all mandates", times, 5000)
    mandate_ids = list(Mandate.objects.order_by("?").values_list("pk", flat=True)[:20])
    times = [timed(partial(services.match_mandate, mandate_id=key)) for key in mandate_ids]
    report("one changed mandate against the market", times, 5000)


def agreement() -> None:
    """Whether the sweep's candidates lead to what a single mandate's SQL finds."""
    shares = []
    ListingProfile.objects.update(
        exposure=0
    )  # as it was for the sweep, whose own count of exposure is for the next one
    for mandate in Mandate.objects.order_by("?")[:30]:
        swept = list(
            Match.objects.filter(mandate=mandate).order_by("-rank_key").values_list("listing_id", flat=True)[:10]
        )
        services.score_mandate(mandate_id=mandate.id)
        single = list(
            Match.objects.filter(mandate=mandate).order_by("-rank_key").values_list("listing_id", flat=True)[:10]
        )
        if single:
            shares.append(len(set(swept) & set(single)) / len(single))
    print(f"  first ten by the sweep that a mandate matched alone has too: {statistics.mean(shares):.2f}")


def engine_alone(count: int) -> None:
    """The sweep's arithmetic over `count` listings in memory, for a sample of mandates; the database is left out."""
    profiles = list(ListingProfile.objects.order_by("listing_id").defer("words"))
    known = vectors.vectors_of(profile.text_key for profile in profiles)
    base = offers_of(profiles, known, clock.today_in_india())
    draw = np.random.default_rng(3)
    rows = draw.integers(len(base), size=count)
    offers = base.take(rows)
    noise = draw.normal(size=offers.vectors.shape).astype(np.float32) * np.float32(NOISE / math.sqrt(384))
    moved = offers.vectors + noise
    moved /= np.linalg.norm(moved, axis=1, keepdims=True)
    offers.vectors[:] = moved
    offers.amounts[:] += draw.normal(scale=0.1, size=count)
    del noise, moved, known
    basis = basis_of_today()
    started = time.perf_counter()
    index = index_of(offers, basis.market)
    built = time.perf_counter() - started
    sample = list(Mandate.objects.order_by("id")[:2000])
    picked = [profiles[row] for row in rows.tolist()]
    held = sweeping.Held(picked, index, acceptances_of(picked), np.zeros(count), basis)
    started = time.perf_counter()
    sweeping._matches_of_all(sample, held)
    per_mandate = (time.perf_counter() - started) * 1000 / len(sample)
    print(
        f"  engine alone, {count} listings: index {built:.0f} s, {per_mandate:.1f} ms a mandate on one core, so "
        f"{per_mandate * count / 3.6e6 / PROCESSES:.1f} h for {count} mandates on {PROCESSES} cores; "
        f"{sweeping.most_memory_of_all() / 2**20:.0f} MiB at most"
    )


def main() -> None:
    keep = bool(os.environ.get("KEEP"))
    runner = DiscoverRunner(verbosity=0, interactive=False, keepdb=keep)
    databases = runner.setup_databases()
    try:
        with override_settings(API_RATE_LIMIT="10000000/minute"):
            started = time.perf_counter()
            if ListingProfile.objects.count() < LISTINGS:
                fill()
            print(
                f"\n{LISTINGS} listings, {MANDATES} mandates, filled in {time.perf_counter() - started:.0f} s\n",
                flush=True,
            )
            for part in (sweep, retrieval, search, stored_matches, one_change, agreement):
                part()
                sys.stdout.flush()
            if ENGINE:
                engine_alone(ENGINE)
    finally:
        connection.close()
        runner.teardown_databases(databases)


if __name__ == "__main__":
    main()
