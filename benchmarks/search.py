"""`make bench-search`: twenty realistic searches over a large market, through the whole request, facets included.

Each query is a page of the list and its facets, as a client asks for both. Times are wall clock in one process on warm caches,
with the half-minute cache of counts off, so that every count is made. The baseline is a bare `SELECT … LIMIT 25` of the very
rows that the page shows, in the same run: what finding them costs is what the search adds to it.

LISTINGS (default 100,000) and ROUNDS; with KEEP=1 the scratch database is kept and used again. Plans go to
docs/search-plans.md with PLANS=1.
"""

import math
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import override_settings  # noqa: E402
from django.test.runner import DiscoverRunner  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402

from accounts.services import find_or_create_contact, open_session  # noqa: E402
from accounts.types import IdentityKind  # noqa: E402
from msme.models import MarketEntry, SearchWord  # noqa: E402
from msmebazaar.core import clock  # noqa: E402

LISTINGS = int(os.environ.get("LISTINGS", "100000"))
ROUNDS = int(os.environ.get("ROUNDS", "20"))
BUDGET_MS = 300
PLANS = Path(__file__).resolve().parents[1] / "docs" / "search-plans.md"

QUERIES: list[tuple[str, list[tuple[str, str]]]] = [
    ("the whole market, newest first", []),
    ("textile unit surat under 5 cr", [("q", "textile unit surat under 5 cr")]),
    ("सूरत में कपड़े की फैक्ट्री 5 करोड़ से कम", [("q", "सूरत में कपड़े की फैक्ट्री 5 करोड़ से कम")]),
    ("bakery pune 50 lakh to 2 crore", [("q", "bakery pune 50 lakh to 2 crore")]),
    ("restaurant bangalore (mistyped)", [("q", "resturant bangalor")]),
    ("order book CNC", [("q", "order book CNC")]),
    ("loyal customers (in most titles)", [("q", "loyal customers")]),
    ("पुराने ग्राहक (in many texts)", [("q", "पुराने ग्राहक")]),
    ("antibiotics (in none)", [("q", "antibiotics fermentation")]),
    ("state MH", [("state", "MH")]),
    ("state MH and GJ, metal, by price", [("state", "MH"), ("state", "GJ"), ("nic", "25"), ("sort", "ask_low")]),
    ("manufacturing, verified", [("nic", "C"), ("verified", "true")]),
    ("full sale, 5 to 10 crore", [("intent", "full_sale"), ("min_ask", "5 cr"), ("max_ask", "10 cr")]),
    ("loans, largest first", [("intent", "loan"), ("sort", "ask_high")]),
    ("revenue band and EBITDA band", [("revenue_band", "4"), ("ebitda_band", "3")]),
    ("stake 26 to 50 percent in TN", [("state", "TN"), ("stake_band", "2")]),
    ("micro, cheapest first", [("msme_class", "micro"), ("sort", "ask_low")]),
    ("best described, KA", [("state", "KA"), ("sort", "quality")]),
    ("hotel on a highway, by revenue", [("q", "hotel highway"), ("sort", "revenue_high")]),
    ("software up (state by its short name)", [("q", "software up")]),
]


def fill() -> None:
    """A market of LISTINGS, unless the kept database has one."""
    have = MarketEntry.objects.count()
    if have < LISTINGS:
        call_command("load_reference_data", verbosity=0, stdout=open(os.devnull, "w"))  # noqa: SIM115
        started = time.perf_counter()
        call_command("generate_market", listings=LISTINGS, seed=7, as_of="2026-11-26", stdout=sys.stderr)
        print(f"{LISTINGS} listings made in {time.perf_counter() - started:.0f} s")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    print(f"{MarketEntry.objects.count()} listings, {SearchWord.objects.count()} words\n")


def p95(times: list[float]) -> float:
    return sorted(times)[math.ceil(len(times) * 0.95) - 1]


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def bare(ids: list[str]) -> Callable[[], object]:
    """The same rows and columns by their keys, with nothing around it."""

    def work() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT e.*, l.title, l.summary FROM msme_marketentry e JOIN msme_listing l ON l.id = e.listing_id "
                "WHERE e.listing_id = ANY(%s::uuid[]) LIMIT 25",
                [ids],
            )
            cursor.fetchall()

    return work


def measure(client: APIClient, parameters: list[tuple[str, str]]) -> tuple[int, list[float], list[float], list[float]]:
    query = urlencode(parameters)
    facets_query = urlencode([(name, value) for name, value in parameters if name != "sort"])

    def page() -> Any:
        response = client.get(f"/api/v1/listings/?{query}")
        assert response.status_code == 200, response.content
        return response.json()

    def facets() -> Any:
        response = client.get(f"/api/v1/listings/facets/?{facets_query}")
        assert response.status_code == 200, response.content
        return response.json()

    first, count = page(), facets()["data"]["count"]
    baseline = bare([row["id"] for row in first["data"]])
    baseline()
    rounds = [(timed(page), timed(facets), timed(baseline)) for _ in range(ROUNDS)]
    pages, counts, bares = (list(column) for column in zip(*rounds, strict=True))
    return count, pages, counts, bares


def plans(client: APIClient, parameters: list[tuple[str, str]]) -> list[str]:
    """EXPLAIN (ANALYZE) of every statement over market entries that a page and its facets run."""
    found: list[tuple[str, Any]] = []

    def keep(execute: Callable[..., object], sql: str, values: Any, many: bool, context: Any) -> object:
        if "msme_marketentry" in sql:
            found.append((sql, values))
        return execute(sql, values, many, context)

    with connection.execute_wrapper(keep):
        client.get(f"/api/v1/listings/?{urlencode(parameters)}")
        client.get(f"/api/v1/listings/facets/?{urlencode([row for row in parameters if row[0] != 'sort'])}")
    texts = []
    for sql, values in found:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY ON, BUFFERS OFF) {sql}", values)
            texts.append("\n".join(row[0] for row in cursor.fetchall()))
    return texts


def run() -> None:
    fill()
    contact = find_or_create_contact(
        kind=IdentityKind.PHONE, value="+919800000009", language="en", verified_at=clock.now()
    )
    tokens = open_session(user_id=contact.user_id, user_agent="benchmark", now=clock.now())
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.access}")
    print(
        f"{'query':<44} {'found':>7} {'page p95':>9} {'facets p95':>11} {'both p95':>9} {'bare p50':>9} {'page/bare':>9}"
    )
    worst = 0.0
    kept: list[str] = []
    for name, parameters in QUERIES:
        count, pages, counts, bares = measure(client, parameters)
        both = p95([page + facet for page, facet in zip(pages, counts, strict=True)])
        worst = max(worst, both)
        ratio = statistics.median(pages) / statistics.median(bares)
        print(
            f"{name:<44} {count:>7} {p95(pages):>6.1f} ms {p95(counts):>8.1f} ms {both:>6.1f} ms "
            f"{statistics.median(bares):>6.2f} ms {ratio:>8.1f}x",
            flush=True,
        )
        if os.environ.get("PLANS"):
            kept += [f"## {name}\n", *(f"```\n{plan}\n```\n" for plan in plans(client, parameters))]
    print(f"\nslowest p95 of page and facets together: {worst:.0f} ms (budget for profile operations: {BUDGET_MS} ms)")
    if kept:
        head = (
            f"# Plans of the benchmark's searches\n\nWritten by `make bench-search PLANS=1` on {LISTINGS} generated listings: "
            "for each query the statements over market entries of a page and its facets, in their order.\n\n"
        )
        PLANS.write_text(head + "\n".join(kept))


def main() -> None:
    keep = bool(os.environ.get("KEEP"))
    runner = DiscoverRunner(verbosity=0, interactive=False, keepdb=keep)
    databases = runner.setup_databases(serialized_aliases=set())  # or a kept market would be written out first
    try:
        with override_settings(API_RATE_LIMIT="10000000/minute", FACET_COUNTS_HOLD_S=0):
            run()
    finally:
        connection.close()
        runner.teardown_databases(databases)


if __name__ == "__main__":
    main()
