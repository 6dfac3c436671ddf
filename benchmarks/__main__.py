"""`make bench`: what the hot routes cost beside a bare Django view that runs the same SQL.

In one process, through Django's request handling, on a scratch database with LISTINGS listings (default 20,000). Rounds
alternate between route and baseline, and medians of CPU time are compared; absolute times are for orientation only.
"""

import os
import re
import statistics
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.http import HttpRequest, JsonResponse  # noqa: E402
from django.test import RequestFactory, override_settings  # noqa: E402
from django.test.runner import DiscoverRunner  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402

from accounts.models import Organisation  # noqa: E402
from accounts.services import find_or_create_contact, open_session  # noqa: E402
from accounts.types import IdentityKind  # noqa: E402
from matching import services as matching  # noqa: E402
from matching.models import Mandate  # noqa: E402
from msme.models import MarketEntry  # noqa: E402
from msmebazaar.core import clock  # noqa: E402
from msmebazaar.integrations.twilio import messenger  # noqa: E402
from tests.valuation.cases import MACHINING  # noqa: E402
from valuation.engine import ENGINE_VERSION, ENGINES  # noqa: E402
from valuation.packs import current_pack  # noqa: E402

LISTINGS = int(os.environ.get("LISTINGS", "20000"))
ROUNDS, CALLS = 7, 30
CRORE = Decimal(10_000_000)


def fill() -> None:
    """The invented market of `generate_market`, with LISTINGS live listings."""
    with open(os.devnull, "w") as nowhere:
        call_command("load_reference_data", stdout=nowhere)
        call_command("generate_market", listings=LISTINGS, seed=7, verbosity=0, stdout=nowhere)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def cpu_ms(work: Callable[[], object]) -> float:
    started = time.process_time()
    for _ in range(CALLS):
        work()
    return (time.process_time() - started) * 1000 / CALLS


def compare(name: str, work: Callable[[], object], baseline: Callable[[], object]) -> None:
    work(), baseline()
    pairs = [(cpu_ms(work), cpu_ms(baseline)) for _ in range(ROUNDS)]
    ours, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"  {name:<44} {ours:7.2f} ms CPU   {ours / bare:5.1f} x   baseline {bare:6.2f} ms")


def bare_page(_request: HttpRequest) -> JsonResponse:
    """The same page of teasers by `.values()` and JsonResponse: no authentication, no serializer, no envelope."""
    names = ("listing_id", "intent", "ask_inr", "stake_pct", "state", "division", "revenue_inr", "published_at")
    rows = MarketEntry.objects.order_by("-published_at").values(*names, "listing__title", "listing__summary")[:25]
    return JsonResponse({"data": list(rows)})


def replay(statements: list[tuple[str, Any]]) -> Callable[[], object]:
    """A bare Django view that runs the statements a route ran, and answers with a constant."""

    def work() -> JsonResponse:
        with connection.cursor() as cursor:
            for sql, parameters in statements:
                cursor.execute(sql, parameters)
                if cursor.description:
                    cursor.fetchall()
        return JsonResponse({"data": None})

    return work


def compare_with_own_queries(name: str, work: Callable[[], object]) -> None:
    """A route beside a bare view with the very same SQL. Both are rolled back after each call, so that both can write."""
    statements: list[tuple[str, Any]] = []

    def keep(execute: Callable[..., object], sql: str, parameters: Any, many: bool, context: Any) -> object:
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            statements.append((sql, parameters))
        return execute(sql, parameters, many, context)

    def undone(inner: Callable[[], object]) -> Callable[[], object]:
        def outer() -> None:
            with transaction.atomic():
                inner()
                transaction.set_rollback(True)

        return outer

    with connection.execute_wrapper(keep):
        undone(work)()
    compare(f"{name} ({len(statements)} queries)", undone(work), undone(replay(list(statements))))


def log_in() -> Callable[[], object]:
    """POST /auth/token/ with the right code of a challenge that each call finds unused."""
    phone = "+919800000008"
    contact = find_or_create_contact(kind=IdentityKind.PHONE, value=phone, language="en", verified_at=clock.now())
    assert contact.user_id
    asked = APIClient().post("/api/v1/auth/otp/", {"phone": phone}, format="json").json()["data"]
    found = re.search(r"\d{6}", messenger().list_messages(phone, limit=1)[0].body)
    assert found
    content = {"challenge_id": asked["challenge_id"], "code": found[0]}

    def work() -> None:
        assert APIClient().post("/api/v1/auth/token/", content, format="json").status_code == 200

    return work


def run() -> None:
    started = time.perf_counter()
    fill()
    print(
        f"\n{LISTINGS} listings in {time.perf_counter() - started:.0f} s. CPU of this process per call, median of {ROUNDS}:\n"
    )
    contact = find_or_create_contact(
        kind=IdentityKind.PHONE, value="+919800000009", language="en", verified_at=clock.now()
    )
    tokens = open_session(user_id=contact.user_id, user_agent="benchmark", now=clock.now())
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.access}")
    request = RequestFactory().get("/")

    def page(path: str) -> Callable[[], object]:
        def work() -> None:
            assert client.get(path).status_code == 200, path

        return work

    compare("GET /api/v1/listings/ (25 teasers)", page("/api/v1/listings/"), lambda: bare_page(request))
    compare(
        "GET /api/v1/listings/?state=MH&nic=25", page("/api/v1/listings/?state=MH&nic=25"), lambda: bare_page(request)
    )
    print("\n  beside a bare view that runs the same SQL:")
    compare_with_own_queries("GET /api/v1/me/", page("/api/v1/me/"))
    compare_with_own_queries("POST /api/v1/auth/token/", log_in())
    compare_with_own_queries("GET /api/v1/notifications/", page("/api/v1/notifications/"))
    print()
    compare("GET /health/live", page("/health/live"), lambda: bare_page(request))
    mandate = Mandate.objects.create(
        organisation=Organisation.objects.get(memberships__user_id=contact.user_id),
        name="Benchmark",
        kind="buyer",
        intents=["full_sale"],
        nic_include=["25"],
        states=["MH"],
        ticket_min_inr=10 * CRORE,
        ticket_max_inr=20 * CRORE,
    )
    once = time.perf_counter()
    kept = matching.score_mandate(mandate_id=mandate.id)
    print(f"\n  scoring one new mandate against the market: {time.perf_counter() - once:.2f} s, {kept} matches kept")
    compare(
        "GET /api/v1/mandates/…/matches/", page(f"/api/v1/mandates/{mandate.id}/matches/"), lambda: bare_page(request)
    )
    pack = current_pack()
    compare("a full valuation", lambda: ENGINES[ENGINE_VERSION](MACHINING, pack), lambda: bare_dcf(Decimal("24600")))


def bare_dcf(revenue: Decimal) -> Decimal:
    """The five years of a DCF and nothing else."""
    total, factor = Decimal(0), Decimal("0.9158")
    for _ in range(5):
        revenue *= Decimal("1.1")
        total += revenue * Decimal("0.067") * factor
        factor *= Decimal("0.8387")
    return total


def main() -> None:
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        with override_settings(API_RATE_LIMIT="10000000/minute"):
            run()
    finally:
        connection.close()
        runner.teardown_databases(databases)


if __name__ == "__main__":
    main()
