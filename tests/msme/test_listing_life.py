"""A listing's life on the market: versions, prices, "still available?", and rivals."""

import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from accounts.models import Notification
from msme import services
from msme.exceptions import IllegalMove
from msme.models import Listing, ListingVersion, MarketEntry
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor
from msmebazaar.core.models import AuditEntry
from msmebazaar.core.outbox.models import OutboxEvent
from tests.conftest import Persona
from tests.factories import CRORE, make_live_listing

URL = "/api/v1/listings/"
DAY = timedelta(days=1)


@pytest.fixture
def listing(seller: Persona, staff_actor: Actor) -> Listing:
    return make_live_listing(seller.actor, staff_actor)


def reprice(persona: Persona, listing: Listing, ask: str, **more: Any) -> Any:
    return persona.client.post(f"{URL}{listing.id}/reprice/", {"ask_inr": ask, **more}, format="json")


def test_a_new_price_holds_at_once_and_the_history_is_kept(seller: Persona, buyer: Persona, listing: Listing) -> None:
    assert reprice(seller, listing, "36 crore").status_code == 200
    assert reprice(seller, listing, "35.5 cr").status_code == 200

    prices = buyer.client.get(f"{URL}{listing.id}/price-history/").json()["data"]
    assert [row["ask_inr"] for row in prices] == ["380000000.00", "360000000.00", "355000000.00"]
    versions = seller.client.get(f"{URL}{listing.id}/versions/").json()["data"]
    assert [row["number"] for row in versions] == [3, 2, 1]
    assert versions[0]["changes"] == [{"field": "ask_inr", "before": "360000000.00", "after": "355000000.00"}]
    assert versions[2]["changes"] == []
    assert buyer.client.get(f"{URL}{listing.id}/").json()["data"]["ask_inr"] == "355000000.00"
    assert OutboxEvent.objects.filter(name="msme.ListingPublished").count() == 3


def test_others_see_prices_of_live_listings_and_no_versions(seller: Persona, buyer: Persona, listing: Listing) -> None:
    assert buyer.client.get(f"{URL}{listing.id}/versions/").status_code == 404
    seller.client.post(f"{URL}{listing.id}/pause/")
    assert buyer.client.get(f"{URL}{listing.id}/price-history/").status_code == 404


@pytest.mark.parametrize(
    ("ask", "is_slip"), [("3.8 lakh", True), ("760 crore", True), ("30 crore", False), ("2 crore", False)]
)
def test_a_slip_of_the_unit_is_asked_about(seller: Persona, listing: Listing, ask: str, is_slip: bool) -> None:
    response = reprice(seller, listing, ask)

    assert response.status_code == (422 if is_slip else 200)
    if is_slip:
        assert response.json()["error"]["code"] == "msme.price_slip"
        assert "₹38 crore" in response.json()["message"]
        assert ListingVersion.objects.count() == 1
        assert reprice(seller, listing, ask, confirm=True).status_code == 200


@pytest.mark.parametrize("ask", ["0", "-5 lakh", "a lot"])
def test_a_price_that_is_none_is_refused(seller: Persona, listing: Listing, ask: str) -> None:
    assert reprice(seller, listing, ask).status_code in (400, 422)
    listing.refresh_from_db()
    assert listing.ask_inr == 38 * CRORE


def test_the_same_price_is_no_news(seller: Persona, listing: Listing) -> None:
    assert reprice(seller, listing, "38 crore").json()["error"]["code"] == "msme.price_unchanged"
    assert ListingVersion.objects.count() == 1


def test_a_price_changed_in_a_pause_is_a_version_when_it_comes_back(seller: Persona, listing: Listing) -> None:
    seller.client.post(f"{URL}{listing.id}/pause/")
    reprice(seller, listing, "33 crore")
    assert ListingVersion.objects.count() == 1

    seller.client.post(f"{URL}{listing.id}/resume/")

    assert list(ListingVersion.objects.order_by("number").values_list("ask_inr", flat=True)) == [38 * CRORE, 33 * CRORE]


def test_a_pause_alone_makes_no_version(seller: Persona, listing: Listing) -> None:
    seller.client.post(f"{URL}{listing.id}/pause/")
    seller.client.post(f"{URL}{listing.id}/resume/")

    assert ListingVersion.objects.count() == 1


def test_versions_cannot_be_changed(listing: Listing) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic():
        ListingVersion.objects.update(ask_inr=1)


def test_under_offer_then_sold_or_back(seller: Persona, buyer: Persona, listing: Listing) -> None:
    def act(what: str) -> Any:
        return seller.client.post(f"{URL}{listing.id}/{what}/")

    assert act("under-offer").json()["data"]["status"] == "under_offer"
    assert buyer.client.get(f"{URL}{listing.id}/").status_code == 404
    assert act("resume").json()["data"]["status"] == "live"
    act("under-offer")
    assert act("sold").json()["data"]["status"] == "sold"
    for move in ("resume", "pause", "withdraw", "under-offer"):
        assert act(move).json()["error"]["code"] == "msme.illegal_move"


def test_a_quiet_listing_is_asked_about_twice_and_then_paused(
    seller: Persona, buyer: Persona, listing: Listing
) -> None:
    start = datetime(2026, 12, 1, tzinfo=UTC)
    Listing.objects.update(confirmed_at=start)

    rounds = [services.keep_listings_fresh(now=start + days * DAY) for days in (29, 30, 31, 59, 60, 66, 67, 68)]

    assert [row.pinged for row in rounds] == [0, 1, 0, 0, 1, 0, 0, 0]
    assert [row.paused for row in rounds] == [0, 0, 0, 0, 0, 0, 1, 0]
    listing.refresh_from_db()
    assert (listing.status, listing.status_reason) == ("paused", "silent")
    assert buyer.client.get(f"{URL}{listing.id}/").status_code == 404
    kinds = list(Notification.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["msme.listing_live", "msme.still_available", "msme.still_available", "msme.left_market"]
    assert OutboxEvent.objects.filter(name="msme.ListingLeftMarket").count() == 1
    assert AuditEntry.objects.filter(action="msme.listing_moved", actor_id=None).count() == 1


@pytest.mark.parametrize("answer", ["available", "reprice"])
def test_an_answer_starts_the_month_anew(seller: Persona, listing: Listing, answer: str) -> None:
    Listing.objects.update(confirmed_at=clock.now() - 31 * DAY)
    services.keep_listings_fresh(now=clock.now())
    listing.refresh_from_db()
    assert listing.pings_sent == 1

    content = {"ask_inr": "37 crore"} if answer == "reprice" else {}
    assert seller.client.post(f"{URL}{listing.id}/{answer}/", content, format="json").status_code == 200

    listing.refresh_from_db()
    assert (listing.pings_sent, listing.pinged_at) == (0, None)
    assert services.keep_listings_fresh(now=clock.now() + 29 * DAY).pinged == 0
    assert services.keep_listings_fresh(now=clock.now() + 31 * DAY).pinged == 1


def test_what_is_paused_for_half_a_year_ends_and_can_be_submitted_again(seller: Persona, listing: Listing) -> None:
    seller.client.post(f"{URL}{listing.id}/pause/")

    early, late = (services.keep_listings_fresh(now=clock.now() + days * DAY).expired for days in (179, 181))

    assert (early, late) == (0, 1)
    listing.refresh_from_db()
    assert (listing.status, listing.status_reason) == ("expired", "too_long_paused")
    assert seller.client.post(f"{URL}{listing.id}/submit/").json()["data"]["status"] == "submitted"


def test_only_a_live_listing_is_confirmed(seller: Persona, listing: Listing) -> None:
    seller.client.post(f"{URL}{listing.id}/pause/")

    with pytest.raises(IllegalMove):
        services.confirm_available(actor=seller.actor, listing_id=listing.id, now=clock.now())


@pytest.mark.django_db(transaction=True)
def test_rivals_lose_no_update_and_the_history_is_complete(seller: Persona, staff_actor: Actor) -> None:
    """Several workers re-price, pause and resume one listing at once: what was accepted is what is written down."""
    listing = make_live_listing(seller.actor, staff_actor)
    accepted: list[str] = []
    start = threading.Barrier(5)

    def rival(number: int) -> None:
        works: list[Callable[[], Listing]] = [
            lambda: services.reprice_listing(
                actor=seller.actor,
                listing_id=listing.id,
                ask_inr=Decimal(30 * CRORE + number * 1000 + step),
                is_confirmed=True,
                now=clock.now(),
            ),
            lambda: services.pause_listing(actor=seller.actor, listing_id=listing.id),
            lambda: services.resume_listing(actor=seller.actor, listing_id=listing.id, now=clock.now()),
        ]
        try:
            start.wait()
            for step in range(12):
                try:
                    works[(number + step) % 3]()
                    accepted.append(("price", "pause", "resume")[(number + step) % 3])
                except IllegalMove:
                    continue
        finally:
            connection.close()

    def renew() -> None:
        """A worker that renews the market entry meanwhile must not bring back what was."""
        try:
            start.wait()
            for _ in range(24):
                services.refresh_entries(listing_ids=[listing.id], now=clock.now())
        finally:
            connection.close()

    threads = [threading.Thread(target=rival, args=(number,)) for number in range(4)]
    threads.append(threading.Thread(target=renew))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    before = 2  # what submitting and approving wrote: version 1 and one publication
    listing.refresh_from_db()
    audited = list(AuditEntry.objects.filter(subject_id=listing.id).order_by("id"))
    prices = [entry for entry in audited if entry.action == "msme.listing_repriced"]
    moves = [entry.facts["to"] for entry in audited if entry.action == "msme.listing_moved"][3:]
    assert len(prices) == accepted.count("price") > 0
    assert moves.count("paused") == accepted.count("pause")
    assert moves.count("live") == accepted.count("resume")
    assert all(one != other for one, other in pairwise(moves))
    for one, other in pairwise(prices):
        assert one.facts["to"] == other.facts["from"]
    assert str(listing.ask_inr) == prices[-1].facts["to"]
    assert listing.version == before + accepted.count("price") + accepted.count("resume")
    numbers = list(ListingVersion.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    entry = MarketEntry.objects.filter(pk=listing.pk).first()
    assert (entry is not None) is (listing.status == "live")
    assert entry is None or entry.ask_inr == listing.ask_inr


def test_a_foreign_listing_is_like_a_missing_one(stranger: Persona, listing: Listing) -> None:
    for action, content in (("reprice", {"ask_inr": "1 crore"}), ("sold", {}), ("available", {}), ("under-offer", {})):
        answers = [
            stranger.client.post(f"{URL}{key}/{action}/", content, format="json") for key in (listing.id, uuid.uuid4())
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
