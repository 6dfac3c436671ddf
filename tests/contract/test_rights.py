"""The walk over all rights: every operation of the OpenAPI document, called by everybody who must not."""

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import yaml
from django.conf import settings as django_settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from rest_framework.test import APIClient

from accounts import holders, services
from accounts.models import Identity, Membership, Notification, Session, User
from accounts.selectors.privacy import subject_of
from accounts.services import AdvisorMandateInput, open_session
from accounts.types import IdentityKind, MemberRole
from matching import services as matching
from matching.models import Introduction, Message, NdaSignature
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor
from tests.conftest import Persona, some_network, some_phone
from tests.contract.operations import OPERATIONS, Operation, Reach, World, sheet_of_figures
from tests.factories import (
    add_full_figures,
    loan_product_payload,
    make_business,
    make_live_listing,
    mandate_payload,
)

Drain = Callable[[], int]
SAID_OPENLY = ("fiscal_year", "queue", "measure")
METHODS = ("get", "post", "put", "patch", "delete")


def operations_of_the_document() -> Iterator[tuple[str, str, str]]:
    document = yaml.safe_load((django_settings.BASE_DIR / "docs" / "openapi.yaml").read_text())
    for path, operations in document["paths"].items():
        for method in METHODS:
            if method in operations:
                yield operations[method]["operationId"], method, path


OF_THE_DOCUMENT = list(operations_of_the_document())


pytestmark = pytest.mark.usefixtures("fresh_market_data")


@pytest.fixture
def owner(seller: Persona) -> Persona:
    return seller


@pytest.fixture
def world(owner: Persona, staff_actor: Actor, drain: Drain, make_persona: Callable[[], Persona]) -> World:
    """One of everything an owner can have, by the names that addresses and bodies use."""
    services.update_organisation(
        actor=owner.actor,
        organisation_id=owner.organisation_id,
        name="Canary Holdings",
        roles=["owner", "buyer", "advisor", "lender"],
    )
    business = make_business(owner.actor, legal_name="Canary Works Private Limited", city="Canarypur")
    add_full_figures(owner.actor, business)
    listing = make_live_listing(owner.actor, staff_actor, business)
    api = owner.client

    def made(path: str, content: dict[str, Any] | None, method: str = "post") -> Any:
        answer = getattr(api, method)(f"/api/v1/{path}", content, format="json")
        assert answer.status_code < 300, (path, answer.content)
        return answer.json()["data"]

    valuation = made("valuations/", {"business_id": str(business.id)})
    mandate = made("mandates/", mandate_payload(name="Canary mandate"))
    search = made("saved-searches/", {"name": "Canary search", "query": {"state": ["GJ"]}})
    document = made(
        f"businesses/{business.id}/documents/",
        {"kind": "accounts", "name": "Balance sheet", "content_type": "application/pdf", "size": 100},
    )["document"]
    run = api.post(f"/api/v1/businesses/{business.id}/imports/", {"file": sheet_of_figures()}, format="multipart")
    export = made("me/exports/", None)
    request = made("me/data-requests/", {"kind": "grievance", "text": "Canary grievance"})
    made("me/nominee/", {"full_name": "Canary Nominee", "phone": "9812345678", "relation": "son"}, "put")
    of_organisation = f"organisations/{owner.organisation_id}/"
    invitation = made(f"{of_organisation}invitations/", {"kind": "phone", "address": str(some_phone())})
    made(f"{of_organisation}verification-requests/", {"tier": 3, "statement": "Canary statement"})
    address = str(some_phone())
    proposed = services.propose_advisor_mandate(
        actor=owner.actor,
        organisation_id=owner.organisation_id,
        given=AdvisorMandateInput(
            kind=IdentityKind.PHONE,
            address=address,
            scopes=["listing"],
            valid_from=clock.today_in_india(),
            valid_until=clock.today_in_india() + timedelta(days=30),
        ),
        now=clock.now(),
    )
    drain()
    introduction_id, letter_id = introduced(make_persona(), owner, str(listing.id), drain)
    product = made("loan-products/", loan_product_payload(name="Canary loan"))
    share = made(f"valuations/{valuation['id']}/shares/", {"label": "Canary banker"})
    user_id = owner.actor.user_id
    return {
        "organisation_id": str(owner.organisation_id),
        "user_id": str(user_id),
        "business_id": str(business.id),
        "listing_id": str(listing.id),
        "valuation_id": valuation["id"],
        "share_id": share["id"],
        "introduction_id": introduction_id,
        "letter_id": letter_id,
        "product_id": product["id"],
        "mandate_id": mandate["id"],
        "advisor_mandate_id": str(proposed.id),
        "export_id": export["id"],
        "run_id": run.json()["data"]["id"],
        "document_id": document["id"],
        "search_id": search["id"],
        "request_id": request["id"],
        "invitation_id": invitation["id"],
        "notification_id": str(Notification.objects.filter(user_id=user_id)[0].id),
        "session_id": str(Session.objects.filter(user_id=user_id)[0].id),
        "identity_id": str(Identity.objects.filter(user_id=user_id)[0].id),
        "fiscal_year": "2024-25",
        "message_id": str(Message.objects.get(introduction_id=introduction_id).id),
        "queue": "listings",
        "measure": "valuations",
        "item_id": str(listing.id),
        **{name: str(uuid.uuid4()) for name in ("decision_id", "view_id", "sheet_id")},
    }


def introduced(seeker: Persona, owner: Persona, listing_id: str, drain: Drain) -> tuple[str, str]:
    """An introduction to the owner's listing as far as a letter of intent, with a word from both sides."""

    def made(persona: Persona, path: str, content: dict[str, Any]) -> Any:
        answer = persona.client.post(f"/api/v1/{path}", content, format="json")
        assert answer.status_code < 300, (path, answer.content)
        return answer.json()["data"]

    mandate = made(seeker, "mandates/", mandate_payload())
    content = {"mandate_id": mandate["id"], "listing_id": listing_id, "note": "Canary note"}
    introduction = made(seeker, "introductions/", content)
    introduction_id = str(introduction["id"])
    made(owner, f"introductions/{introduction_id}/messages/", {"text": "Canary message"})
    made(owner, f"introductions/{introduction_id}/approve/", {})
    row = Introduction.objects.get(pk=introduction_id)
    text = matching.text_for(row, "en")
    NdaSignature.objects.create(
        introduction=row,
        nda_text=text,
        user_id=seeker.actor.user_id,
        signer="Canary signer",
        sha256=text.sha256,
        challenge_id=row.id,
        network="192.0.2.7",
        signed_at=clock.now(),
    )
    letter = made(
        seeker,
        f"introductions/{introduction_id}/letters/",
        {"price_inr": "30 crore", "valid_until": "2099-01-01", "conditions": "Canary conditions"},
    )
    drain()
    return introduction_id, str(letter["id"])


@pytest.fixture
def others(
    owner: Persona, make_persona: Callable[[], Persona], staff_actor: Actor, drain: Drain
) -> dict[str, APIClient]:
    """Everybody who has no business here."""
    stranger, other_organisation, suspended = make_persona(), make_persona(), make_persona()
    services.create_organisation(actor=other_organisation.actor, name="Another Group", roles=["owner", "buyer"])
    make_business(other_organisation.actor)
    # The suspended one was a member of the owner's organisation.
    Membership.objects.create(
        user_id=suspended.actor.user_id, organisation_id=owner.organisation_id, role=MemberRole.ADMIN
    )
    User.objects.filter(pk=suspended.actor.user_id).update(is_active=False)
    staff = APIClient(REMOTE_ADDR=some_network())
    tokens = open_session(user_id=staff_actor.user_id, user_agent="staff", now=clock.now())
    staff.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.access}")
    return {
        "anonymous": APIClient(REMOTE_ADDR=some_network()),
        "stranger": stranger.client,
        "other organisation": other_organisation.client,
        "suspended": suspended.client,
        "staff": staff,
    }


def address_of(path: str, world: World) -> str:
    """The document's path with the world's ids. A mandate's id is an advisor's one where the path says so."""
    ids = {**world, "mandate_id": world["advisor_mandate_id"]} if "advisor-mandates" in path else world
    return path.format(**ids)


def nowhere(world: World) -> World:
    """The same names with ids that nobody has."""
    kept = {name: world[name] for name in SAID_OPENLY}
    return {**{name: str(uuid.uuid4()) for name in world}, **kept}


def call(client: APIClient, method: str, path: str, world: World, operation: Operation) -> Any:
    body = operation.body(world) if operation.body else None
    form = None if method == "get" else "multipart" if operation.is_form else "json"
    return getattr(client, method)(address_of(path, world), body, format=form)


def anonymised(response: Any) -> Any:
    """An answer without what names this very request."""
    content = response.json()
    return {**content, "request_id": "", "error": {**content["error"], "instance": ""}}


def everything_of(owner: Persona) -> str:
    """All that is held about the owner, to see whether a refused call changed any of it."""
    held = holders.collect(subject_of(user_id=owner.actor.user_id))
    return json.dumps(held, cls=DjangoJSONEncoder, sort_keys=True)


def canaries(owner: Persona, world: World) -> list[str]:
    """What must be in nobody else's answer: names, phone, GSTIN and PAN, ids of what is not public."""
    from msme.models import Business

    business = Business.objects.get(pk=world["business_id"])
    hidden = [value for name, value in world.items() if name not in ("listing_id", "item_id", *SAID_OPENLY)]
    return ["Canary", str(owner.phone)[3:], business.gstin or "", business.pan or "", *hidden]


def test_the_table_names_every_operation_and_no_other() -> None:
    named = {operation for operation, _method, _path in OF_THE_DOCUMENT}

    assert set(OPERATIONS) == named, "tests/contract/operations.py"


@pytest.mark.long
def test_nobody_reaches_what_is_not_theirs(
    owner: Persona, world: World, others: dict[str, APIClient], record_property: Callable[[str, object], None]
) -> None:
    before, secrets_of_owner = everything_of(owner), canaries(owner, world)
    leaks, requests = [], 0
    for name, method, path in OF_THE_DOCUMENT:
        operation = OPERATIONS[name]
        for who, client in others.items():
            with transaction.atomic():
                response = call(client, method, path, world, operation)
                requests += 1
                fault = fault_of(response, who, operation, client, method, path, world, secrets_of_owner)
                if fault:
                    leaks.append(f"{name} by {who}: {fault}")
                if operation.reach is Reach.OBJECT and everything_of(owner) != before:
                    leaks.append(f"{name} by {who}: changed the owner's data")
                transaction.set_rollback(True)

    record_property("requests", requests)
    assert leaks == []
    assert requests == len(OF_THE_DOCUMENT) * len(others) >= 400
    assert everything_of(owner) == before


def fault_of(
    response: Any,
    who: str,
    operation: Operation,
    client: APIClient,
    method: str,
    path: str,
    world: World,
    secrets_of_owner: list[str],
) -> str:
    """What is wrong with an answer, or ""."""
    text = response.content.decode()
    if operation.reach is Reach.STAFF:
        return _fault_of_staff(response, who, text, secrets_of_owner)
    found = [canary for canary in secrets_of_owner if canary and canary in text.replace(path_of(response), "")]
    if found:
        return f"told {found}"
    if operation.reach is Reach.OPEN:
        return "" if response.status_code < 500 else f"answered {response.status_code}"
    if operation.reach is Reach.PUBLIC and who == "anonymous":
        return "" if response.status_code < 500 else f"answered {response.status_code}"
    if who in ("anonymous", "suspended"):
        return "" if response.status_code == 401 else f"answered {response.status_code}"
    if operation.reach is not Reach.OBJECT:
        return "" if response.status_code < 500 or response.status_code == 503 else f"answered {response.status_code}"
    if response.status_code != 404:
        return f"answered {response.status_code}: {text[:200]}"
    missing = call(client, method, path, nowhere(world), operation)
    if anonymised(response) != anonymised(missing):
        return "a foreign id is told apart from a missing one"
    return ""


def _fault_of_staff(response: Any, who: str, text: str, secrets_of_owner: list[str]) -> str:
    """Colleagues see what their duties open; nobody else learns whether there is anything."""
    if who == "staff":
        return "" if response.status_code < 500 else f"answered {response.status_code}"
    wanted = 401 if who in ("anonymous", "suspended") else 403
    told = [canary for canary in secrets_of_owner if canary and canary in text.replace(path_of(response), "")]
    return "" if response.status_code == wanted and not told else f"answered {response.status_code}, told {told}"


def path_of(response: Any) -> str:
    """An error names the address that was asked for; that tells nothing new."""
    return str(response.wsgi_request.path)


def test_the_walk_would_notice_a_leak(owner: Persona, world: World) -> None:
    """The owner's own answers hold what the walk looks for."""
    secrets_of_owner = canaries(owner, world)

    response = owner.client.get(f"/api/v1/businesses/{world['business_id']}/?reveal=true")

    text = response.content.decode()
    assert sum(canary in text for canary in secrets_of_owner) >= 5
