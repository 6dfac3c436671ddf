"""The staff's API: the same acts, duties and regions as the pages."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts import services as accounts
from accounts.services import open_session
from accounts.types import Tier
from msme import services as msme
from msme.models import Listing
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor, Duty
from tests.conftest import Persona, some_network
from tests.factories import add_full_figures, make_business, make_colleague, make_listing
from valuation.models import Valuation

Drain = Callable[[], int]
BASE = "/api/v1/admin/"
NOBODY = "01a21541-0000-7000-8000-000000000000"


def api_of(actor: Actor) -> APIClient:
    client = APIClient(REMOTE_ADDR=some_network())
    tokens = open_session(user_id=actor.user_id, user_agent="tests", now=clock.now())
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.access}")
    return client


def data(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content
    return answer.json()["data"]


@pytest.fixture
def reviewer(reference_data: None) -> APIClient:
    return api_of(make_colleague(Duty.REVIEW))


@pytest.fixture
def waiting(seller: Persona) -> list[Listing]:
    business, found = None, []
    for _ in range(3):
        listing = make_listing(seller.actor, business)
        business = listing.business
        found.append(msme.submit_listing(actor=seller.actor, listing_id=listing.id, now=clock.now()))
    return found


def test_a_program_works_a_queue(reviewer: APIClient, waiting: list[Listing]) -> None:
    queues = {row["name"]: row for row in data(reviewer.get(f"{BASE}queues/"))}
    assert (queues["listings"]["count"], queues["listings"]["acts"]) == (3, ["approve", "changes"])
    assert "handovers" not in queues

    taken = data(reviewer.post(f"{BASE}queues/listings/next/"))
    assert taken["id"] == str(waiting[0].id)
    rival = api_of(make_colleague(Duty.REVIEW)).post(f"{BASE}queues/listings/items/{taken['id']}/claim/")
    assert (rival.status_code, rival.json()["error"]["code"]) == (409, "adminpanel.item_claimed")
    shown = data(reviewer.get(f"{BASE}queues/listings/?state=MH"))
    assert shown[0]["claimed_by"].startswith("reviewer-")
    assert data(reviewer.get(f"{BASE}queues/listings/?state=GJ")) == []

    act = f"{BASE}queues/listings/items/{taken['id']}/acts/"
    missing = reviewer.post(act, {"act": "changes"}, format="json")
    assert missing.status_code == 400
    assert missing.json()["error"]["errors"][0]["field"] == "reason"
    decision = data(reviewer.post(act, {"act": "approve"}, format="json"))
    assert reviewer.post(act, {"act": "approve"}, format="json").status_code == 404
    data(reviewer.post(f"{BASE}decisions/{decision['id']}/undo/"))
    assert reviewer.post(f"{BASE}decisions/{decision['id']}/undo/").status_code == 409
    waiting[0].refresh_from_db()
    assert waiting[0].status == "submitted"


def test_many_at_once_are_previewed_first(reviewer: APIClient, waiting: list[Listing]) -> None:
    content = {"act": "approve", "items": [str(row.id) for row in waiting] + [str(uuid.uuid4())]}
    path = f"{BASE}queues/listings/acts/"

    foreseen = data(reviewer.post(path, content, format="json"))
    assert Listing.objects.filter(status="live").count() == 0
    done = data(reviewer.post(path, {**content, "is_preview": False}, format="json"))

    assert [row["problem"] == "" for row in foreseen] == [True, True, True, False]
    assert [row["is_done"] for row in done] == [True, True, True, False]


def test_a_region_holds_here_too(waiting: list[Listing]) -> None:
    elsewhere = api_of(make_colleague(Duty.REVIEW, regions=["KA"]))

    assert data(elsewhere.get(f"{BASE}queues/listings/")) == []
    answer = elsewhere.post(f"{BASE}queues/listings/items/{waiting[0].id}/acts/", {"act": "approve"}, format="json")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("duty", "path"),
    [
        (Duty.REVIEW, "statistics/"),
        (Duty.REVIEW, "actions/"),
        (Duty.REPORTS, "system/"),
        (Duty.OPERATIONS, f"organisations/{NOBODY}/kyc/"),
        (Duty.REPORTS, f"people/{NOBODY}/timeline/"),
    ],
)
def test_another_duty_is_forbidden(duty: Duty, path: str, reference_data: None) -> None:
    assert api_of(make_colleague(duty)).get(f"{BASE}{path}").status_code == 403


def test_what_is_known_of_an_organisation(reviewer: APIClient, seller: Persona) -> None:
    path = f"/api/v1/organisations/{seller.organisation_id}/"
    seller.client.post(f"{path}verification-requests/", {"tier": 2, "statement": "Accounts"}, format="json")
    accounts.grant_badge(
        organisation_id=seller.organisation_id, tier=Tier.T1_IDENTIFIERS, evidence={}, reviewer_id=None, now=clock.now()
    )

    found = data(reviewer.get(f"{BASE}organisations/{seller.organisation_id}/kyc/"))

    assert [row["tier"] for row in found["tiers"]] == [0, 1]
    assert [(row["tier"], row["state"]) for row in found["requests"]] == [(2, "open")]


@pytest.mark.usefixtures("fresh_market_data")
def test_a_valuation_is_overridden_by_two(seller: Persona, drain: Drain, reference_data: None) -> None:
    business = make_business(seller.actor)
    add_full_figures(seller.actor, business)
    seller.client.post("/api/v1/valuations/", {"business_id": str(business.id)}, format="json")
    drain()
    valuation = Valuation.objects.get()
    one, other = api_of(make_colleague(Duty.VALUATION)), api_of(make_colleague(Duty.VALUATION))
    amounts = {"low80_inr": "1", "point_inr": "2", "high80_inr": "3", "reason": "The land is disputed"}
    path = f"{BASE}valuations/{valuation.id}/"

    wrong = one.post(f"{path}overrides/", {**amounts, "point_inr": "9"}, format="json")
    assert wrong.status_code == 400
    made = data(one.post(f"{path}overrides/", amounts, format="json"), 201)
    act = f"{BASE}queues/overrides/items/{made['id']}/acts/"
    own = one.post(act, {"act": "approve"}, format="json")
    assert (own.status_code, own.json()["error"]["code"]) == (409, "valuation.second_person_needed")
    assert data(other.post(act, {"act": "approve"}, format="json"))["what"] == "approve"
    assert data(one.post(f"{path}rerun/"))["valuation_id"] == str(valuation.id)
    shown = seller.client.get(f"/api/v1/valuations/{valuation.id}/").json()["data"]
    assert "2.00" in str(shown)


def test_an_export_over_the_api(seller: Persona, drain: Drain, reference_data: None) -> None:
    reader = make_colleague(Duty.REPORTS)
    api = api_of(reader)
    make_listing(seller.actor)

    made = data(api.post(f"{BASE}exports/", {"model": "msme.listing", "format": "xlsx"}, format="json"), 201)
    drain()

    assert data(api.get(f"{BASE}exports/{made['id']}/"))["state"] == "ready"
    assert data(api.post(f"{BASE}exports/{made['id']}/link/"))["url"].startswith("http")
    assert [row["id"] for row in data(api.get(f"{BASE}exports/"))] == [made["id"]]
    assert api_of(make_colleague(Duty.REPORTS)).get(f"{BASE}exports/{made['id']}/").status_code == 404
    refused = api.post(f"{BASE}exports/", {"model": "accounts.identity", "format": "csv"}, format="json")
    assert refused.status_code == 404


def test_views_charts_and_actions(seller: Persona, reference_data: None) -> None:
    api = api_of(make_colleague(*Duty))
    view = {"model": "msme.listing", "name": "Live", "query": "status__exact=live"}
    kept = data(api.post(f"{BASE}views/", view, format="json"), 201)
    assert api.post(f"{BASE}views/", view, format="json").status_code == 409
    assert api.delete(f"{BASE}views/{kept['id']}/").status_code == 204
    assert data(api.get(f"{BASE}views/")) == []

    chart = data(api.get(f"{BASE}measures/valuations/?period=week&since=2026-01-01&until=2026-02-28"))
    assert len(chart["labels"]) == 9
    assert api.get(f"{BASE}measures/nonsense/").status_code == 404
    assert len(data(api.get(f"{BASE}measures/"))) >= 15
    listing = make_listing(seller.actor)
    found = data(api.get(f"{BASE}actions/?subject_id={listing.id}"))
    assert [row["action"] for row in found] == ["msme.listing_created"]
    assert data(api.get(f"{BASE}actions/?actor_id=nonsense")) == []
    assert data(api.get(f"{BASE}system/"))["parts"][0]["name"] == "database"
    timeline = data(api.get(f"{BASE}people/{seller.actor.user_id}/timeline/"))
    assert any(listing.title in row["what"] for row in timeline)


def test_a_message_is_reported_once_and_decided(
    seller: Persona, buyer: Persona, staff_actor: Actor, reviewer: APIClient, drain: Drain
) -> None:
    from accounts.models import Notification
    from tests.factories import make_live_listing, mandate_payload

    listing = make_live_listing(seller.actor, staff_actor)
    mandate = data(buyer.client.post("/api/v1/mandates/", mandate_payload(), format="json"), 201)
    drain()
    asked = {"mandate_id": mandate["id"], "listing_id": str(listing.id), "note": "Hello"}
    introduction = data(buyer.client.post("/api/v1/introductions/", asked, format="json"), 201)
    path = f"/api/v1/introductions/{introduction['id']}/messages/"
    message = data(seller.client.post(path, {"text": "Pay a token advance first"}, format="json"), 201)
    report = {"reason": "fraud", "text": "He wants money"}

    first = data(buyer.client.post(f"{path}{message['id']}/report/", report, format="json"), 201)
    again = data(buyer.client.post(f"{path}{message['id']}/report/", report, format="json"), 201)
    own = seller.client.post(f"{path}{message['id']}/report/", report, format="json")

    assert first["id"] == again["id"]
    assert own.status_code == 404
    act = f"{BASE}queues/reports/items/{first['id']}/acts/"
    data(reviewer.post(act, {"act": "uphold"}, format="json"))
    told = Notification.objects.filter(kind__in=("matching.message_warned", "matching.report_answered"))
    assert {row.user_id for row in told} == {seller.actor.user_id, buyer.actor.user_id}
