"""Forty payloads in every free-text column of every table, on every page of the admin: none becomes markup.

What a browser would run is looked for in the parsed page: scripts with our mark, handlers in attributes, addresses that are
code. `tests/journeys/test_desk.py` opens pages with such rows in Chromium too.
"""

import io
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from adminpanel import services
from adminpanel.models import SavedView
from matching.models import Introduction, Message, MessageReport
from msme.models import Document, Listing
from msmebazaar.core import clock, staff
from msmebazaar.core.actor import Actor
from tests.adminpanel.payloads import MARK, PAYLOADS
from tests.conftest import Persona, some_network
from tests.factories import add_full_figures, make_business, make_listing, mandate_payload, sign_in

ADDRESSES = {"href", "src", "action", "formaction", "data", "content", "xlink:href"}
# Columns that code reads, not people: nothing a person writes gets there.
READ_BY_CODE = {
    "key",
    "measure",
    "split",
    "object_key",
    "copy_key",
    "cron",
    "queue",
    "source",
    "flow",
    "step",
    "handler",
}


class Runs(HTMLParser):
    """Collects what a browser would run and our mark stands in."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        kind = dict(attributes).get("type") or ""
        self._in_script = tag == "script" and "json" not in kind
        for name, value in attributes:
            text = (value or "").replace("\t", "").strip().lower()
            if MARK in text and (
                name.startswith("on") or (name in ADDRESSES and text.startswith(("javascript:", "data:")))
            ):
                self.found.append(f"<{tag} {name}={value!r}>")

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script and MARK in data:
            self.found.append(f"<script>{data[:80]}")


def runs(page: str) -> list[str]:
    parser = Runs()
    parser.feed(page)
    return parser.found


def test_the_parser_would_notice() -> None:
    caught = [payload for payload in PAYLOADS if runs(f'<p>{payload}</p><p title="{payload}">')]
    assert len(PAYLOADS) == 40
    assert len(caught) >= 32


@pytest.fixture
def world(seller: Persona, buyer: Persona, staff_actor: Actor, fresh_market_data: None) -> None:
    """One of most things that people write."""
    business = make_business(seller.actor)
    add_full_figures(seller.actor, business)
    listing = make_listing(seller.actor, business)
    path = f"/api/v1/organisations/{seller.organisation_id}/"
    accounts.update_organisation(
        actor=seller.actor, organisation_id=seller.organisation_id, name="Asha Group", roles=["owner", "buyer"]
    )
    seller.client.post(f"/api/v1/listings/{listing.id}/submit/")
    seller.client.post(f"{path}verification-requests/", {"tier": 2, "statement": "Accounts"}, format="json")
    seller.client.post("/api/v1/me/data-requests/", {"kind": "grievance", "text": "Why?"}, format="json")
    seller.client.post("/api/v1/valuations/", {"business_id": str(business.id)}, format="json")
    buyer.client.post("/api/v1/mandates/", mandate_payload(name="Looking"), format="json")
    call_command("generate_market", listings=3, mandates=2, seed=1, verbosity=0, stdout=io.StringIO())
    Document.objects.create(
        business=business,
        uploaded_by_id=seller.actor.user_id,
        kind="accounts",
        name="Balance sheet",
        content_type="text/plain",
        size=10,
        sha256="0" * 64,
        scan="clean",
        state="ready",
        object_key="documents/x",
    )
    live = Listing.objects.filter(status="live")[0]
    introduction = Introduction.objects.create(
        listing=live, seeker_id=buyer.organisation_id, owner_id=live.organisation_id, state="approved", kind="buyer"
    )
    message = Message.objects.create(
        introduction=introduction, side="owner", user_id=seller.actor.user_id, written="Hello", shown="Hello"
    )
    MessageReport.objects.create(message=message, by_id=buyer.actor.user_id, reason="fraud", text="Look")
    services.make_task(actor=staff_actor, person_id=seller.actor.user_id, text="Call", due_at=clock.now())
    SavedView.objects.create(owner_id=staff_actor.user_id, model="msme.listing", name="View", is_shared=True)


def texts() -> Iterator[tuple[type[models.Model], list[Any]]]:
    """Free-text columns of one row of each model that has one."""
    for model in admin.site._registry:
        fields = [
            field
            for field in model._meta.concrete_fields
            if isinstance(field, (models.CharField, models.TextField))
            and not field.choices
            and not field.primary_key
            and field.name not in READ_BY_CODE
            and (field.max_length is None or field.max_length >= 60)
        ]
        if fields:
            yield model, fields


def poison(payload: str) -> int:
    """The payload into every free-text column of the newest row of every table; how many took it."""
    count = 0
    for model, fields in texts():
        row = model._default_manager.order_by("-pk").first()
        for field in fields if row is not None else ():
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute("SET LOCAL session_replication_role = replica")
                    setattr(row, field.attname, payload)
                    assert row is not None
                    row.save(update_fields=[field.name])
                    cursor.execute("SET LOCAL session_replication_role = origin")
                count += 1
            except DatabaseError:
                row.refresh_from_db()  # type: ignore[union-attr]
    return count


def addresses(person: object) -> list[str]:
    found = [f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model, _fields in texts()]
    found += [
        reverse(f"admin:{name}") for name in ("index", "tasks", "decisions", "sheets", "merges", "breaches", "people")
    ]
    found += [reverse("admin:person", args=[person]), f"{reverse('admin:people')}?q=Asha"]
    return found


@pytest.mark.long
def test_forty_payloads_become_markup_nowhere(world: None, seller: Persona, staff_actor: Actor) -> None:
    browser = Client(REMOTE_ADDR=some_network())
    sign_in(browser)
    faults, opened, written = [], 0, 0
    shows: set[str] = set()  # pages on which the first payload stood at all; the others need not be asked again
    for payload in PAYLOADS:
        written = max(written, poison(payload))
        walk = addresses(seller.actor.user_id)
        for queue in staff.queues():
            walk.append(reverse("admin:work", args=[queue.name]))
            items = queue.list(actor=staff_actor, limit=1)
            walk += [reverse("admin:work-item", args=[queue.name, item.id]) for item in items if not queue.page]
        if payload in PAYLOADS[:1] + PAYLOADS[22:24]:
            for model, _fields in texts():
                row = model._default_manager.order_by("-pk").first()
                if row is not None:
                    base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{row.pk}"
                    walk += [f"{base}/change/", f"{base}/history/"]
        for address in walk if payload == PAYLOADS[0] else shows.intersection(walk):
            answer = browser.get(address, follow=True)
            opened += 1
            if MARK in answer.content.decode():
                shows.add(address)
            if answer.status_code >= 500:
                faults.append(f"{address}: {answer.status_code}")
            faults += [f"{address}: {found}" for found in runs(answer.content.decode())]

    assert "\n".join(faults) == ""
    assert written > 40
    assert len(shows) > 25
    assert opened > 700
