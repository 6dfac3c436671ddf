"""Staff review listings in the admin."""

import uuid

import pytest
from django.contrib import admin
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from msme import services
from msme.models import Listing
from msmebazaar.core import clock
from msmebazaar.core.models import AuditEntry
from msmebazaar.core.outbox.models import Delivery, OutboxEvent
from tests.conftest import Persona, some_network
from tests.factories import make_business, make_listing, sign_in

QUEUE = "/admin/queues/listings/"


@pytest.fixture
def staff(reference_data: None) -> Client:
    client = Client(REMOTE_ADDR=some_network())
    sign_in(client)
    return client


@pytest.fixture
def waiting(seller: Persona) -> Listing:
    listing = make_listing(seller.actor)
    return services.submit_listing(actor=seller.actor, listing_id=listing.id, now=clock.now())


def test_the_queue_shows_what_waits_and_the_start_page_how_many(staff: Client, waiting: Listing) -> None:
    home, queue = staff.get("/admin/").content.decode(), staff.get(QUEUE).content.decode()

    assert "<strong>1</strong>" in home
    assert waiting.title in queue
    assert "Maharashtra" in queue


def test_an_empty_queue_says_so(staff: Client) -> None:
    assert "Nothing waits here" in staff.get(QUEUE).content.decode()


def test_approving_publishes_and_goes_on_to_the_next(staff: Client, waiting: Listing, seller: Persona) -> None:
    following = make_listing(seller.actor, business=waiting.business)
    services.submit_listing(actor=seller.actor, listing_id=following.id, now=clock.now())

    response = staff.post(f"{QUEUE}{waiting.id}/", {"act": "approve"})

    assert response["Location"] == f"{QUEUE}next/"
    assert staff.get(f"{QUEUE}next/")["Location"] == f"{QUEUE}{following.id}/"
    waiting.refresh_from_db()
    assert waiting.status == "live"
    assert OutboxEvent.objects.filter(name="msme.ListingPublished").count() == 1
    entry = AuditEntry.objects.filter(action="msme.listing_moved").latest("at")
    assert entry.actor_id == User.objects.get(is_staff=True).pk


def test_sending_back_needs_a_reason(staff: Client, waiting: Listing) -> None:
    refused = staff.post(f"{QUEUE}{waiting.id}/", {"act": "changes"})
    waiting.refresh_from_db()
    assert refused.status_code == 200
    assert "This is needed." in refused.content.decode()
    assert waiting.status == "submitted"

    staff.post(f"{QUEUE}{waiting.id}/", {"act": "changes", "reason": "text_unclear", "text": "What is for sale?"})
    waiting.refresh_from_db()
    assert (waiting.status, waiting.review_reason) == ("changes_asked", "text_unclear")


def test_what_somebody_else_decided_meanwhile_is_said(staff: Client, waiting: Listing) -> None:
    staff.post(f"{QUEUE}{waiting.id}/", {"act": "approve"})

    response = staff.post(f"{QUEUE}{waiting.id}/", {"act": "changes", "reason": "text_unclear"}, follow=True)

    assert "Somebody has decided this already" in response.content.decode()
    waiting.refresh_from_db()
    assert waiting.status == "live"
    assert OutboxEvent.objects.filter(name__startswith="msme.Listing").count() == 1


def test_a_listing_that_is_not_there_leads_back_to_the_queue(staff: Client) -> None:
    assert staff.get(f"{QUEUE}{uuid.uuid4()}/")["Location"] == QUEUE


@pytest.mark.parametrize("path", ["/admin/", QUEUE, "/admin/msme/listing/", "/admin/core/auditentry/"])
def test_nobody_else_comes_in(path: str, seller: Persona) -> None:
    market_user = Client()
    market_user.force_login(User.objects.get(pk=seller.actor.user_id))

    assert "/staff/login/" in Client().get(path, follow=True).redirect_chain[-1][0]
    assert market_user.get(path, follow=True).status_code == 403


def test_every_list_and_every_row_opens(staff: Client, waiting: Listing) -> None:
    for model, model_admin in admin.site._registry.items():
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert staff.get(base).status_code == 200, base
        if row := model._default_manager.first():
            assert staff.get(f"{base}{row.pk}/change/").status_code == 200, base
        assert type(model_admin).search_fields or type(model_admin).list_filter, base


def test_the_listing_page_costs_the_same_queries_however_long_it_is(
    staff: Client, waiting: Listing, seller: Persona, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        make_listing(seller.actor, business=waiting.business)

    with django_assert_max_num_queries(10):
        staff.get("/admin/msme/listing/")
    with django_assert_max_num_queries(9):
        staff.get(QUEUE)


def test_dead_jobs_can_be_tried_again(staff: Client, waiting: Listing) -> None:
    staff.post(f"{QUEUE}{waiting.id}/", {"act": "approve"})
    delivery = Delivery.objects.get(handler="matching.match_listing")
    Delivery.objects.update(state="dead")

    staff.post("/admin/core/delivery/", {"action": "replay_dead", "_selected_action": [str(delivery.pk)]})

    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("pending", 0)


def test_personal_data_is_on_no_screen(staff: Client, seller: Persona) -> None:
    """Every list and every row: no phone, GSTIN or PAN, whatever somebody has done."""
    business = make_business(seller.actor)
    path = f"/api/v1/organisations/{seller.organisation_id}/"
    seller.client.post(f"{path}invitations/", {"kind": "phone", "address": "+919812345678"}, format="json")
    seller.client.post(f"{path}verification-requests/", {"tier": 2, "statement": "Canary statement"}, format="json")
    seller.client.post("/api/v1/me/data-requests/", {"kind": "grievance", "text": "Canary text"}, format="json")
    hidden = [str(seller.phone)[3:], business.gstin or "", business.pan or "", "9812345678", "Canary"]

    for model in admin.site._registry:
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        pages = [base, *(f"{base}{row.pk}/change/" for row in model._default_manager.all()[:3])]
        for page in pages:
            text = staff.get(page).content.decode()
            assert [canary for canary in hidden if canary in text] == [], page


def test_staff_read_every_word_that_buyers_will(staff: Client, seller: Persona) -> None:
    listing = make_listing(seller.actor, intent="asset_sale", assets="Two lathes, a press and the drawings.")
    services.submit_listing(actor=seller.actor, listing_id=listing.id, now=clock.now())

    page = staff.get(f"{QUEUE}{listing.id}/").content.decode()

    for words in ("What is for sale", "Two lathes, a press and the drawings.", "Another venture"):
        assert words in page
