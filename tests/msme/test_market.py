"""The market: search in two languages, facets, levels, widening, caching, saved searches."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts import services as accounts
from accounts.models import Notification
from accounts.types import Tier
from msme import services
from msme.models import Listing, MarketEntry, SavedSearch
from msme.serializers.market import ListingShown
from msme.services.businesses import OwnerInput
from msme.services.market import HOLDS
from msme.types import Level
from msme.views.market import shown_to
from msme.visibility import VISIBLE_FROM, visible_at
from msme.widening import Cell, K, widened
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor
from msmebazaar.core.http import pagination
from tests.conftest import Persona
from tests.factories import add_figures, business_payload, make_business, make_live_listing, some_gstin

URL = "/api/v1/listings/"
Maker = Callable[..., Listing]


@pytest.fixture
def offer(seller: Persona, staff_actor: Actor, db: None) -> Maker:
    """A live listing of a firm in a state, district and industry, with what it asks."""
    services.load_reference_words()

    def make(title: str, *, gst: str = "24", nic: str = "13131", owner: Persona = seller, **more: Any) -> Listing:
        facts = {name: more.pop(name) for name in list(more) if name in business_payload() or name in FACTS}
        business = make_business(owner.actor, gstin=some_gstin(gst), nic_code=nic, **facts)
        add_figures(owner.actor, business)
        return make_live_listing(owner.actor, staff_actor, business, title=title, **more)

    return make


FACTS = ("city", "pincode", "established_year", "employees", "owners", "trade_name", "udyam")


def titles(client: APIClient, query: str, **headers: Any) -> list[str]:
    response = client.get(f"{URL}{query}", **headers)
    assert response.status_code == 200, response.content
    return [row["title"] for row in response.json()["data"]]


class TestWords:
    def test_a_sentence_becomes_filters_which_are_shown_back(self, offer: Maker, buyer: Persona) -> None:
        crore = 10_000_000
        offer("Weaving shed with dyeing", ask_inr=4 * crore)
        offer("Large spinning mill", ask_inr=9 * crore)
        offer("Sweets and snacks", nic="10712", ask_inr=4 * crore)
        offer("Looms in the south", gst="33", ask_inr=4 * crore)

        response = buyer.client.get(URL, {"q": "textile unit gujarat under 5 cr"})
        hindi = buyer.client.get(URL, {"q": "गुजरात में कपड़े की फैक्ट्री 5 करोड़ से कम"}, HTTP_ACCEPT_LANGUAGE="hi")
        facets = buyer.client.get(f"{URL}facets/", {"q": "textile unit gujarat under 5 cr"}).json()["data"]

        assert [row["title"] for row in response.json()["data"]] == ["Weaving shed with dyeing"]
        assert response.json()["message"] == "Gujarat · Textiles · ≤ ₹5 crore"
        assert [row["title"] for row in hindi.json()["data"]] == ["Weaving shed with dyeing"]
        assert hindi.json()["message"] == "गुजरात · कपड़ा · ≤ ₹5 करोड़"
        assert facets["count"] == 1
        assert [(row["name"], row["value"]) for row in facets["understood"]["filters"]] == [
            ("state", "GJ"),
            ("nic", "13"),
            ("max_ask", "50000000.00"),
        ]

    def test_text_is_found_in_both_languages_and_by_stem(self, offer: Maker, buyer: Persona) -> None:
        offer("Dyeing house with zero discharge")
        offer("रंगाई की इकाई", summary="चालीस करघे और पक्के ग्राहक।")

        assert titles(buyer.client, "?q=discharges") == ["Dyeing house with zero discharge"]
        assert titles(buyer.client, "?q=रंगाई") == ["रंगाई की इकाई"]
        assert titles(buyer.client, "?q=ग्राहकों") == ["रंगाई की इकाई"]

    def test_what_was_mistyped_is_taken_as_the_nearest_word_and_said(self, offer: Maker, buyer: Persona) -> None:
        offer("Weaving shed with effluent plant")

        found = buyer.client.get(f"{URL}facets/", {"q": "textille gujrat efluent"}).json()["data"]

        assert found["count"] == 1
        assert {(row["typed"], row["taken"]) for row in found["understood"]["corrected"]} == {
            ("textille", "textile"),
            ("gujrat", "gujarat"),
            ("efluent", "effluent"),
        }

    def test_a_title_counts_more_than_the_text(self, offer: Maker, buyer: Persona) -> None:
        offer("Weaving shed", summary="With its own boiler.")
        offer("Boiler maker", summary="Pressure vessels.", nic="25131")
        offer("Bakery", summary="No such thing.", nic="10712")

        assert titles(buyer.client, "?q=boiler") == ["Boiler maker", "Weaving shed"]

    def test_a_district_that_may_not_be_told_becomes_its_state(self, offer: Maker, buyer: Persona) -> None:
        offer("Weaving shed", pincode="395003")

        found = buyer.client.get(f"{URL}facets/", {"q": "textile surat"}).json()["data"]

        assert found["count"] == 1
        assert found["understood"]["relaxed"] == ["district"]
        assert [row["label"] for row in found["understood"]["filters"]] == ["Gujarat", "Textiles"]

    @pytest.mark.parametrize("text", ["'; DROP TABLE", "a & | !", "%%%", "\\", "x" * 200, "२", "₹", "🙂"])
    def test_no_text_breaks_the_search(self, offer: Maker, buyer: Persona, text: str) -> None:
        assert buyer.client.get(URL, {"q": text}).status_code == 200
        assert buyer.client.get(f"{URL}facets/", {"q": text}).status_code == 200


class TestFiltersAndFacets:
    def test_each_facet_counts_without_its_own_filter(self, offer: Maker, buyer: Persona) -> None:
        offer("One", gst="24")
        offer("Two", gst="24", nic="10712")
        offer("Three", gst="27")
        offer("Four", gst="27", intent="stake_sale")

        found = buyer.client.get(f"{URL}facets/?state=GJ").json()["data"]

        counts = {name: {row["value"]: row["count"] for row in rows} for name, rows in found["facets"].items()}
        assert found["count"] == 2
        assert counts["state"] == {"GJ": 2, "MH": 2}
        assert counts["division"] == {"13": 1, "10": 1}
        assert counts["intent"] == {"full_sale": 2}
        assert counts["section"] == {"C": 2}
        assert counts["tier"] == {"1": 2}
        [band] = found["facets"]["ask_band"]
        assert (band["label"], band["count"]) == ("₹25 crore – ₹50 crore", 2)
        assert titles(buyer.client, f"?state=GJ&ask_band={band['value']}") == ["Two", "One"]
        assert titles(buyer.client, f"?ask_band={int(band['value']) + 1}") == []

    def test_sorting_pages_through_everything_once_in_both_directions(self, offer: Maker, buyer: Persona) -> None:
        crore = 10_000_000
        for number, ask in enumerate([5, 2, 2, 9, 2]):
            offer(f"Shed {number}", ask_inr=ask * crore)

        url, seen = f"{URL}?sort=ask_low&page_size=2", []
        pages = []
        while url:
            body = buyer.client.get(url).json()
            pages.append([row["id"] for row in body["data"]])
            seen += [row["ask_inr"] for row in body["data"]]
            last, url = body, body["pagination"]["next"]
        back = buyer.client.get(last["pagination"]["previous"]).json()

        assert seen == [f"{ask * crore}.00" for ask in (2, 2, 2, 5, 9)]
        assert len({row for page in pages for row in page}) == 5
        assert [row["id"] for row in back["data"]] == pages[1]
        assert buyer.client.get(back["pagination"]["previous"]).json()["pagination"]["previous"] is None

    def test_listings_of_one_millisecond_are_all_paged_through(self, offer: Maker, buyer: Persona) -> None:
        moment = clock.now().replace(microsecond=479_000)
        for number in range(5):
            listing = offer(f"Shed {number}")
            MarketEntry.objects.filter(pk=listing.pk).update(published_at=moment + timedelta(microseconds=number * 150))

        url, seen = f"{URL}?page_size=2", []
        while url:
            body = buyer.client.get(url).json()
            seen += [row["title"] for row in body["data"]]
            url = body["pagination"]["next"]

        assert seen == [f"Shed {number}" for number in (4, 3, 2, 1, 0)]

    @pytest.mark.parametrize(
        ("sort", "value"),
        [
            ("ask_low", "NaN"),
            ("ask_low", "1E+999999"),
            ("ask_low", {"a": 1}),
            ("quality", 10**30),
            ("quality", -1),
            ("newest", "2026-11-26T10:00:00"),
            ("newest", "2026-99-26T10:00:00Z"),
            ("newest", 7),
            ("relevance", "x"),
        ],
    )
    def test_a_forged_cursor_is_not_found(self, buyer: Persona, sort: str, value: object) -> None:
        place = {"value": value, "id": "01a21641-0000-7000-8000-000000000000", "back": False}
        cursor = urlsafe_b64encode(json.dumps(place).encode()).decode()

        assert buyer.client.get(f"{URL}?q=loom&sort={sort}&cursor={cursor}").status_code == 404

    @pytest.mark.parametrize("cursor", ["nonsense", "e30", "bnVsbA", "eyJ2YWx1ZSI6MX0"])
    def test_a_broken_cursor_is_not_found(self, buyer: Persona, cursor: str) -> None:
        assert buyer.client.get(f"{URL}?cursor={cursor}").status_code == 404

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("min_ask=5 cr&max_ask=2 cr", "max_ask"),
            ("nic=25910", "nic.0"),
            ("sort=price", "sort"),
            ("state=Gujarat", "state.0"),
            ("ask_band=99", "ask_band.0"),
            ("q=" + "x" * 201, "q"),
        ],
    )
    def test_a_filter_that_makes_no_sense_is_named(self, buyer: Persona, query: str, field: str) -> None:
        response = buyer.client.get(f"{URL}?{query}")

        assert response.status_code == 400
        assert response.json()["error"]["errors"][0]["field"].startswith(field.split(".", maxsplit=1)[0])

    def test_a_page_and_its_facets_cost_the_same_queries_whatever_is_on_the_market(
        self, offer: Maker, buyer: Persona, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for number in range(4):
            offer(f"Shed {number}")

        for size in (1, 4):
            with django_assert_num_queries(3):  # session, count, rows
                buyer.client.get(f"{URL}?page_size={size}")
        with django_assert_num_queries(3):  # session, all open facets in one pass, the filtered one
            buyer.client.get(f"{URL}facets/?state=GJ")

    def test_that_there_are_too_many_to_count_is_found_out_once(
        self,
        offer: Maker,
        buyer: Persona,
        monkeypatch: pytest.MonkeyPatch,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        monkeypatch.setattr(pagination, "LARGEST_COUNT", 2)
        for number in range(3):
            offer(f"Shed {number}")
        asked = f"{URL}?max_ask=987654321"  # by no other test: what is remembered outlives this one
        told = []
        for queries in (3, 2):  # session, count, rows; session, rows
            with django_assert_num_queries(queries):
                told.append(buyer.client.get(asked).json()["pagination"]["count"])

        assert told == [None, None]
        assert buyer.client.get(f"{URL}?state=KA").json()["pagination"]["count"] == 0


class TestWhoSeesWhat:
    @pytest.fixture
    def entry(self, offer: Maker) -> MarketEntry:
        listing = offer(
            "Weaving shed",
            owners=[OwnerInput("Asha Deshpande")],
            city="Surat",
            pincode="395003",
            established_year=1994,
            employees=34,
            udyam="UDYAM-GJ-22-0012345",
            trade_name="Tapi",
        )
        return MarketEntry.objects.select_related("listing__business").get(pk=listing.pk)

    @pytest.mark.parametrize("level", Level)
    def test_the_table_of_levels_is_what_the_serializer_tells(self, entry: MarketEntry, level: Level) -> None:
        shown = shown_to(None, entry, level=level)

        assert (
            set(shown)
            == visible_at(level)
            == {name for name, least in VISIBLE_FROM.items() if least.rank <= level.rank}
        )

    def test_levels_only_add(self) -> None:
        seen = [visible_at(level) for level in Level]

        assert all(before < after for before, after in pairwise(seen))
        assert seen[-1] == set(VISIBLE_FROM) == set(ListingShown.Meta.fields)

    def test_nothing_exact_is_told_before_the_nda(
        self, entry: MarketEntry, buyer: Persona, anonymous: APIClient
    ) -> None:
        business = entry.listing.business
        exact = [business.legal_name, "Tapi", "Surat", "395003", "13131", business.gstin, business.pan, "Asha"]
        exact += ["604100000"]

        texts = [client.get(f"{URL}{entry.pk}/").content.decode() for client in (anonymous, buyer.client)]

        assert [fact for fact in exact for text in texts if str(fact) in text] == []
        told = buyer.client.get(f"{URL}{entry.pk}/").json()["data"]
        assert (told["revenue_about_inr"], told["decade"], told["level"]) == ("600000000.00", 1990, "member")

    def test_after_the_nda_figures_in_the_data_room_papers(self, entry: MarketEntry) -> None:
        nda = shown_to(None, entry, level=Level.NDA)
        room = shown_to(None, entry, level=Level.DATA_ROOM)

        assert nda["figures"][0]["revenue_inr"] == "604100000.00"
        assert (nda["legal_name"], nda["employees"]) == (entry.listing.business.legal_name, 34)
        assert room["owners"] == ["Asha Deshpande"]
        assert "•" in room["gstin"]

    def test_anybody_may_look_and_shared_caches_may_keep_it(self, entry: MarketEntry, anonymous: APIClient) -> None:
        for path in (URL, f"{URL}{entry.pk}/", f"{URL}facets/"):
            first = anonymous.get(path)
            again = anonymous.get(path, HTTP_IF_NONE_MATCH=first["ETag"])
            hindi = anonymous.get(path, HTTP_IF_NONE_MATCH=first["ETag"], HTTP_ACCEPT_LANGUAGE="hi")

            assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
            assert "public" in first["Cache-Control"]
            assert {"Authorization", "Accept-Language"} <= set(first["Vary"].replace(" ", "").split(","))
            assert hindi.status_code == 200

    def test_what_members_see_is_kept_by_nobody_else(self, entry: MarketEntry, buyer: Persona) -> None:
        first = buyer.client.get(f"{URL}{entry.pk}/")
        Listing.objects.filter(pk=entry.pk).update(title="Another")

        changed = buyer.client.get(f"{URL}{entry.pk}/", HTTP_IF_NONE_MATCH=first["ETag"])

        assert "private" in first["Cache-Control"]
        assert changed.status_code == 200

    def test_equity_is_for_verified_investors_in_search_and_facets(
        self, offer: Maker, buyer: Persona, anonymous: APIClient, staff_actor: Actor
    ) -> None:
        offer("Growth money", intent="equity_investment")

        counts = [client.get(f"{URL}facets/").json()["data"]["count"] for client in (anonymous, buyer.client)]
        accounts.update_organisation(
            actor=buyer.actor, organisation_id=buyer.organisation_id, name=None, roles=["investor"]
        )
        accounts.grant_badge(
            organisation_id=buyer.organisation_id,
            tier=Tier.T2_DOCUMENTS,
            evidence={},
            reviewer_id=staff_actor.user_id,
            now=clock.now(),
        )

        assert counts == [0, 0]
        assert buyer.client.get(f"{URL}facets/").json()["data"]["count"] == 1
        assert titles(buyer.client, "") == ["Growth money"]
        assert titles(anonymous, "") == []


class TestWidening:
    @pytest.mark.parametrize(
        ("state", "firms", "shown"),
        [
            ("GJ", {("Surat", "13"): K}, ("Surat", "C", "13")),
            ("GJ", {("Surat", "13"): K - 1}, ("", "C", "13")),
            ("GJ", {}, ("", "C", "13")),
            ("SK", {("", "13"): K}, ("", "C", "13")),
            ("SK", {("", "13"): K - 1, ("", ""): K}, ("", "C", "")),
            ("SK", {("", "13"): K - 1, ("", ""): K - 1}, ("", "", "")),
        ],
    )
    def test_the_narrowest_cell_with_enough_firms_is_shown(
        self, state: str, firms: dict[tuple[str, str], int], shown: tuple[str, str, str]
    ) -> None:
        counted = {Cell(state, district, "C", division): number for (district, division), number in firms.items()}

        found = widened(Cell(state, "Surat", "C", "13"), counted)

        assert (found.district, found.section, found.division) == shown

    def test_the_fifth_firm_lets_the_district_be_told_and_organisations_count_once(
        self, offer: Maker, make_persona: Callable[[], Persona], buyer: Persona
    ) -> None:
        for number in range(K - 1):
            offer(f"Shed {number}", owner=make_persona(), pincode="395003")
        offer("Again", owner=make_persona(), pincode="380001")
        last = offer("Shed", owner=make_persona(), pincode="395003")

        told = buyer.client.get(f"{URL}{last.pk}/").json()["data"]
        first = MarketEntry.objects.order_by("published_at")[0]

        assert told["district"] == "Surat"
        assert first.district == ""  # its turn comes with the daily refresh
        MarketEntry.objects.update(refreshed_at=clock.now() - HOLDS - timedelta(minutes=1))
        services.refresh_stale(now=clock.now())
        assert MarketEntry.objects.filter(district="Surat").count() == K
        assert titles(buyer.client, "?district=GJ/Surat&sort=ask_low&page_size=1") != []

    def test_one_owner_with_five_firms_hides_nobody(self, offer: Maker) -> None:
        for number in range(K + 1):
            offer(f"Shed {number}", pincode="395003")

        assert set(MarketEntry.objects.values_list("district", flat=True)) == {""}

    def test_in_a_small_state_an_owner_counts_once_whatever_their_firms_and_places(
        self, offer: Maker, make_persona: Callable[[], Persona], buyer: Persona
    ) -> None:
        for number in range(K):
            offer(f"Shed {number}", gst="11", pincode=("737101", "737111", "737113", "737116", "737120")[number])
        alone = set(MarketEntry.objects.values_list("section", "division"))
        for number in range(K - 1):
            last = offer(f"Works {number}", gst="11", owner=make_persona(), nic=("13131", "10712")[number % 2])

        assert alone == {("", "")}
        told = buyer.client.get(f"{URL}{last.pk}/").json()["data"]
        assert (told["section"], told["nic_division"]) == (
            "C",
            "",
        )  # five owners make things, and no five of them the same

    def test_in_a_small_state_the_industry_is_not_told_either(self, offer: Maker, buyer: Persona) -> None:
        listing = offer("Weaving shed", gst="11", pincode="737101")

        told = buyer.client.get(f"{URL}{listing.pk}/").json()["data"]

        assert (told["state"], told["section"], told["nic_division"], told["district"]) == ("SK", "", "", "")
        assert titles(buyer.client, "?nic=13") == []
        assert titles(buyer.client, "?q=textiles") == []
        assert titles(buyer.client, "?state=SK") == ["Weaving shed"]


class TestEntries:
    def test_an_entry_follows_its_listing(self, offer: Maker, seller: Persona, drain: Callable[[], int]) -> None:
        listing = offer("Weaving shed")
        entry = MarketEntry.objects.get()
        crore = Decimal(10_000_000)

        services.reprice_listing(
            actor=seller.actor, listing_id=listing.id, ask_inr=30 * crore, is_confirmed=False, now=clock.now()
        )
        add_figures(seller.actor, listing.business, year=2025, factor="1.2")
        drain()
        changed = MarketEntry.objects.get()
        services.pause_listing(actor=seller.actor, listing_id=listing.id)

        assert (changed.ask_inr, changed.revenue_inr) == (30 * crore, entry.revenue_inr * 12 / 10)
        assert not MarketEntry.objects.exists()
        services.resume_listing(actor=seller.actor, listing_id=listing.id, now=clock.now())
        assert MarketEntry.objects.count() == 1

    def test_a_live_listing_without_an_entry_gets_one(self, offer: Maker) -> None:
        offer("Weaving shed")
        MarketEntry.objects.all().delete()

        assert services.refresh_stale(now=clock.now()) == 1
        assert MarketEntry.objects.count() == 1

    def test_quality_is_the_sum_of_its_parts_and_names_the_next_step(self, offer: Maker, seller: Persona) -> None:
        listing = offer("Weaving shed with its own dyeing house")

        found = seller.client.get(f"{URL}{listing.id}/quality/").json()["data"]

        assert found["score"] == sum(part["points"] for part in found["parts"]) == MarketEntry.objects.get().quality
        assert sum(part["most"] for part in found["parts"]) == 100
        assert found["next_step"]["code"] == "years"
        add_figures(seller.actor, listing.business, year=2023)
        better = seller.client.get(f"{URL}{listing.id}/quality/").json()["data"]
        assert better["score"] > found["score"]


class TestSavedSearches:
    CONTENT = {"name": "Textiles", "frequency": "daily", "query": {"q": "textile gujarat", "max_ask": "50 cr"}}

    def save(self, persona: Persona, **changes: Any) -> Any:
        return persona.client.post("/api/v1/saved-searches/", {**self.CONTENT, **changes}, format="json")

    def told(self, persona: Persona) -> list[dict[str, Any]]:
        rows = Notification.objects.filter(user_id=persona.actor.user_id, kind="msme.new_listings").order_by("id")
        return [row.params for row in rows]

    def test_a_search_tells_once_of_what_is_new_and_fits(self, offer: Maker, buyer: Persona) -> None:
        offer("There before")
        saved = self.save(buyer).json()["data"]
        offer("New and fitting")
        offer("New and elsewhere", gst="27")
        tomorrow = clock.now() + timedelta(days=1, minutes=1)

        assert services.tell_of_new_listings(now=clock.now()) == 0  # not due
        assert services.tell_of_new_listings(now=tomorrow) == 1
        assert services.tell_of_new_listings(now=tomorrow + timedelta(days=2)) == 0  # nothing new
        assert self.told(buyer) == [{"count": 1, "name": "Textiles", "search_id": saved["id"]}]
        assert saved["query"]["max_ask"] == "500000000.00"

    @pytest.mark.parametrize(("frequency", "minutes"), [("instant", 2), ("weekly", 7 * 1440 + 1)])
    def test_it_is_looked_at_as_often_as_wished(
        self, offer: Maker, buyer: Persona, frequency: str, minutes: int
    ) -> None:
        self.save(buyer, frequency=frequency)
        offer("New")

        services.tell_of_new_listings(now=clock.now() + timedelta(minutes=minutes * 0.4))
        early = len(self.told(buyer))
        services.tell_of_new_listings(now=clock.now() + timedelta(minutes=minutes))

        assert (early, len(self.told(buyer))) == (0, 1)

    def test_never_is_never_and_ones_own_listing_is_no_news(
        self, offer: Maker, seller: Persona, buyer: Persona
    ) -> None:
        self.save(buyer, frequency="never")
        self.save(seller, frequency="instant")
        offer("New")

        services.tell_of_new_listings(now=clock.now() + timedelta(days=30))

        assert self.told(buyer) == self.told(seller) == []

    def test_another_query_begins_anew_and_a_deleted_one_is_silent(self, offer: Maker, buyer: Persona) -> None:
        search = self.save(buyer, frequency="instant", query={"state": ["MH"]}).json()["data"]
        path = f"/api/v1/saved-searches/{search['id']}/"
        offer("There before")

        changed = buyer.client.put(
            path, {**self.CONTENT, "frequency": "instant", "query": {"state": ["GJ"]}}, format="json"
        )
        services.tell_of_new_listings(now=clock.now() + timedelta(minutes=5))

        assert changed.status_code == 200
        assert self.told(buyer) == []
        assert buyer.client.delete(path).status_code == 204
        assert not SavedSearch.objects.exists()

    def test_a_search_is_its_owners(self, buyer: Persona, stranger: Persona) -> None:
        search = self.save(buyer).json()["data"]
        path = f"/api/v1/saved-searches/{search['id']}/"

        assert stranger.client.put(path, self.CONTENT, format="json").status_code == 404
        assert stranger.client.delete(path).status_code == 404
        assert stranger.client.get("/api/v1/saved-searches/").json()["data"] == []
        assert len(buyer.client.get("/api/v1/saved-searches/").json()["data"]) == 1

    def test_there_is_an_end_to_the_number_of_searches(self, buyer: Persona, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("msme.services.searches.MOST_SEARCHES", 1)

        assert [self.save(buyer).status_code for _ in range(2)] == [201, 409]

    def test_a_query_that_makes_no_sense_is_refused(self, buyer: Persona) -> None:
        response = self.save(buyer, query={"state": ["Gujarat"]})

        assert response.status_code == 400
        assert response.json()["error"]["errors"][0]["field"].startswith("query.state")
