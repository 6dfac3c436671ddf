"""One contact, many identities; two contacts that are one person."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts import selectors, services
from accounts.exceptions import CannotMerge
from accounts.models import ConsentEntry, Identity, Membership, OtpChallenge, Session, User
from accounts.services import find_or_create_contact, open_session
from accounts.types import ConsentChannel, IdentityKind, MemberRole, Purpose
from msmebazaar.core import clock
from msmebazaar.core.models import AuditEntry
from msmebazaar.core.outbox.models import OutboxEvent
from tests.conftest import Persona, some_phone
from tests.factories import make_live_listing, make_staff_user

IDENTITIES, CONFIRM = "/api/v1/me/identities/", "/api/v1/me/identities/confirm/"
Code = Callable[[str], str]


def add(persona: Persona, code_on: Code, kind: str, address: str) -> Any:
    asked = persona.client.post(IDENTITIES, {"kind": kind, "address": address}, format="json")
    assert asked.status_code == 202, asked.content
    content = {"challenge_id": asked.json()["data"]["challenge_id"], "code": code_on(address)}
    return persona.client.post(CONFIRM, content, format="json")


def test_an_email_address_is_added_by_a_code_that_comes_by_email(seller: Persona, code_on: Code) -> None:
    address = f"asha.{uuid.uuid4().hex[:8]}@example.in"

    response = add(seller, code_on, "email", address)

    assert response.status_code == 200
    kinds = {row["kind"]: row["value"] for row in response.json()["data"]}
    assert kinds["email"] == "a•••@example.in"
    assert selectors.address_of(user_id=seller.actor.user_id, kind=IdentityKind.EMAIL) == address


def test_addresses_are_masked_unless_asked_for_which_is_recorded(seller: Persona) -> None:
    masked = seller.client.get(IDENTITIES).json()["data"][0]["value"]
    shown = seller.client.get(f"{IDENTITIES}?reveal=true").json()["data"][0]["value"]

    assert masked == f"+91 ••••• ••{str(seller.phone)[-3:]}"
    assert shown == str(seller.phone)
    assert AuditEntry.objects.filter(action="accounts.revealed", actor_id=seller.actor.user_id).count() == 1


@pytest.mark.parametrize(
    ("kind", "address", "code"),
    [("email", "no address", "email"), ("phone", "12345", "mobile"), ("fax", "1", "invalid_choice")],
)
def test_what_is_no_address_is_refused(seller: Persona, kind: str, address: str, code: str) -> None:
    response = seller.client.post(IDENTITIES, {"kind": kind, "address": address}, format="json")

    assert response.status_code == 400
    assert response.json()["error"]["errors"][0]["code"] == code
    assert not OtpChallenge.objects.exists()


def test_a_code_to_add_an_address_does_not_log_in(seller: Persona, code_on: Code, anonymous: APIClient) -> None:
    phone = str(some_phone())
    asked = seller.client.post(IDENTITIES, {"kind": "phone", "address": phone}, format="json").json()["data"]
    content = {"challenge_id": asked["challenge_id"], "code": code_on(phone)}

    response = anonymous.post("/api/v1/auth/token/", content, format="json")

    assert response.json()["error"]["code"] == "accounts.challenge_unknown"


def test_somebody_elses_challenge_is_unknown(seller: Persona, stranger: Persona, code_on: Code) -> None:
    phone = str(some_phone())
    asked = seller.client.post(IDENTITIES, {"kind": "phone", "address": phone}, format="json").json()["data"]

    content = {"challenge_id": asked["challenge_id"], "code": code_on(phone)}
    response = stranger.client.post(CONFIRM, content, format="json")

    assert response.json()["error"]["code"] == "accounts.challenge_unknown"
    assert (
        not Identity.objects.filter(user_id=stranger.actor.user_id, kind="phone")
        .exclude(value_index=Identity.objects.get(user_id=stranger.actor.user_id).value_index)
        .exists()
    )


def test_the_last_phone_stays(seller: Persona, code_on: Code) -> None:
    first = seller.client.get(IDENTITIES).json()["data"][0]["id"]

    refused = seller.client.delete(f"{IDENTITIES}{first}/")
    add(seller, code_on, "phone", str(some_phone()))
    accepted = seller.client.delete(f"{IDENTITIES}{first}/")

    assert refused.json()["error"]["code"] == "accounts.last_identity"
    assert accepted.status_code == 204
    assert Identity.objects.filter(user_id=seller.actor.user_id).count() == 1


def test_a_foreign_address_cannot_be_removed(seller: Persona, stranger: Persona) -> None:
    foreign = Identity.objects.get(user_id=stranger.actor.user_id)

    answers = [seller.client.delete(f"{IDENTITIES}{key}/") for key in (foreign.id, uuid.uuid4())]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert Identity.objects.filter(pk=foreign.pk).exists()


def hidden_number() -> str:
    return f"whatsapp:IN.{uuid.uuid4().hex}"


def test_who_hides_the_number_on_whatsapp_and_adds_the_phone_later_is_one_person(
    seller: Persona, staff_actor: Any, code_on: Code, drain: Callable[[], int]
) -> None:
    """The WhatsApp contact logs in by link and proves the phone that has a listing already."""
    listing = make_live_listing(seller.actor, staff_actor)
    address = hidden_number()
    contact = find_or_create_contact(kind=IdentityKind.BSUID, value=address, language="hi", verified_at=clock.now())
    services.record_consent(
        user_id=contact.user_id,
        purpose=Purpose.SERVICE,
        is_given=True,
        notice_version="2026-11",
        language="hi",
        channel=ConsentChannel.WHATSAPP,
        evidence="SM1",
        now=clock.now(),
    )
    tokens = open_session(user_id=contact.user_id, user_agent="link", now=clock.now())
    authorization = f"Bearer {tokens.access}"
    on_whatsapp = Persona(seller.phone, selectors.actor_of(user_id=contact.user_id), APIClient(), authorization)
    on_whatsapp.client.credentials(HTTP_AUTHORIZATION=authorization)

    response = add(on_whatsapp, code_on, "phone", str(seller.phone))

    assert response.status_code == 200, response.content
    assert {row["kind"] for row in response.json()["data"]} == {"bsuid", "phone"}
    own = on_whatsapp.client.get("/api/v1/listings/?mine=true").json()["data"]
    assert [row["id"] for row in own] == [str(listing.id)]
    absorbed = User.objects.get(pk=seller.actor.user_id)
    assert (absorbed.is_active, absorbed.merged_into_id) == (False, contact.user_id)
    assert seller.client.get("/api/v1/me/").status_code == 401
    assert selectors.ids_of(user_id=contact.user_id) == (contact.user_id, seller.actor.user_id)
    assert OutboxEvent.objects.filter(name="accounts.ContactsMerged").count() == 1
    assert on_whatsapp.client.get("/api/v1/notifications/").json()["data"][0]["kind"] == "accounts.contacts_merged"


def test_the_history_of_the_absorbed_one_is_kept(seller: Persona, stranger: Persona) -> None:
    services.record_consent(
        user_id=stranger.actor.user_id,
        purpose=Purpose.MARKETING,
        is_given=True,
        notice_version="2026-11",
        language="en",
        channel=ConsentChannel.API,
        evidence="request",
        now=clock.now(),
    )

    services.merge_contacts(survivor_id=seller.actor.user_id, absorbed_id=stranger.actor.user_id, now=clock.now())

    assert ConsentEntry.objects.get().user_id == stranger.actor.user_id
    assert selectors.has_consent(user_id=seller.actor.user_id, purpose=Purpose.MARKETING)
    assert Membership.objects.filter(user_id=seller.actor.user_id).count() == 2
    assert not Session.objects.filter(user_id=stranger.actor.user_id, ended_at__isnull=True).exists()


def test_in_an_organisation_of_both_the_stronger_role_holds(seller: Persona, stranger: Persona) -> None:
    shared = seller.organisation_id
    Membership.objects.filter(user_id=seller.actor.user_id).update(role=MemberRole.VIEWER)
    Membership.objects.create(user_id=stranger.actor.user_id, organisation_id=shared, role=MemberRole.ADMIN)

    services.merge_contacts(survivor_id=seller.actor.user_id, absorbed_id=stranger.actor.user_id, now=clock.now())

    assert Membership.objects.get(user_id=seller.actor.user_id, organisation_id=shared).role == MemberRole.ADMIN


def test_staff_are_not_merged(seller: Persona, db: None) -> None:
    staff = make_staff_user()

    with pytest.raises(CannotMerge):
        services.merge_contacts(survivor_id=seller.actor.user_id, absorbed_id=staff.pk, now=clock.now())

    assert User.objects.get(pk=staff.pk).is_active


def test_whatsapp_tells_phone_and_hidden_id_together_and_two_contacts_become_one(db: None) -> None:
    phone, hidden = f"whatsapp:{some_phone()}", hidden_number()
    by_id = find_or_create_contact(kind=IdentityKind.BSUID, value=hidden, language="hi", verified_at=clock.now())

    contact = services.recognise(
        addresses=[(IdentityKind.WHATSAPP, phone), (IdentityKind.BSUID, hidden)], language="en", now=clock.now()
    )

    assert User.objects.get(pk=by_id.user_id).merged_into_id == contact.user_id
    assert Identity.objects.filter(user_id=contact.user_id).count() == 2
    again = services.recognise(addresses=[(IdentityKind.BSUID, hidden)], language="en", now=clock.now())
    assert again.user_id == contact.user_id
