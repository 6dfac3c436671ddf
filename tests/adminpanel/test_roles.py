"""Every page of the admin by staff of each duty, over 2,000 rows: 200 or 403 as the table says, and a bounded cost."""

import io
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pghistory.models
import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import DataRequest, Notification, Organisation, User, VerificationRequest
from adminpanel import roles, services
from adminpanel.models import Decision, Task
from msme.models import Business, Document, Listing
from msmebazaar.core import clock, staff
from msmebazaar.core.actor import Duty
from msmebazaar.core.models import AuditEntry, Delivery, OutboxEvent
from tests.conftest import some_network
from tests.factories import sign_in
from whatsapp.models import Conversation, Handover

ROWS = 2000
MOST_QUERIES = 20  # a page costs the same with 20 rows; the walk shows that no list asks row by row
Duties = tuple[Duty, ...]
LOOKING = (Duty.REVIEW, Duty.CHAT, Duty.PRIVACY)
EVERYBODY = tuple(Duty)

# The desk's pages that open by GET, and whose they are.
DESK: dict[str, Duties] = {
    "index": EVERYBODY,
    "decisions": EVERYBODY,
    "tasks": EVERYBODY,
    "sheets": EVERYBODY,
    "merges": (Duty.REVIEW,),
    "numbers": (Duty.REPORTS, Duty.OPERATIONS, Duty.STAFFING),
    "funnel": (Duty.REPORTS, Duty.CHAT),
    "system": (Duty.OPERATIONS,),
    "people": LOOKING,
    "breaches": (Duty.PRIVACY,),
    "colleagues": (Duty.STAFFING,),
    "whatsapp-inbox": (Duty.CHAT,),
    "whatsapp-broadcast-new": (Duty.CHAT,),
}


@pytest.fixture
def large_market(reference_data: None) -> None:
    """Two thousand of most things."""
    call_command("generate_market", listings=ROWS, mandates=20, seed=8, verbosity=0, stdout=io.StringIO())
    now = clock.now()
    listings = list(Listing.objects.select_related("business").order_by("id")[:ROWS])
    Listing.objects.filter(pk__in=[row.pk for row in listings[: ROWS // 2]]).update(
        status="submitted", submitted_at=now - timedelta(hours=3)
    )
    users = list(User.objects.filter(is_staff=False).order_by("id")[:ROWS])
    AuditEntry.objects.bulk_create(
        AuditEntry(action="msme.listing_moved", subject_type="listing", subject_id=row.pk, request_id="r" * 8)
        for row in listings
    )
    events = OutboxEvent.objects.bulk_create(
        OutboxEvent(name="msme.ListingPublished", payload={}, request_id="r" * 8, occurred_at=now) for _ in listings
    )
    Delivery.objects.bulk_create(
        Delivery(
            event=event, handler="matching.match_listing", queue="matching", state="dead", wanted_at=now, due_at=now
        )
        for event in events
    )
    Document.objects.bulk_create(
        Document(
            business=row.business,
            uploaded_by_id=uuid.uuid4(),
            kind="accounts",
            name="Balance sheet",
            content_type="application/pdf",
            size=100,
            sha256="0" * 64,
            scan="clean",
            state="ready",
            object_key=f"documents/{uuid.uuid4()}",
        )
        for row in listings
    )
    Notification.objects.bulk_create(Notification(user=user, kind="msme.listing_live") for user in users)
    DataRequest.objects.bulk_create(
        DataRequest(user=user, kind="grievance", text="Why?", due_at=now + timedelta(days=20)) for user in users
    )
    organisations = list(Organisation.objects.order_by("id")[:ROWS])
    VerificationRequest.objects.bulk_create(
        VerificationRequest(organisation=row, asked_by=users[0], tier=2, statement="Accounts") for row in organisations
    )
    conversations = Conversation.objects.bulk_create(
        Conversation(user=user, address=f"whatsapp:+91{number:010d}", language="hi", last_heard_at=now)
        for number, user in enumerate(users)
    )
    Handover.objects.bulk_create(Handover(conversation=row, reason="asked", opened_at=now) for row in conversations)
    colleague = User.objects.create_superuser("decider", "a long password")
    Decision.objects.bulk_create(
        Decision(queue="listings", item_id=row.pk, title=row.title, what="approve", by=colleague) for row in listings
    )
    Task.objects.bulk_create(
        Task(person=user, text="Call", owner=colleague, made_by=colleague, due_at=now) for user in users
    )
    services.count_measures(now=now)


def pages() -> Iterator[tuple[str, Duties]]:
    for model in admin.site._registry:
        label = model._meta.label_lower
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        yield base, roles.READERS[label]
        row = model._default_manager.order_by("pk").first()
        if row is not None:
            yield f"{base}{row.pk}/change/", roles.READERS[label]
            yield f"{base}{row.pk}/history/", roles.READERS[label]
    for name, duties in DESK.items():
        yield reverse(f"admin:{name}"), duties
    for measure in ("listings_published", "listings_live"):
        yield reverse("admin:measure", args=[measure]), DESK["numbers"]
    yield reverse("admin:person", args=[User.objects.filter(is_staff=False)[0].pk]), LOOKING
    for queue in staff.queues():
        yield reverse("admin:work", args=[queue.name]), (queue.duty,)


def most_queries(address: str) -> int:
    """Pages that ask every app something cost more, and as little with more rows."""
    if address == "/admin/":
        return 45
    return 40 if address.startswith(("/admin/people/", "/admin/numbers/")) else MOST_QUERIES


# Nothing for a person to look at: secrets and their hashes, sealed copies, caches of the engine. Events are in a row's history.
NOT_LISTED = {
    "accounts.loginlink",
    "accounts.otpchallenge",
    "accounts.refreshtoken",
    "accounts.sealedrecord",
    "core.idempotencyrecord",
    "core.writemark",
    "matching.listingvector",
    "matching.textvector",
    "msme.searchword",
}


def test_every_registered_list_is_in_the_table_of_duties_and_every_model_of_ours_is_registered() -> None:
    registered = {model._meta.label_lower for model in admin.site._registry}
    ours = {
        model._meta.label_lower
        for label in ("core", "accounts", "msme", "valuation", "matching", "whatsapp", "adminpanel")
        for model in apps.get_app_config(label).get_models()
        if not issubclass(model, pghistory.models.Event)
    }
    assert ours - registered == NOT_LISTED

    assert registered - set(roles.READERS) == set()
    assert set(roles.READERS) - registered == set()


@pytest.mark.long
@pytest.mark.django_db
def test_every_page_opens_by_duty_and_costs_a_bounded_number_of_queries(
    large_market: None, record_property: Any
) -> None:
    walk = list(pages())
    faults, opened, worst = [], 0, 0
    for who in (*((duty,) for duty in Duty), (), None):
        client = Client(REMOTE_ADDR=some_network())
        sign_in(client, duties=who)
        for address, duties in walk:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                status = client.get(address).status_code
            is_theirs = who is None or bool(set(who) & set(duties)) or address == "/admin/"
            if (
                not who
                and who is not None
                and address in [reverse(f"admin:{name}") for name in ("decisions", "tasks", "sheets")]
            ):
                is_theirs = True  # one's own, and empty
            if status != (200 if is_theirs else 403):
                faults.append(f"{who} {address}: {status}")
            if len(queries) > most_queries(address):
                faults.append(f"{address}: {len(queries)} queries")
            opened += 1
            worst = max(worst, len(queries) if most_queries(address) == MOST_QUERIES else 0)

    record_property("pages opened", opened)
    record_property("most queries of a page", worst)
    assert "\n".join(faults) == ""
    assert opened > 1000


@pytest.mark.django_db
def test_a_colleague_of_one_state_sees_its_rows_only(reference_data: None) -> None:
    call_command("generate_market", listings=80, mandates=2, seed=8, verbosity=0, stdout=io.StringIO())
    Listing.objects.update(status="submitted", submitted_at=clock.now())
    client = Client(REMOTE_ADDR=some_network())
    sign_in(client, duties=[Duty.REVIEW], regions=["KA"])
    there = Business.objects.filter(state="KA").first()
    elsewhere = Business.objects.exclude(state="KA").first()
    waiting_elsewhere = Listing.objects.filter(status="submitted").exclude(business__state="KA")[0]
    assert there is not None and elsewhere is not None

    assert client.get(f"/admin/msme/business/{there.pk}/change/").status_code == 200
    assert client.get(f"/admin/msme/business/{elsewhere.pk}/change/").status_code == 302
    count = Business.objects.filter(state="KA").count()
    assert f"{count} business" in client.get("/admin/msme/business/").content.decode()
    queue = client.get("/admin/queues/listings/").content.decode()
    assert str(Listing.objects.filter(status="submitted", business__state="KA").count()) in queue
    refused = client.post(f"/admin/queues/listings/{waiting_elsewhere.pk}/", {"act": "approve"})
    assert refused["Location"] == "/admin/queues/listings/"
    waiting_elsewhere.refresh_from_db()
    assert waiting_elsewhere.status == "submitted"
