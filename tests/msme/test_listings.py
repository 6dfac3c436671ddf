"""A listing's life."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts import services as accounts
from accounts.models import Badge
from accounts.types import Tier
from msme import services
from msme.exceptions import IllegalMove, ListingNotFound
from msme.models import Listing
from msme.services.businesses import OwnerInput
from msme.types import ALL_TERMS, EDITABLE, LEGAL_MOVES, TERMS, Intent, ListingStatus, ReviewReason
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor
from msmebazaar.core.exceptions import Forbidden
from msmebazaar.core.models import AuditEntry
from msmebazaar.core.outbox.models import OutboxEvent
from tests.conftest import Persona
from tests.factories import (
    add_figures,
    listing_payload,
    make_business,
    make_listing,
    make_live_listing,
    mandate_payload,
)

URL = "/api/v1/listings/"


def test_a_draft_is_submitted_approved_and_live(seller: Persona, staff_actor: Actor) -> None:
    business = make_business(seller.actor)
    add_figures(seller.actor, business)
    created = seller.client.post(URL, {"business_id": str(business.id), **listing_payload()}, format="json")
    path = f"{URL}{created.json()['data']['id']}/"

    submitted = seller.client.post(f"{path}submit/")
    services.approve_listing(actor=staff_actor, listing_id=created.json()["data"]["id"], now=clock.now())

    assert created.status_code == 201
    assert created.json()["data"]["status"] == "draft"
    assert submitted.json()["data"]["status"] == "submitted"
    live = seller.client.get(path).json()["data"]
    assert live["status"] == "live"
    assert live["published_at"]
    assert OutboxEvent.objects.filter(name="msme.ListingPublished").count() == 1
    moves = AuditEntry.objects.filter(action="msme.listing_moved").order_by("at").values_list("facts", flat=True)
    assert [move["to"] for move in moves] == ["submitted", "approved", "live"]


def test_everything_that_is_missing_is_said_at_once(seller: Persona) -> None:
    business = make_business(seller.actor, gstin="", state="MH")
    listing = make_listing(
        seller.actor,
        business,
        intent="stake_sale",
        stake_pct=None,
        reason="",
        title="Shivneri Fabrications for sale",
        summary="Call 98765 43210, write to asha@example.in, see www.shivneri.example or ask for ZZZCM1234A.",
    )

    response = seller.client.post(f"{URL}{listing.id}/submit/")

    found = {(fault["field"], fault["code"]) for fault in response.json()["error"]["errors"]}
    assert response.status_code == 422
    assert found == {
        ("business.gstin", "required"),
        ("business.financials", "required"),
        ("stake_pct", "required"),
        ("reason", "required"),
        ("title", "name"),
        ("summary", "phone"),
        ("summary", "email"),
        ("summary", "url"),
        ("summary", "name"),  # in the web address
        ("summary", "identifier"),
    }
    listing.refresh_from_db()
    assert listing.status == "draft"
    assert not OutboxEvent.objects.filter(name__startswith="msme.Listing").exists()


@pytest.mark.parametrize(
    "text",
    [
        "Revenue of 4500000000 rupees over ten years",
        "Founded 1998, 120 people, 24x7 support since 2010",
        "Private limited company in engineering, fabrications of all kinds",
        "शहर के बीच में, 25 साल पुराना व्यवसाय",
    ],
)
def test_harmless_texts_are_not_stopped(seller: Persona, text: str) -> None:
    listing = make_listing(seller.actor, summary=text)

    assert seller.client.post(f"{URL}{listing.id}/submit/").status_code == 200


@pytest.mark.parametrize("text", ["फ़ोन ९८७६५ ४३२१०", "9 8 7 6 5 4 3 2 1 0", "+91-98765-43210"])
def test_a_phone_is_found_in_any_digits_and_spacing(seller: Persona, text: str) -> None:
    listing = make_listing(seller.actor, summary=text)

    assert seller.client.post(f"{URL}{listing.id}/submit/").status_code == 422


MOVES: dict[str, Callable[[Actor, Actor, uuid.UUID], Listing]] = {
    "submitted": lambda owner, staff, pk: services.submit_listing(actor=owner, listing_id=pk, now=clock.now()),
    "approved": lambda owner, staff, pk: services.approve_listing(actor=staff, listing_id=pk, now=clock.now()),
    "changes_asked": lambda owner, staff, pk: services.ask_for_changes(
        actor=staff, listing_id=pk, reason=ReviewReason.TEXT_UNCLEAR, note="", now=clock.now()
    ),
    "paused": lambda owner, staff, pk: services.pause_listing(actor=owner, listing_id=pk),
    "live": lambda owner, staff, pk: services.resume_listing(actor=owner, listing_id=pk, now=clock.now()),
    "withdrawn": lambda owner, staff, pk: services.withdraw_listing(actor=owner, listing_id=pk),
}


@pytest.mark.parametrize("wanted", MOVES)
@pytest.mark.parametrize("now", ListingStatus.values)
def test_only_the_moves_of_the_table_are_possible(seller: Persona, staff_actor: Actor, now: str, wanted: str) -> None:
    listing = make_listing(seller.actor)
    Listing.objects.filter(pk=listing.pk).update(status=now, published_at=clock.now())
    is_legal = wanted in LEGAL_MOVES[now] and not (wanted == "live" and now == "approved")

    if is_legal:
        MOVES[wanted](seller.actor, staff_actor, listing.pk)
        listing.refresh_from_db()
        assert listing.status == ("live" if wanted == "approved" else wanted)
    else:
        with pytest.raises(IllegalMove):
            MOVES[wanted](seller.actor, staff_actor, listing.pk)
        listing.refresh_from_db()
        assert listing.status == now
        assert not OutboxEvent.objects.filter(name__startswith="msme.Listing").exists()


@pytest.mark.parametrize("now", ListingStatus.values)
def test_it_can_be_changed_only_while_it_is_the_owners(seller: Persona, now: str) -> None:
    listing = make_listing(seller.actor)
    Listing.objects.filter(pk=listing.pk).update(status=now, published_at=clock.now())

    response = seller.client.put(f"{URL}{listing.id}/", listing_payload(title="Another title"), format="json")

    assert response.status_code == (200 if now in EDITABLE else 409)
    listing.refresh_from_db()
    assert (listing.title == "Another title") is (now in EDITABLE)


def test_only_staff_decide(seller: Persona, stranger: Persona) -> None:
    listing = make_listing(seller.actor)
    services.submit_listing(actor=seller.actor, listing_id=listing.id, now=clock.now())

    for actor in (seller.actor, stranger.actor):
        with pytest.raises(Forbidden):
            services.approve_listing(actor=actor, listing_id=listing.id, now=clock.now())
    listing.refresh_from_db()
    assert listing.status == "submitted"


def test_the_owner_reads_why_changes_are_asked_in_their_language(seller: Persona, staff_actor: Actor) -> None:
    listing = make_listing(seller.actor)
    services.submit_listing(actor=seller.actor, listing_id=listing.id, now=clock.now())
    services.ask_for_changes(
        actor=staff_actor,
        listing_id=listing.id,
        reason=ReviewReason.FIGURES_UNCLEAR,
        note="FY 2024-25",
        now=clock.now(),
    )

    english = seller.client.get(f"{URL}{listing.id}/").json()["data"]
    hindi = seller.client.get(f"{URL}{listing.id}/", HTTP_ACCEPT_LANGUAGE="hi").json()["data"]

    assert english["review_reason"] == "figures_unclear"
    assert english["review_note"] == "FY 2024-25"
    assert "figures" in english["review_message"]
    assert hindi["review_message"] != english["review_message"]


def test_pause_and_resume_and_withdraw_over_the_api(seller: Persona, staff_actor: Actor) -> None:
    listing = make_live_listing(seller.actor, staff_actor)
    path = f"{URL}{listing.id}/"

    statuses = [
        seller.client.post(f"{path}{step}/").status_code for step in ("pause", "resume", "withdraw", "withdraw")
    ]

    assert statuses == [200, 200, 200, 409]
    names = list(
        OutboxEvent.objects.filter(name__startswith="msme.Listing").order_by("id").values_list("name", flat=True)
    )
    assert names[1:] == ["msme.ListingLeftMarket", "msme.ListingPublished", "msme.ListingLeftMarket"]


class TestWhatOthersSee:
    PRIVATE = {"business_id", "organisation_id", "legal_name", "gstin", "review_note", "version", "status", "city"}

    def test_a_teaser_and_nothing_that_tells_who_it_is(
        self, seller: Persona, buyer: Persona, staff_actor: Actor
    ) -> None:
        listing = make_live_listing(seller.actor, staff_actor)

        seen = buyer.client.get(f"{URL}{listing.id}/").json()["data"]
        listed = buyer.client.get(URL).json()["data"]

        assert seen == listed[0]
        assert not self.PRIVATE & set(seen)
        assert seen["nic_division"] == "25"
        assert seen["is_own"] is False

    def test_a_listing_that_is_not_live_does_not_exist_for_others(self, seller: Persona, buyer: Persona) -> None:
        listing = make_listing(seller.actor)

        foreign = buyer.client.get(f"{URL}{listing.id}/")
        missing = buyer.client.get(f"{URL}{uuid.uuid4()}/")

        assert foreign.status_code == missing.status_code == 404
        assert self.body(foreign) == self.body(missing)
        assert buyer.client.get(URL).json()["data"] == []
        assert len(seller.client.get(f"{URL}?mine=true").json()["data"]) == 1

    @staticmethod
    def body(response: Any) -> Any:
        """Without what names the request itself."""
        content = response.json()
        return {**content, "request_id": "", "error": {**content["error"], "instance": ""}}

    @pytest.mark.parametrize("step", ["", "submit/", "pause/", "resume/", "withdraw/"])
    def test_nobody_changes_what_is_not_theirs(
        self, seller: Persona, stranger: Persona, staff_actor: Actor, step: str
    ) -> None:
        listing = make_live_listing(seller.actor, staff_actor)
        path = f"{URL}{listing.id}/{step}"
        before = Listing.objects.values().get(pk=listing.pk)

        method = stranger.client.post if step else stranger.client.put
        response = method(path, listing_payload(), format="json")

        assert response.status_code == 404
        assert Listing.objects.values().get(pk=listing.pk) == before

    def test_foreign_businesses_are_404_everywhere(self, seller: Persona, stranger: Persona) -> None:
        business = make_business(seller.actor)
        path = f"/api/v1/businesses/{business.id}/"

        assert stranger.client.get(path).status_code == 404
        assert stranger.client.get(f"{path}financials/").status_code == 404
        assert stranger.client.get("/api/v1/businesses/").json()["data"] == []
        body = {"business_id": str(business.id), **listing_payload()}
        assert stranger.client.post(URL, body, format="json").status_code == 404
        valued = stranger.client.post("/api/v1/valuations/", {"business_id": str(business.id)}, format="json")
        assert valued.status_code == 404


class TestTheMarket:
    @pytest.fixture
    def market(self, seller: Persona, staff_actor: Actor) -> dict[str, str]:
        made = {}
        for name, gstin_state, nic, ask in (
            ("MH metal", "27", "25910", 38),
            ("KA metal", "29", "25910", 12),
            ("MH food", "27", "10712", 6),
        ):
            from tests.factories import some_gstin

            business = make_business(seller.actor, gstin=some_gstin(gstin_state), nic_code=nic)
            add_figures(seller.actor, business)
            listing = make_live_listing(
                seller.actor, staff_actor, business, title=name, ask_inr=Decimal(ask) * 10_000_000
            )
            made[name] = str(listing.id)
        return made

    @pytest.mark.parametrize(
        ("query", "titles"),
        [
            ("", ["MH food", "KA metal", "MH metal"]),
            ("?state=MH", ["MH food", "MH metal"]),
            ("?state=MH&state=KA&nic=25", ["KA metal", "MH metal"]),
            ("?nic=10&nic=25", ["MH food", "KA metal", "MH metal"]),
            ("?min_ask=10 crore", ["KA metal", "MH metal"]),
            ("?min_ask=10 crore&max_ask=2000 lakh", ["KA metal"]),
            ("?intent=loan", []),
        ],
    )
    def test_filters(self, buyer: Persona, market: dict[str, str], query: str, titles: list[str]) -> None:
        response = buyer.client.get(f"{URL}{query}")

        assert [row["title"] for row in response.json()["data"]] == titles

    @pytest.mark.parametrize("query", ["?state=maharashtra", "?nic=x", "?intent=gift", "?min_ask=5 cr&max_ask=1 cr"])
    def test_a_wrong_filter_is_refused_not_ignored(self, buyer: Persona, query: str) -> None:
        assert buyer.client.get(f"{URL}{query}").status_code == 400

    def test_the_page_costs_three_queries(
        self, buyer: Persona, market: dict[str, str], django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_num_queries(3):  # session, count, rows with their businesses
            buyer.client.get(URL)


def test_a_move_that_is_not_possible_is_said_in_the_readers_words(seller: Persona, staff_actor: Actor) -> None:
    listing = make_live_listing(seller.actor, staff_actor)

    english = seller.client.post(f"{URL}{listing.id}/submit/").json()["message"]
    hindi = seller.client.post(f"{URL}{listing.id}/submit/", HTTP_ACCEPT_LANGUAGE="hi").json()["message"]

    assert english == "This listing is “Live”; it cannot become “Submitted”."
    assert "“लाइव”" in hindi


def test_staff_cannot_move_what_is_not_there(staff_actor: Actor) -> None:
    with pytest.raises(ListingNotFound):
        services.approve_listing(actor=staff_actor, listing_id=uuid.uuid4(), now=clock.now())


class TestEquityAsks:
    """Companies Act s.42(7): no public offer. Only investors whose documents were reviewed see them."""

    @pytest.fixture
    def ask(self, seller: Persona, staff_actor: Actor) -> Listing:
        return make_live_listing(seller.actor, staff_actor, intent="equity_investment", stake_pct=Decimal(20))

    def become_investor(self, persona: Persona, staff: Actor, *, tier: Tier | None) -> None:
        path = f"/api/v1/organisations/{persona.organisation_id}/"
        assert persona.client.patch(path, {"roles": ["buyer", "investor"]}, format="json").status_code == 200
        if tier is not None:
            accounts.grant_badge(
                organisation_id=persona.organisation_id,
                tier=tier,
                evidence={"seen": "bank letter"},
                reviewer_id=staff.user_id,
                now=clock.now(),
            )

    @pytest.mark.parametrize(
        ("tier", "is_seen"),
        [(None, False), (Tier.T1_IDENTIFIERS, False), (Tier.T2_DOCUMENTS, True), (Tier.T3_FUNDS, True)],
    )
    def test_are_seen_by_verified_investors_only(
        self,
        buyer: Persona,
        staff_actor: Actor,
        ask: Listing,
        drain: Callable[[], int],
        tier: Tier | None,
        is_seen: bool,
    ) -> None:
        self.become_investor(buyer, staff_actor, tier=tier)
        wish = mandate_payload(kind="investor", intents=["equity_investment"])
        mandate = buyer.client.post("/api/v1/mandates/", wish, format="json").json()["data"]["id"]
        drain()

        listed = buyer.client.get(URL).json()["data"]
        opened = buyer.client.get(f"{URL}{ask.id}/").status_code
        prices = buyer.client.get(f"{URL}{ask.id}/price-history/").status_code
        matches = buyer.client.get(f"/api/v1/mandates/{mandate}/matches/").json()["data"]

        assert bool(listed) is is_seen
        assert opened == prices == (200 if is_seen else 404)
        assert bool(matches) is is_seen

    def test_a_verified_buyer_who_does_not_invest_sees_none(
        self, buyer: Persona, staff_actor: Actor, ask: Listing
    ) -> None:
        self.become_investor(buyer, staff_actor, tier=Tier.T3_FUNDS)
        buyer.client.patch(f"/api/v1/organisations/{buyer.organisation_id}/", {"roles": ["buyer"]}, format="json")

        assert buyer.client.get(f"{URL}{ask.id}/").status_code == 404

    def test_when_the_badge_expires_they_are_gone(self, buyer: Persona, staff_actor: Actor, ask: Listing) -> None:
        self.become_investor(buyer, staff_actor, tier=Tier.T2_DOCUMENTS)
        assert buyer.client.get(f"{URL}{ask.id}/").status_code == 200

        Badge.objects.filter(tier=Tier.T2_DOCUMENTS).update(expires_at=clock.now() - timedelta(seconds=1))

        assert buyer.client.get(f"{URL}{ask.id}/").status_code == 404

    def test_the_owner_sees_their_own(self, seller: Persona, ask: Listing) -> None:
        assert seller.client.get(f"{URL}{ask.id}/").status_code == 200


@pytest.mark.parametrize("intent", Intent.values)
def test_each_intent_needs_its_own_terms_and_refuses_others(seller: Persona, intent: str) -> None:
    needed, allowed = TERMS[intent]
    bare = {**listing_payload(intent=intent), **dict.fromkeys(needed & {"reason", "assets", "use_of_funds"}, "")}
    for term in ("stake_pct", "tenor_months"):
        bare.pop(term, None)
    bare["collateral"] = ""
    business = make_business(seller.actor)
    add_figures(seller.actor, business)

    draft = seller.client.post(URL, {**bare, "business_id": str(business.id)}, format="json")
    refused = seller.client.post(f"{URL}{draft.json()['data']['id']}/submit/")
    foreign = {term: FULL_TERMS[term] for term in ALL_TERMS - needed - allowed}
    mixed = seller.client.post(
        URL, {**listing_payload(intent=intent), **foreign, "business_id": str(business.id)}, format="json"
    )
    whole = seller.client.post(
        URL,
        {
            **listing_payload(intent=intent),
            **{term: FULL_TERMS[term] for term in allowed},
            "business_id": str(business.id),
        },
        format="json",
    )

    assert {fault["field"] for fault in refused.json()["error"]["errors"]} == needed
    assert mixed.status_code == 400
    assert {fault["field"]: fault["code"] for fault in mixed.json()["error"]["errors"]} == dict.fromkeys(
        foreign, "not_for_intent"
    )
    assert seller.client.post(f"{URL}{whole.json()['data']['id']}/submit/").status_code == 200


FULL_TERMS: dict[str, Any] = {
    "stake_pct": "25",
    "reason": "growth",
    "handover_months": 6,
    "seller_finance_pct": "20",
    "includes_property": True,
    "assets": "A press.",
    "use_of_funds": "Stock.",
    "tenor_months": 12,
    "collateral": "none",
}


def test_the_terms_and_owners_are_guarded_like_the_summary(seller: Persona) -> None:
    business = make_business(seller.actor, owners=[OwnerInput("Chandrakant Vaidya")])
    add_figures(seller.actor, business)
    listing = make_listing(
        seller.actor, business, intent="asset_sale", assets="Lathe, ask for Chandrakant", summary="Call 98765 43210"
    )

    response = seller.client.post(f"{URL}{listing.id}/submit/")

    found = {(fault["field"], fault["code"]) for fault in response.json()["error"]["errors"]}
    assert found == {("assets", "name"), ("summary", "phone")}
