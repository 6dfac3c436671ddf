"""Advisor mandates: scoped, dated, accepted by the owner, cut at once."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import AdvisorMandate
from msmebazaar.core import clock
from msmebazaar.core.models import AuditEntry
from tests.conftest import Persona
from tests.factories import business_payload, listing_payload, make_business

URL = "/api/v1/advisor-mandates/"


@pytest.fixture
def advisor(stranger: Persona) -> Persona:
    changed = stranger.client.patch(
        f"/api/v1/organisations/{stranger.organisation_id}/",
        {"name": "Mehta Advisors", "roles": ["advisor"]},
        format="json",
    )
    assert changed.status_code == 200
    return stranger


def propose(
    advisor: Persona, owner: Persona, *, scopes: tuple[str, ...] = ("business", "listing"), **changes: Any
) -> Any:
    today = clock.today_in_india()
    content = {
        "organisation_id": str(advisor.organisation_id),
        "kind": "phone",
        "address": str(owner.phone),
        "scopes": list(scopes),
        "valid_from": today.isoformat(),
        "valid_until": (today + timedelta(days=90)).isoformat(),
        "tail_months": 6,
        **changes,
    }
    return advisor.client.post(URL, content, format="json")


def accepted(advisor: Persona, owner: Persona, **changes: Any) -> str:
    mandate = propose(advisor, owner, **changes).json()["data"]["id"]
    content = {"organisation_id": str(owner.organisation_id)}
    assert owner.client.post(f"{URL}{mandate}/accept/", content, format="json").status_code == 200
    return str(mandate)


def test_nothing_is_open_before_the_owner_accepts(advisor: Persona, seller: Persona) -> None:
    business = make_business(seller.actor)

    proposed = propose(advisor, seller)

    assert proposed.status_code == 201
    assert proposed.json()["data"]["state"] == "proposed"
    assert advisor.client.get(f"/api/v1/businesses/{business.id}/").status_code == 404
    assert (
        advisor.client.post(
            f"{URL}{proposed.json()['data']['id']}/accept/",
            {"organisation_id": str(advisor.organisation_id)},
            format="json",
        ).status_code
        == 404
    )


def test_an_advisor_acts_within_the_scopes_and_no_further(advisor: Persona, seller: Persona) -> None:
    business = make_business(seller.actor)
    accepted(advisor, seller, scopes=("business",))
    path = f"/api/v1/businesses/{business.id}/"

    assert advisor.client.get(path).status_code == 200
    assert advisor.client.put(path, business_payload(city="Pune"), format="json").status_code == 200
    listing = advisor.client.post(
        "/api/v1/listings/", {"business_id": str(business.id), **listing_payload()}, format="json"
    )
    assert listing.status_code == 403
    assert advisor.client.get(f"/api/v1/organisations/{seller.organisation_id}/").status_code == 404
    assert AuditEntry.objects.filter(action="msme.business_updated", actor_id=advisor.actor.user_id).count() == 1


def test_ending_cuts_access_in_the_next_request(advisor: Persona, seller: Persona) -> None:
    business = make_business(seller.actor)
    mandate = accepted(advisor, seller)
    assert advisor.client.get(f"/api/v1/businesses/{business.id}/").status_code == 200

    ended = seller.client.post(f"{URL}{mandate}/end/")

    assert ended.json()["data"]["state"] == "ended"
    assert advisor.client.get(f"/api/v1/businesses/{business.id}/").status_code == 404
    assert advisor.client.get("/api/v1/notifications/").json()["data"][0]["kind"] == "accounts.advisor_mandate_ended"
    row = AdvisorMandate.objects.get()
    assert (row.ended_by_id, row.tail_months) == (seller.actor.user_id, 6)


def test_a_mandate_holds_between_its_dates(advisor: Persona, seller: Persona) -> None:
    business = make_business(seller.actor)
    accepted(advisor, seller)

    from accounts import selectors

    def sees(days: int) -> bool:
        with time_machine.travel(clock.now() + timedelta(days=days)):
            return business.organisation_id in selectors.actor_of(user_id=advisor.actor.user_id).delegated

    assert [sees(days) for days in (-2, 0, 90, 92)] == [False, True, True, False]


def test_only_an_organisation_of_advisors_proposes(stranger: Persona, seller: Persona) -> None:
    assert propose(stranger, seller).json()["error"]["code"] == "accounts.role_missing"
    assert not AdvisorMandate.objects.exists()


@pytest.mark.parametrize(("until", "code"), [(-1, "order"), (800, "too_long")])
def test_dates_must_make_sense(advisor: Persona, seller: Persona, until: int, code: str) -> None:
    valid_until = (clock.today_in_india() + timedelta(days=until)).isoformat()

    assert propose(advisor, seller, valid_until=valid_until).json()["error"]["errors"][0]["code"] == code


def test_the_owner_may_decline_and_it_is_closed(advisor: Persona, seller: Persona) -> None:
    mandate = propose(advisor, seller).json()["data"]["id"]

    assert seller.client.post(f"{URL}{mandate}/decline/").json()["data"]["state"] == "declined"
    again = seller.client.post(f"{URL}{mandate}/decline/")
    assert again.json()["error"]["code"] == "accounts.advisor_mandate_closed"


def test_outsiders_see_no_mandate(advisor: Persona, seller: Persona, buyer: Persona) -> None:
    mandate = accepted(advisor, seller)

    assert buyer.client.get(URL).json()["data"] == []
    for path in ("", "end/"):
        method = buyer.client.get if path == "" else buyer.client.post
        assert method(f"{URL}{mandate}/{path}").status_code == 404
    assert AdvisorMandate.objects.get().state == "accepted"
