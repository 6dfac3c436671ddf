"""Organisations, members, invitations; what each role may do."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts import selectors, services
from accounts.exceptions import InvitationClosed
from accounts.models import Invitation, Membership, Organisation
from accounts.types import InvitationState, MemberRole
from msmebazaar.core import clock
from msmebazaar.core.models import AuditEntry
from tests.conftest import Persona, some_phone
from tests.factories import business_payload, make_business, make_listing, mandate_payload

URL = "/api/v1/organisations/"


@pytest.fixture
def company(seller: Persona) -> str:
    made = seller.client.post(URL, {"name": "Deshmukh Group", "roles": ["owner", "investor"]}, format="json")
    assert made.status_code == 201, made.content
    return str(made.json()["data"]["id"])


def join(company: str, persona: Persona, role: str) -> None:
    Membership.objects.create(organisation_id=company, user_id=persona.actor.user_id, role=role)


def test_who_makes_a_company_administers_it(seller: Persona, company: str) -> None:
    mine = {row["id"]: row for row in seller.client.get("/api/v1/me/").json()["data"]["organisations"]}

    assert mine[company]["role"] == "admin"
    assert mine[company]["roles"] == ["investor", "owner"]
    assert len(mine) == 2
    assert AuditEntry.objects.filter(action="accounts.organisation_created", subject_id=company).count() == 1


def test_nobody_makes_an_organisation_of_staff(seller: Persona) -> None:
    response = seller.client.post(URL, {"name": "We", "roles": ["staff"]}, format="json")

    assert response.json()["error"]["errors"][0]["code"] == "reserved"
    assert not Organisation.objects.filter(name="We").exists()


@pytest.mark.parametrize("path", ["", "members/", "invitations/", "badges/", "verification-requests/"])
def test_a_foreign_organisation_is_like_a_missing_one(stranger: Persona, company: str, path: str) -> None:
    foreign, missing = (stranger.client.get(f"{URL}{key}/{path}") for key in (company, uuid.uuid4()))

    assert foreign.status_code == missing.status_code == 404
    ours, theirs = foreign.json()["error"], missing.json()["error"]
    assert {**ours, "instance": ""} == {**theirs, "instance": ""}


def test_members_are_invited_by_phone_and_accept_when_they_have_proven_it(
    seller: Persona, stranger: Persona, buyer: Persona, company: str
) -> None:
    content = {"kind": "phone", "address": str(stranger.phone), "role": "viewer"}
    sent = seller.client.post(f"{URL}{company}/invitations/", content, format="json")
    assert sent.status_code == 201
    assert sent.json()["data"]["address"].startswith("+91 •")

    invitation = stranger.client.get("/api/v1/invitations/").json()["data"][0]
    assert invitation["organisation_name"] == "Deshmukh Group"
    assert buyer.client.post(f"/api/v1/invitations/{invitation['id']}/accept/").status_code == 404
    accepted = stranger.client.post(f"/api/v1/invitations/{invitation['id']}/accept/")
    assert accepted.json()["data"]["id"] == company

    members = seller.client.get(f"{URL}{company}/members/").json()["data"]
    assert {row["role"] for row in members} == {"admin", "viewer"}
    again = stranger.client.post(f"/api/v1/invitations/{invitation['id']}/accept/")
    assert again.json()["error"]["code"] == "accounts.invitation_closed"


def test_known_and_unknown_addresses_get_the_same_answer(seller: Persona, stranger: Persona, company: str) -> None:
    def ask(address: str) -> Any:
        content = {"kind": "phone", "address": address}
        return seller.client.post(f"{URL}{company}/invitations/", content, format="json")

    known, unknown = ask(str(stranger.phone)), ask(str(some_phone()))

    assert (known.status_code, set(known.json()["data"])) == (unknown.status_code, set(unknown.json()["data"]))


def test_an_address_is_invited_once_at_a_time(seller: Persona, stranger: Persona, company: str) -> None:
    content = {"kind": "phone", "address": str(stranger.phone)}
    first = seller.client.post(f"{URL}{company}/invitations/", content, format="json").json()["data"]

    second = seller.client.post(f"{URL}{company}/invitations/", content, format="json")
    assert second.json()["error"]["code"] == "accounts.invitation_known"

    assert seller.client.delete(f"{URL}{company}/invitations/{first['id']}/").status_code == 204
    assert seller.client.post(f"{URL}{company}/invitations/", content, format="json").status_code == 201


def test_an_invitation_dies_after_a_week(seller: Persona, stranger: Persona, company: str) -> None:
    content = {"kind": "phone", "address": str(stranger.phone)}
    invitation = seller.client.post(f"{URL}{company}/invitations/", content, format="json").json()["data"]["id"]
    later = clock.now() + timedelta(days=7, seconds=1)

    with pytest.raises(InvitationClosed):
        services.accept_invitation(actor=stranger.actor, invitation_id=uuid.UUID(invitation), now=later)

    assert Invitation.objects.get().state == InvitationState.OPEN
    assert Membership.objects.filter(organisation_id=company).count() == 1


def test_one_can_decline(seller: Persona, stranger: Persona, company: str) -> None:
    content = {"kind": "phone", "address": str(stranger.phone)}
    invitation = seller.client.post(f"{URL}{company}/invitations/", content, format="json").json()["data"]["id"]

    assert stranger.client.post(f"/api/v1/invitations/{invitation}/decline/").status_code == 204
    assert stranger.client.get("/api/v1/invitations/").json()["data"] == []


def test_a_viewer_reads_and_changes_nothing(seller: Persona, stranger: Persona, company: str) -> None:
    business = make_business(seller.actor)
    Organisation.objects.filter(pk=business.organisation_id).update(name="Shared")
    join(str(business.organisation_id), stranger, MemberRole.VIEWER)
    listing = make_listing(seller.actor, business)
    calls = [
        ("put", f"/api/v1/businesses/{business.id}/", business_payload()),
        ("post", "/api/v1/listings/", None),
        ("post", f"/api/v1/listings/{listing.id}/submit/", {}),
        ("post", "/api/v1/businesses/", business_payload(organisation_id=str(business.organisation_id))),
        ("post", "/api/v1/mandates/", mandate_payload(organisation_id=str(business.organisation_id))),
        ("patch", f"{URL}{business.organisation_id}/", {"name": "Mine"}),
    ]

    assert stranger.client.get(f"/api/v1/businesses/{business.id}/").status_code == 200
    for method, path, content in calls:
        if content is None:
            content = {
                "business_id": str(business.id),
                "intent": "full_sale",
                "title": "t",
                "summary": "s",
                "ask_inr": "1 cr",
            }
        response = getattr(stranger.client, method)(path, content, format="json")
        assert response.status_code == 403, path
    listing.refresh_from_db()
    assert listing.status == "draft"
    assert Organisation.objects.get(pk=business.organisation_id).name == "Shared"


def test_a_removed_member_sees_nothing_from_the_next_request_on(
    seller: Persona, stranger: Persona, company: str
) -> None:
    join(company, stranger, MemberRole.MEMBER)
    assert stranger.client.get(f"{URL}{company}/").status_code == 200

    removed = seller.client.delete(f"{URL}{company}/members/{stranger.actor.user_id}/")

    assert removed.status_code == 204
    assert stranger.client.get(f"{URL}{company}/").status_code == 404


def test_the_last_administrator_stays(seller: Persona, stranger: Persona, company: str) -> None:
    path = f"{URL}{company}/members/{seller.actor.user_id}/"
    join(company, stranger, MemberRole.MEMBER)

    left, weaker = seller.client.delete(path), seller.client.patch(path, {"role": "viewer"}, format="json")
    assert left.json()["error"]["code"] == weaker.json()["error"]["code"] == "accounts.last_admin"

    seller.client.patch(f"{URL}{company}/members/{stranger.actor.user_id}/", {"role": "admin"}, format="json")
    assert seller.client.delete(path).status_code == 204


def test_a_mandate_needs_the_role_of_its_kind(buyer: Persona) -> None:
    refused = buyer.client.post("/api/v1/mandates/", mandate_payload(kind="investor"), format="json")
    buyer.client.patch(f"{URL}{buyer.organisation_id}/", {"roles": ["buyer", "investor"]}, format="json")
    accepted = buyer.client.post("/api/v1/mandates/", mandate_payload(kind="investor"), format="json")

    assert refused.json()["error"]["code"] == "accounts.role_missing"
    assert "Investor" in refused.json()["message"]
    assert accepted.status_code == 201


def test_rights_cost_one_query(seller: Persona, company: str, django_assert_num_queries: Callable[..., Any]) -> None:
    session = selectors.live_sessions(user_id=seller.actor.user_id).get()

    with django_assert_num_queries(1):
        found = selectors.get_live_session(session_id=session.id)

    assert found is not None
    assert len(found.actor.admin_of) == 2


def test_unknown_fields_are_named(seller: Persona) -> None:
    response = seller.client.post(URL, {"name": "A", "roles": ["buyer"], "kind": "personal"}, format="json")

    assert response.json()["error"]["errors"] == [
        {"field": "kind", "code": "unknown_field", "message": "There is no such field here."}
    ]
