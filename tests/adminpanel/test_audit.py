"""Before and after of every change, the chain over the audit, and what tampering with it looks like."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from msme import services as msme
from msme.models import Listing
from msmebazaar.core import clock, history
from msmebazaar.core.actor import Duty
from msmebazaar.core.models import AuditEntry, AuditLink
from msmebazaar.core.verification import verify
from tests.conftest import Persona, some_network
from tests.factories import make_listing, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed(seller: Persona) -> Listing:
    """A few changes, sealed."""
    listing = make_listing(seller.actor)
    msme.submit_listing(actor=seller.actor, listing_id=listing.id, now=clock.now())
    while history.seal():
        pass
    return listing


def without_triggers(statement: str, *values: Any) -> None:
    """What only somebody with the rights of the database's owner can do."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values or None)
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_a_change_is_kept_with_before_after_who_why_and_the_request(seller: Persona) -> None:
    browser = Client(REMOTE_ADDR=some_network())
    colleague = sign_in(browser, duties=[Duty.REVIEW])
    listing = make_listing(seller.actor)
    msme.submit_listing(actor=seller.actor, listing_id=listing.id, now=clock.now())

    browser.post(
        f"/admin/queues/listings/{listing.id}/",
        {"act": "changes", "reason": "text_unclear"},
        headers={"X-Request-ID": "request-of-the-review"},
    )

    newest = history.events_of(Listing, listing.pk, limit=10)[0]
    assert newest["request_id"] == "request-of-the-review"
    assert (newest["actor_id"], newest["why"]) == (str(colleague.pk), "text_unclear")
    assert ("status", "submitted", "changes_asked") in newest["changed"]
    page = browser.get(f"/admin/msme/listing/{listing.pk}/history/").content.decode()
    for words in ("submitted → changes_asked", colleague.username or "", "text_unclear", "request-of-the-review"):
        assert words in page


def test_raw_sql_and_update_are_seen_too(seller: Persona) -> None:
    listing = make_listing(seller.actor)
    Listing.objects.filter(pk=listing.pk).update(ask_inr=1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE msme_listing SET ask_inr = 2 WHERE id = %s", [listing.pk])

    amounts = [event["changed"][0][2] for event in history.events_of(Listing, listing.pk, limit=2)]

    assert amounts == [2, 1]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE msme_listingevent SET status = 'live'",
        "DELETE FROM msme_listingevent",
        "UPDATE core_auditentry SET action = 'nothing'",
        "DELETE FROM core_auditlink",
        "UPDATE core_auditlink SET hash = 'x'",
    ],
)
def test_the_database_refuses_changes(sealed: Listing, statement: str) -> None:
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_untouched_chain_is_found_whole(sealed: Listing) -> None:
    result = verify()

    assert result.faults == ()
    assert result.checked == AuditLink.objects.count() > 5
    assert result.unsealed == 0
    assert history.head() == result.head


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE core_auditentry SET action = 'msme.nothing' WHERE action = 'msme.listing_moved'", "was changed"),
        ("DELETE FROM core_auditentry WHERE action = 'msme.listing_moved'", "is gone"),
        ("UPDATE msme_listingevent SET status = 'draft' WHERE status = 'submitted'", "was changed"),
        ("DELETE FROM core_auditlink WHERE position = 3", "missing"),
        (
            "INSERT INTO core_auditentry (id, at, action, subject_type, subject_id, facts, request_id) "
            "VALUES (gen_random_uuid(), now(), 'x.forged', 'listing', gen_random_uuid(), '{}', 'r')",
            "no link",
        ),
    ],
)
def test_what_was_tampered_with_is_found_and_named(sealed: Listing, statement: str, words: str) -> None:
    without_triggers(statement)

    faults = verify().faults

    assert any(words in fault for fault in faults), faults


def test_an_end_that_was_cut_off_is_found_by_a_head_kept_elsewhere(sealed: Listing) -> None:
    kept = history.head()
    last = AuditEntry.objects.order_by("-id")[0]
    without_triggers("DELETE FROM core_auditlink WHERE position = %s", kept.position)
    without_triggers("DELETE FROM core_auditentry WHERE id = %s", last.pk)

    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError):
        call_command("verify_audit", head=f"{kept.position}:{kept.hash}", stdout=out, stderr=err)

    assert "does not pass through" in err.getvalue()


def test_the_command_says_how_much_it_checked(sealed: Listing) -> None:
    out = StringIO()

    call_command("verify_audit", seal=True, stdout=out)

    assert f"{AuditLink.objects.count()} links checked, 0 wait for their seal, 0 faults" in out.getvalue()


def test_events_hold_no_names(seller: Persona) -> None:
    """An erasure cannot reach them, so nothing in them identifies a person."""
    names = {"full_name", "title", "summary", "legal_name", "name", "value", "gstin", "pan", "text", "statement"}

    for table in history.sources():
        if table == "core_auditentry":
            continue
        with connection.cursor() as cursor:
            columns = {column.name for column in connection.introspection.get_table_description(cursor, table)}
        assert columns & names == set(), table
