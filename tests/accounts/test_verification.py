"""Badges and the tiers behind them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts import selectors, services
from accounts.models import Badge, VerificationRequest
from accounts.types import Tier
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor
from msmebazaar.core.exceptions import Forbidden
from msmebazaar.core.models import AuditEntry
from tests.conftest import Persona
from tests.factories import make_business

DAY = timedelta(days=1)


def url(persona: Persona, path: str) -> str:
    return f"/api/v1/organisations/{persona.organisation_id}/{path}/"


def ask(persona: Persona, tier: int = 2) -> Any:
    content = {"tier": tier, "statement": "Audited accounts of three years, with our CA."}
    return persona.client.post(url(persona, "verification-requests"), content, format="json")


def tiers_of(persona: Persona, now: datetime) -> list[int]:
    found = selectors.live_tiers(organisation_ids=list(persona.actor.organisation_ids), now=now)
    return next(iter(found.values()), [])


def test_a_proven_phone_is_t0_and_consistent_identifiers_are_t1(seller: Persona) -> None:
    assert tiers_of(seller, clock.now()) == [0]

    business = make_business(seller.actor)

    assert tiers_of(seller, clock.now()) == [0, 1]
    rows = {row["tier"]: row for row in seller.client.get(url(seller, "badges")).json()["data"]}
    assert rows[1]["evidence"]["business_id"] == str(business.id)
    assert "gstin_check_digit" in rows[1]["evidence"]["checks"]
    assert rows[0]["expires_at"] > rows[0]["granted_at"]


def test_staff_grant_t2_with_what_they_saw(seller: Persona, staff_actor: Actor) -> None:
    request_id = ask(seller).json()["data"]["id"]

    services.approve_verification(
        actor=staff_actor, request_id=request_id, evidence="Balance sheets 2023-25, signed", now=clock.now()
    )

    badge = Badge.objects.get(tier=Tier.T2_DOCUMENTS)
    assert (badge.reviewer_id, badge.evidence["seen"]) == (staff_actor.user_id, "Balance sheets 2023-25, signed")
    told = seller.client.get("/api/v1/notifications/").json()["data"][0]
    assert told["kind"] == "accounts.badge_granted"
    assert "T2" in told["body"]


def test_what_is_rejected_is_said_with_the_reason(seller: Persona, staff_actor: Actor) -> None:
    request_id = ask(seller, 3).json()["data"]["id"]

    services.reject_verification(
        actor=staff_actor, request_id=request_id, reason="The statement is older than 90 days.", now=clock.now()
    )

    row = seller.client.get(url(seller, "verification-requests")).json()["data"][0]
    assert (row["state"], row["reason"]) == ("rejected", "The statement is older than 90 days.")
    assert tiers_of(seller, clock.now()) == [0]
    assert ask(seller, 3).status_code == 201


def test_one_request_at_a_time(seller: Persona) -> None:
    assert [ask(seller).status_code, ask(seller).status_code] == [201, 409]
    assert VerificationRequest.objects.count() == 1


@pytest.mark.parametrize("tier", [0, 1, 4])
def test_tiers_that_a_check_grants_cannot_be_asked_for(seller: Persona, tier: int) -> None:
    assert ask(seller, tier).status_code == 400


def test_only_staff_decide(seller: Persona, stranger: Persona) -> None:
    request_id = ask(seller).json()["data"]["id"]

    for persona in (seller, stranger):
        with pytest.raises(Forbidden):
            services.approve_verification(actor=persona.actor, request_id=request_id, evidence="x", now=clock.now())

    assert tiers_of(seller, clock.now()) == [0]


def test_the_job_drops_what_has_expired_once_and_tells(seller: Persona, staff_actor: Actor) -> None:
    granted = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
    services.grant_badge(
        organisation_id=seller.organisation_id,
        tier=Tier.T3_FUNDS,
        evidence={"seen": "bank letter"},
        reviewer_id=staff_actor.user_id,
        now=granted,
    )
    assert 3 in tiers_of(seller, granted + 89 * DAY)
    assert 3 not in tiers_of(seller, granted + 90 * DAY)

    counts = [services.expire_badges(now=granted + days * DAY) for days in (89, 90, 91)]

    assert counts == [0, 1, 0]
    badge = Badge.objects.get(tier=Tier.T3_FUNDS)
    assert (badge.ended_at, badge.ended_because) == (granted + 90 * DAY, "expired")
    assert AuditEntry.objects.filter(action="accounts.badge_ended").count() == 1
    assert seller.client.get("/api/v1/notifications/").json()["data"][0]["kind"] == "accounts.badge_expired"


def test_granting_again_renews(seller: Persona) -> None:
    make_business(seller.actor)
    make_business(seller.actor)

    assert Badge.objects.filter(tier=Tier.T1_IDENTIFIERS).count() == 1
