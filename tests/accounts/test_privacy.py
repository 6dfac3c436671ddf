"""The data-subject desk: summary, requests, nominee, copy of everything, erasure, retention."""

import csv
import io
import json
import uuid
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import requests
from django.core.management import call_command

from accounts import holders, services
from accounts.models import (
    DataExport,
    Identity,
    Membership,
    Notification,
    OtpChallenge,
    SealedRecord,
    Session,
    User,
)
from accounts.services import open_session
from accounts.services.privacy import zipped
from accounts.types import IdentityKind, MemberRole
from matching.models import Mandate, Match
from msme.models import Business, Listing
from msmebazaar.core import clock, retention
from msmebazaar.core.actor import Actor
from msmebazaar.core.outbox.models import OutboxEvent
from msmebazaar.integrations.storage import file_store
from tests.conftest import Persona
from tests.factories import make_business, make_live_listing, mandate_payload
from tests.whatsapp.handset import standin
from valuation.models import Valuation
from whatsapp import services as chat
from whatsapp.models import Conversation, InboundMessage

Drain = Callable[[], int]
REQUESTS, NOMINEE, EXPORTS = "/api/v1/me/data-requests/", "/api/v1/me/nominee/", "/api/v1/me/exports/"


def test_the_summary_says_what_is_held_who_got_it_and_how_long(seller: Persona) -> None:
    make_business(seller.actor)

    data = seller.client.get("/api/v1/me/data-summary/").json()["data"]

    assert {"table": "msme.business", "rows": 1} in data["holdings"]
    assert "Twilio" in {row["recipient"] for row in data["recipients"]}
    assert {row["what"] for row in data["retention"]} == {rule.what for rule in retention.rules_on(clock.now().date())}
    assert all(row["source"] for row in data["retention"])


@pytest.mark.parametrize(("kind", "days"), [("grievance", 90), ("correction", 30)])
def test_a_request_has_the_day_it_is_due(seller: Persona, kind: str, days: int) -> None:
    made = seller.client.post(REQUESTS, {"kind": kind, "text": "मेरा नाम ग़लत है"}, format="json").json()["data"]

    due = datetime.fromisoformat(made["due_at"]) - datetime.fromisoformat(made["created_at"])
    assert abs(due - timedelta(days=days)) < timedelta(minutes=1)
    assert made["state"] == "open"


def test_staff_answer_once_and_the_person_is_told(seller: Persona, stranger: Persona, staff_actor: Actor) -> None:
    made = seller.client.post(REQUESTS, {"kind": "grievance", "text": "Too many messages"}, format="json")
    request_id = uuid.UUID(made.json()["data"]["id"])

    services.answer_data_request(actor=staff_actor, request_id=request_id, answer="Muted.", now=clock.now())

    assert seller.client.get(f"{REQUESTS}{request_id}/").json()["data"]["answer"] == "Muted."
    assert stranger.client.get(f"{REQUESTS}{request_id}/").status_code == 404
    assert Notification.objects.get(user_id=seller.actor.user_id).kind == "accounts.data_request_answered"
    with pytest.raises(Exception, match="answered already"):
        services.answer_data_request(actor=staff_actor, request_id=request_id, answer="Again", now=clock.now())


def test_a_nominee_is_named_replaced_and_removed(seller: Persona) -> None:
    content = {"full_name": "Meera Deshmukh", "phone": "98765 43210", "relation": "daughter"}

    assert seller.client.get(NOMINEE).status_code == 404
    assert seller.client.put(NOMINEE, content, format="json").status_code == 200
    seller.client.put(NOMINEE, {**content, "relation": "wife"}, format="json")
    assert seller.client.get(NOMINEE).json()["data"]["relation"] == "wife"
    assert [seller.client.delete(NOMINEE).status_code for _ in range(2)] == [204, 204]
    assert seller.client.get(NOMINEE).json()["error"]["code"] == "accounts.nominee_not_found"


def test_a_worker_makes_a_zip_of_json_and_csv(seller: Persona, stranger: Persona, drain: Drain) -> None:
    business = make_business(seller.actor)
    export = seller.client.post(EXPORTS).json()["data"]
    assert seller.client.post(EXPORTS).json()["data"]["id"] == export["id"]
    drain()

    ready = seller.client.get(f"{EXPORTS}{export['id']}/").json()["data"]

    assert stranger.client.get(f"{EXPORTS}{export['id']}/").status_code == 404
    content = requests.get(ready["url"], timeout=5).content
    assert len(content) == ready["size"]
    archive = zipfile.ZipFile(io.BytesIO(content))
    tables = json.loads(archive.read("data.json"))
    assert tables["msme.business"][0]["gstin"] == business.gstin
    assert tables["accounts.identity"][0]["value"] == str(seller.phone)
    rows = list(csv.DictReader(io.StringIO(archive.read("msme.business.csv").decode("utf-8-sig"))))
    assert rows[0]["legal_name"] == business.legal_name
    told = seller.client.get("/api/v1/notifications/").json()["data"][0]
    assert told["kind"] == "accounts.export_ready"


@pytest.mark.parametrize("text", ["=1+1", "+91", "-2", "@SUM(A1)", "\t=1", "＝1"])
def test_no_cell_runs_as_a_formula(text: str) -> None:
    archive = zipfile.ZipFile(io.BytesIO(zipped({"t": [{"id": 1, "name": text}]})))

    row = next(csv.DictReader(io.StringIO(archive.read("t.csv").decode("utf-8-sig"), newline="")))

    assert row["name"] == f"'{text}"


@pytest.fixture
def whole_life(seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain) -> Persona:
    """Somebody with a business, a live listing, a valuation, a mandate, matches, a chat and a nominee."""
    business = make_business(seller.actor)
    from tests.factories import add_figures, last_full_year

    add_figures(seller.actor, business, last_full_year())
    make_live_listing(seller.actor, staff_actor, business)
    seller.client.post("/api/v1/valuations/", {"business_id": str(business.id)}, format="json")
    for persona in (seller, buyer):
        persona.client.post("/api/v1/mandates/", mandate_payload(), format="json")
    payload = {"MessageSid": f"SM{uuid.uuid4().hex}", "From": f"whatsapp:{seller.phone}", "Body": "नमस्ते"}
    standin("heard", From=payload["From"])
    chat.take_in(payload=payload, now=clock.now())
    content = {"full_name": "Meera", "phone": "9876543210", "relation": "daughter"}
    seller.client.put(NOMINEE, content, format="json")
    seller.client.post(EXPORTS)
    drain()
    return seller


def test_erasure_hides_everything_at_once_everywhere(
    whole_life: Persona, buyer: Persona, anonymous: Any, drain: Drain, code_on: Callable[[str], str]
) -> None:
    persona, user_id = whole_life, whole_life.actor.user_id
    organisation = {"organisation_id": persona.organisation_id}
    key = DataExport.objects.get(user_id=user_id).object_key
    assert buyer.client.get("/api/v1/listings/").json()["data"]

    response = persona.client.post("/api/v1/me/erasure/", {"confirm": True}, format="json")

    assert response.status_code == 204
    assert persona.client.get("/api/v1/me/").status_code == 401
    assert buyer.client.get("/api/v1/listings/").json()["data"] == []
    for of_organisation in (Business, Listing, Valuation, Mandate):
        assert not of_organisation._default_manager.filter(**organisation).exists(), of_organisation
    assert not Match.objects.exists()
    for of_person in (Identity, Membership, Notification, DataExport, InboundMessage, Conversation):
        assert not of_person._default_manager.filter(user_id=user_id).exists(), of_person
    shell = User.objects.get(pk=user_id)
    assert (shell.is_active, shell.full_name, shell.erased_at is not None) == (False, None, True)
    assert not Session.objects.filter(user_id=user_id, ended_at__isnull=True).exists()
    assert not OtpChallenge.objects.exists()
    drain()
    assert not file_store().exists(key)


def test_the_sealed_copy_holds_it_all_encrypted(whole_life: Persona) -> None:
    legal_name = Business.objects.get(organisation_id=whole_life.organisation_id).legal_name
    services.erase_me(actor=whole_life.actor, now=clock.now())

    sealed = SealedRecord.objects.get(user_id=whole_life.actor.user_id)
    tables = json.loads(sealed.content or "")

    assert tables["msme.business"][0]["legal_name"] == legal_name
    assert {"valuation.valuation", "matching.mandate", "whatsapp.received", "accounts.nominee"} <= {
        table for table, rows in tables.items() if rows
    }
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM accounts_sealedrecord")
        assert legal_name.encode() not in bytes(cursor.fetchone()[0])


def test_who_comes_back_is_a_new_person(whole_life: Persona, staff_actor: Actor) -> None:
    services.erase_me(actor=whole_life.actor, now=clock.now())

    contact = services.find_or_create_contact(
        kind=IdentityKind.PHONE, value=str(whole_life.phone), language="en", verified_at=clock.now()
    )

    assert contact.user_id != whole_life.actor.user_id


def test_it_must_be_confirmed(seller: Persona) -> None:
    response = seller.client.post("/api/v1/me/erasure/", {"confirm": False}, format="json")

    assert response.json()["error"]["errors"][0]["field"] == "confirm"
    assert User.objects.get(pk=seller.actor.user_id).is_active


def test_a_shared_organisation_stays_but_not_without_an_administrator(seller: Persona, stranger: Persona) -> None:
    shared = seller.organisation_id
    Membership.objects.create(organisation_id=shared, user_id=stranger.actor.user_id, role=MemberRole.MEMBER)
    business = make_business(seller.actor)

    refused = seller.client.post("/api/v1/me/erasure/", {"confirm": True}, format="json")
    assert refused.json()["error"]["code"] == "accounts.last_admin"
    assert not SealedRecord.objects.exists()

    Membership.objects.filter(user_id=stranger.actor.user_id, organisation_id=shared).update(role=MemberRole.ADMIN)
    assert seller.client.post("/api/v1/me/erasure/", {"confirm": True}, format="json").status_code == 204
    assert stranger.client.get(f"/api/v1/businesses/{business.id}/").status_code == 200


def test_staff_do_not_erase_themselves(staff_actor: Actor) -> None:
    with pytest.raises(Exception, match="may not do this"):
        services.erase_me(actor=staff_actor, now=clock.now())

    assert User.objects.get(pk=staff_actor.user_id).is_active


def test_the_sealed_copy_is_purged_when_the_rule_says(seller: Persona) -> None:
    sealed_at = datetime(2026, 12, 1, tzinfo=UTC)
    services.erase_me(actor=seller.actor, now=sealed_at)

    def due(days: int, *, dry_run: bool) -> int:
        return retention.apply(now=sealed_at + timedelta(days=days, seconds=1), dry_run=dry_run)[
            "accounts.sealed_record"
        ]

    assert due(364, dry_run=False) == 0
    assert due(365, dry_run=True) == 1
    assert SealedRecord.objects.exists()
    assert due(365, dry_run=False) == 1
    assert not SealedRecord.objects.exists()
    assert User.objects.filter(pk=seller.actor.user_id, erased_at__isnull=False).exists()


def test_rules_are_dated_and_the_newest_in_force_holds() -> None:
    assert retention.unmatched() == set()
    assert retention.rules_on(datetime(2026, 1, 1, tzinfo=UTC).date()) == []
    rules = retention.rules_on(datetime(2027, 1, 1, tzinfo=UTC).date())
    assert len({rule.what for rule in rules}) == len(rules) >= 10


def test_a_dry_run_only_counts(seller: Persona, drain: Drain) -> None:
    seller.client.post(EXPORTS)
    drain()
    DataExport.objects.update(ready_at=clock.now() - timedelta(days=8))
    OutboxEvent.objects.update(occurred_at=clock.now() - timedelta(days=40))
    Session.objects.update(ended_at=clock.now() - timedelta(days=400))
    said = StringIO()

    call_command("apply_retention", "--dry-run", stdout=said)

    assert "accounts.export" in said.getvalue()
    assert "nothing was removed" in said.getvalue()
    assert DataExport.objects.get().state == "ready"

    call_command("apply_retention", stdout=StringIO())
    drain()

    export = DataExport.objects.get()
    assert (export.state, export.object_key) == ("expired", "")
    assert not file_store().exists(f"exports/{export.id}.zip")
    assert not Session.objects.exists()


def test_every_app_has_a_holder() -> None:
    assert holders.apps() == {"accounts", "msme", "valuation", "matching", "whatsapp", "adminpanel"}


def test_an_export_that_was_asked_before_and_one_that_is_late(seller: Persona) -> None:
    token = open_session(user_id=seller.actor.user_id, user_agent="t", now=clock.now())
    export = services.request_export(user_id=seller.actor.user_id, actor_id=seller.actor.user_id)

    services.make_export(export_id=export.id, now=clock.now())
    services.make_export(export_id=export.id, now=clock.now())

    assert token.access
    assert Notification.objects.filter(kind="accounts.export_ready").count() == 1
