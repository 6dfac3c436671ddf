"""Four eyes, colleagues, people as staff see them, looking with somebody's eyes, merges of people, tasks."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from accounts import selectors as people
from accounts import services as accounts
from accounts.exceptions import MergeGone, ProposalClosed, ProposalOpen, SameColleague
from accounts.models import DataExport, Identity, Membership, Notification, Proposal, StaffProfile, User
from accounts.services import Duties
from accounts.types import IdentityKind, ProposalKind
from adminpanel import services
from adminpanel.models import Task
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor, Duty
from msmebazaar.core.exceptions import Forbidden
from msmebazaar.core.models import AuditEntry
from tests.conftest import Persona, some_network
from tests.factories import STAFF_PASSWORD, make_business, make_colleague, make_staff_user, sign_in

Drain = Callable[[], int]


@pytest.fixture
def one(reference_data: None) -> Actor:
    return make_colleague(Duty.STAFFING, Duty.PRIVACY, Duty.REVIEW, Duty.CHAT)


@pytest.fixture
def other(reference_data: None) -> Actor:
    return make_colleague(Duty.STAFFING, Duty.PRIVACY)


def test_duties_need_two_colleagues(one: Actor, other: Actor) -> None:
    user_id, password = accounts.hire(actor=one, username="newcomer")
    assert len(password) >= 12
    assert people.actor_of(user_id=user_id).duties == frozenset()

    wanted = Duties(["review", "nonsense"], ["KA", "XX"], ["hi"])
    proposal = accounts.propose_duties(actor=one, user_id=user_id, wanted=wanted, reason="Joins the Bengaluru team")
    with pytest.raises(ProposalOpen):
        accounts.propose_duties(actor=one, user_id=user_id, wanted=wanted, reason="Again")
    with pytest.raises(SameColleague):
        accounts.decide_proposal(actor=one, proposal_id=proposal.id, approve=True, now=clock.now())
    assert people.actor_of(user_id=user_id).duties == frozenset()
    accounts.decide_proposal(actor=other, proposal_id=proposal.id, approve=True, now=clock.now())

    actor = people.actor_of(user_id=user_id)
    assert [set(each) for each in (actor.duties, actor.regions, actor.languages)] == [{"review"}, {"KA"}, {"hi"}]
    with pytest.raises(ProposalClosed):
        accounts.decide_proposal(actor=other, proposal_id=proposal.id, approve=False, now=clock.now())


@pytest.mark.django_db
def test_the_database_itself_wants_a_second_person(one: Actor, seller: Persona) -> None:
    proposal = accounts.propose_for_person(
        actor=one, kind=ProposalKind.EXPORT, user_id=seller.actor.user_id, reason="By letter"
    )

    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        Proposal.objects.filter(pk=proposal.id).update(
            state="approved", decided_by_id=one.user_id, decided_at=clock.now()
        )


@pytest.mark.parametrize("approve", [True, False])
def test_an_erasure_for_somebody_needs_two(one: Actor, other: Actor, seller: Persona, approve: bool) -> None:
    proposal = accounts.propose_for_person(
        actor=one, kind=ProposalKind.ERASURE, user_id=seller.actor.user_id, reason="Asked by letter"
    )
    assert User.objects.get(pk=seller.actor.user_id).is_active

    accounts.decide_proposal(actor=other, proposal_id=proposal.id, approve=approve, now=clock.now())

    gone = User.objects.get(pk=seller.actor.user_id)
    assert (gone.erased_at is not None) is approve
    assert Identity.objects.filter(user=gone).exists() is not approve


def test_a_copy_for_somebody_is_made_after_the_second_colleague(
    one: Actor, other: Actor, seller: Persona, drain: Drain
) -> None:
    proposal = accounts.propose_for_person(
        actor=one, kind=ProposalKind.EXPORT, user_id=seller.actor.user_id, reason="Cannot use the app"
    )
    assert not DataExport.objects.exists()
    accounts.decide_proposal(actor=other, proposal_id=proposal.id, approve=True, now=clock.now())
    drain()

    assert DataExport.objects.get().state == "ready"


@pytest.mark.parametrize("duty", [Duty.REVIEW, Duty.CHAT, Duty.REPORTS])
def test_no_other_duty_can_propose_or_hire(duty: Duty, seller: Persona) -> None:
    actor = make_colleague(duty)

    with pytest.raises(Forbidden):
        accounts.hire(actor=actor, username="somebody")
    with pytest.raises(Forbidden):
        accounts.propose_for_person(
            actor=actor, kind=ProposalKind.ERASURE, user_id=seller.actor.user_id, reason="Why not"
        )
    assert not Proposal.objects.exists()
    assert not User.objects.filter(username="somebody").exists()


class TestLooking:
    def test_a_colleague_sees_what_a_person_sees_and_can_change_nothing(self, one: Actor, seller: Persona) -> None:
        make_business(seller.actor, legal_name="Asha Valves Private Limited")
        _, token = accounts.look_with_eyes_of(
            actor=one, user_id=seller.actor.user_id, reason="She sees no listing", now=clock.now()
        )
        seller.client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")

        seen = seller.client.get("/api/v1/businesses/").json()["data"]
        refused = seller.client.patch("/api/v1/me/", {"full_name": "Other"}, format="json")
        revealed = seller.client.get("/api/v1/me/?reveal=true")

        assert [row["legal_name"] for row in seen] == ["Asha Valves Private Limited"]
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "accounts.looking_only")
        assert revealed.status_code == 403
        looks = AuditEntry.objects.filter(action="accounts.seen_through")
        assert [(row.actor_id, row.facts["path"]) for row in looks] == [(one.user_id, "/api/v1/businesses/")]

    def test_it_ends_after_half_an_hour_or_at_once(self, one: Actor, seller: Persona) -> None:
        session_id, token = accounts.look_with_eyes_of(
            actor=one, user_id=seller.actor.user_id, reason="To help her", now=clock.now()
        )
        mine = seller.client.get("/api/v1/auth/sessions/").json()["data"]
        seller.client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        assert seller.client.get("/api/v1/me/").status_code == 200
        assert any("MSMEBazaar staff" in str(row) for row in mine)

        accounts.end_look(actor=one, session_id=session_id, now=clock.now())
        assert seller.client.get("/api/v1/me/").status_code == 401

    def test_it_needs_a_reason_a_fresh_factor_and_shows_a_banner(self, seller: Persona) -> None:
        browser = Client(REMOTE_ADDR=some_network())
        sign_in(browser, duties=[Duty.CHAT])
        make_business(seller.actor, legal_name="Asha Valves Private Limited")
        person = f"/admin/people/{seller.actor.user_id}/"
        with time_machine.travel(clock.now() + timedelta(minutes=6)):
            stopped = browser.post(f"{person}act/", {"act": "look", "reason": "She sees no listing"})
            assert stopped["Location"].startswith("/staff/reauthenticate/")
            browser.post("/staff/reauthenticate/", {"password": STAFF_PASSWORD})
            without = browser.post(f"{person}act/", {"act": "look", "reason": ""}, follow=True)
            led = browser.post(f"{person}act/", {"act": "look", "reason": "She sees no listing"}, follow=True)
            ended = browser.post(f"{person}eyes/end/", follow=True)

            assert "Give a reason" in without.content.decode()
            assert "You see what" in led.content.decode()
            assert "Asha Valves Private Limited" in led.content.decode()
            assert "The look has ended" in ended.content.decode()
            assert browser.get(f"{person}eyes/")["Location"] == person


class TestPeople:
    def test_a_person_is_found_by_full_address_only_and_shown_masked(self, one: Actor, seller: Persona) -> None:
        phone = str(seller.phone)

        assert [row.user_id for row in people.search_people(actor=one, text=phone)] == [seller.actor.user_id]
        assert people.search_people(actor=one, text=phone[:8]) == []
        shown = people.get_person(actor=one, user_id=seller.actor.user_id)
        assert phone not in str(shown)
        assert phone[-3:] in shown.identities[0].value

    def test_the_timeline_has_what_they_did_in_every_app(
        self, seller: Persona, one: Actor, drain: Drain, fresh_market_data: None
    ) -> None:
        from tests.factories import add_full_figures, make_listing, mandate_payload

        business = make_business(seller.actor)
        add_full_figures(seller.actor, business)
        make_listing(seller.actor, business)
        seller.client.post("/api/v1/valuations/", {"business_id": str(business.id)}, format="json")
        seller.client.post("/api/v1/mandates/", mandate_payload(name="Looking"), format="json")
        browser = Client(REMOTE_ADDR=some_network())
        sign_in(browser)

        page = browser.get(f"/admin/people/{seller.actor.user_id}/").content.decode()

        for words in (
            "Address added: Phone",
            f"Registered: {business.legal_name}",
            "Listing:",
            "Valuation:",
            "Mandate:",
        ):
            assert words in page, words
        assert AuditEntry.objects.filter(action="accounts.revealed", subject_id=seller.actor.user_id).count() == 1

    def test_two_contacts_are_merged_and_become_two_again(
        self, one: Actor, seller: Persona, buyer: Persona, drain: Drain
    ) -> None:
        accounts.attach_identity(
            user_id=buyer.actor.user_id, kind=IdentityKind.EMAIL, value="b@example.in", now=clock.now()
        )
        before = list(Identity.objects.filter(user_id=buyer.actor.user_id).values_list("id", flat=True))
        merge = accounts.merge_people(
            actor=one, survivor_id=seller.actor.user_id, absorbed_id=buyer.actor.user_id, now=clock.now()
        )
        drain()
        assert Identity.objects.filter(user_id=seller.actor.user_id).count() == 3
        assert buyer.organisation_id in people.actor_of(user_id=seller.actor.user_id).organisation_ids

        accounts.undo_contact_merge(actor=one, merge_id=merge.id, now=clock.now())
        drain()

        assert set(Identity.objects.filter(user_id=buyer.actor.user_id).values_list("id", flat=True)) == set(before)
        assert User.objects.get(pk=buyer.actor.user_id).is_active
        assert Membership.objects.filter(user_id=seller.actor.user_id).count() == 1
        assert people.actor_of(user_id=buyer.actor.user_id).organisation_ids == {buyer.organisation_id}
        with pytest.raises(MergeGone):
            accounts.undo_contact_merge(actor=one, merge_id=merge.id, now=clock.now())


class TestTasks:
    def test_a_task_is_reminded_of_once_and_closed_by_its_owner(
        self, one: Actor, other: Actor, seller: Persona
    ) -> None:
        task = services.make_task(
            actor=one,
            person_id=seller.actor.user_id,
            text="Call about the balance sheet",
            due_at=clock.now() + timedelta(hours=1),
            owner_id=other.user_id,
        )
        assert services.remind(now=clock.now()) == 0
        later = clock.now() + timedelta(hours=2)
        assert (services.remind(now=later), services.remind(now=later)) == (1, 0)

        assert Notification.objects.filter(user_id=other.user_id, kind="adminpanel.task_due").count() == 1
        services.close_task(actor=other, task_id=task.id, is_done=True, now=later)
        assert Task.objects.get().state == "done"

    def test_it_goes_with_the_person(self, one: Actor, seller: Persona) -> None:
        services.make_task(actor=one, person_id=seller.actor.user_id, text="Call", due_at=clock.now())
        held = seller.client.get("/api/v1/me/data-summary/").json()["data"]["holdings"]
        accounts.erase_me(actor=seller.actor, now=clock.now())

        assert {"table": "adminpanel.task", "rows": 1} in held
        assert not Task.objects.exists()


def test_hiring_shows_the_password_once(reference_data: None) -> None:
    browser = Client(REMOTE_ADDR=some_network())
    sign_in(browser, duties=[Duty.STAFFING])
    assert browser.post("/admin/colleagues/new/", {"username": "fresh.colleague"})["Location"].startswith("/staff/")
    browser.post("/staff/reauthenticate/", {"password": STAFF_PASSWORD})

    page = browser.post("/admin/colleagues/new/", {"username": "fresh.colleague"}).content.decode()

    newcomer = User.objects.get(username="fresh.colleague")
    assert "Told once" in page
    assert newcomer.is_staff and not newcomer.is_superuser
    assert not StaffProfile.objects.filter(user=newcomer).exists()


def test_a_token_for_the_api_carries_the_colleagues_duties(reference_data: None) -> None:
    browser = Client(REMOTE_ADDR=some_network())
    sign_in(browser, duties=[Duty.REPORTS])
    browser.post("/staff/reauthenticate/", {"password": STAFF_PASSWORD})
    page = browser.post("/admin/token/").content.decode()
    access = page.split('<dt>access</dt><dd class="code">')[1].split("<")[0]
    api = Client(HTTP_AUTHORIZATION=f"Bearer {access}")

    assert api.get("/api/v1/admin/statistics/").status_code == 200
    assert [row["name"] for row in api.get("/api/v1/admin/queues/").json()["data"]] == []
    assert api.get("/api/v1/admin/actions/").status_code == 403
    assert make_staff_user().is_superuser
