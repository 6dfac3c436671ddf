"""`make bench-admin`: our list and search pages beside the plain Django admin's, on the same rows in the same run.

The plain admin registers the same columns, filters and search fields on a site of its own, without duties, regions, our frame
and our settings: what `admin.ModelAdmin` does by itself. Wall time of a request through Django's handling, medians of rounds
that alternate; LISTINGS=100000 by default.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib import admin  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.test.runner import DiscoverRunner  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import path  # noqa: E402

from accounts.models import User  # noqa: E402
from adminpanel import services  # noqa: E402
from msme.models import Business, FinancialStatement, Listing, MarketEntry  # noqa: E402
from msmebazaar.core import clock  # noqa: E402
from msmebazaar.urls import urlpatterns as ours  # noqa: E402
from tests.factories import sign_in  # noqa: E402

LISTINGS = int(os.environ.get("LISTINGS", "100000"))
ROUNDS = 15
MODELS = (Listing, Business, MarketEntry, FinancialStatement, User)


class PlainSite(admin.AdminSite):
    """Django's own, for the same colleague."""


plain = PlainSite(name="plain")
for model in MODELS:
    own = admin.site._registry[model]
    columns = {name: getattr(own, name) for name in ("list_display", "list_select_related", "search_fields", "exclude")}
    filters = tuple(
        each if isinstance(each, str) else each.parameter_name  # type: ignore[union-attr]
        for each in own.list_filter
    )
    plain.register(
        model, type("Plain", (admin.ModelAdmin,), {**columns, "list_filter": filters, "ordering": own.ordering})
    )

urlpatterns = [path("plain/", plain.urls), *ours]


def fill() -> None:
    with open(os.devnull, "w") as nowhere:
        call_command("load_reference_data", stdout=nowhere)
        call_command("generate_market", listings=LISTINGS, mandates=100, seed=7, verbosity=0, stdout=sys.stderr)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


WITHOUT_OURS = [{**settings.TEMPLATES[0], "DIRS": []}]  # the plain admin draws Django's own pages


def compare(client: Client, name: str, address: str) -> float:
    def get(prefix: str) -> float:
        def work() -> None:
            answer = client.get(f"/{prefix}/{address}")
            assert answer.status_code == 200, (prefix, address, answer.status_code)

        work()  # templates are compiled once
        return timed(work)

    def plain_time() -> float:
        with override_settings(TEMPLATES=WITHOUT_OURS):
            return get("plain")

    pairs = [(get("admin"), plain_time()) for _ in range(ROUNDS)]
    ours_ms, plain_ms = (float(statistics.median(column)) for column in zip(*pairs, strict=True))
    print(f"  {name:<44} {ours_ms:7.1f} ms   plain {plain_ms:7.1f} ms   {ours_ms / plain_ms:5.2f} x")
    return ours_ms / plain_ms


def run() -> None:
    started = time.perf_counter()
    fill()
    print(f"\n{LISTINGS} listings in {time.perf_counter() - started:.0f} s; medians of {ROUNDS} alternating requests\n")
    client = Client(REMOTE_ADDR="192.0.2.8")
    sign_in(client)
    title = Listing.objects.order_by("id").values_list("title", flat=True)[LISTINGS // 2].split()[-1]
    ratios = []
    for model in MODELS:
        base = f"{model._meta.app_label}/{model._meta.model_name}/"
        ratios.append(compare(client, f"{model._meta.label_lower}, first page", base))
    for name, address in (
        ("listings, page 20", "msme/listing/?p=20"),
        ("listings, live ones", "msme/listing/?status__exact=live"),
        ("listings of one state", "msme/listing/?business__state=GJ"),
        ("listings, by a word of the title", f"msme/listing/?q={title}"),
        ("listings, by words that nobody has", "msme/listing/?q=zzzz+qqqq"),
        ("businesses, by a part of the name", "msme/business/?q=Industries"),
    ):
        ratios.append(compare(client, name, address))
    for model in MODELS:
        type(plain._registry[model]).list_per_page = admin.site._registry[model].list_per_page
        base = f"{model._meta.app_label}/{model._meta.model_name}/"
        ratios.append(compare(client, f"{model._meta.label_lower}, both 50 rows a page", base))
    print(f"\n  slowest beside the plain admin: {max(ratios):.2f} x; median {statistics.median(ratios):.2f} x\n")
    counted = timed(lambda: services.count_measures(now=clock.now()))
    print(f"  counting all measures for the first time: {counted:.0f} ms")
    for address in ("", "numbers/", "queues/listings/"):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/admin/{address}")
        count = len(queries)  # before further requests empty the log
        times = [timed(lambda address=address: client.get(f"/admin/{address}")) for _ in range(ROUNDS)]  # type: ignore[misc]
        print(f"  /admin/{address:<20} {statistics.median(times):7.1f} ms, {count} queries")


def main() -> None:
    runner: Any = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        with override_settings(ALLOWED_HOSTS=["*"], ROOT_URLCONF="benchmarks.admin_lists"):
            assert settings.ROOT_URLCONF == "benchmarks.admin_lists"
            run()
    finally:
        runner.teardown_databases(databases)


if __name__ == "__main__":
    sys.modules["benchmarks.admin_lists"] = sys.modules["__main__"]
    main()
