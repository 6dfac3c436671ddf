"""Queues: who has what, what comes next, many at once after a preview, taking back."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import Notification, StaffProfile
from adminpanel import services
from adminpanel.acts import ACTS, Given
from adminpanel.exceptions import ActUnknown, ItemClaimed, ItemGone, NotYours, QueueNotFound, UndoTooLate
from adminpanel.models import Claim, Decision
from msme import services as msme
from msme.exceptions import IllegalMove
from msme.models import Document, Listing
from msmebazaar.core import clock, staff
from msmebazaar.core.actor import Actor, Duty
from msmebazaar.core.models import Delivery
from msmebazaar.core.outbox.models import OutboxEvent
from tests.at_once import at_once
from tests.conftest import Persona, some_network
from tests.factories import make_business, make_colleague, make_listing, sign_in

Drain = Callable[[], int]


@pytest.fixture
def waiting(seller: Persona) -> list[Listing]:
    """Five listings, the first waiting longest."""
    business = None
    found = []
    for number in range(5):
        listing = make_listing(seller.actor, business, title=f"Maker of parts, lot {number}")
        business = listing.business
        at = clock.now() - timedelta(hours=10 - number)
        found.append(msme.submit_listing(actor=seller.actor, listing_id=listing.id, now=at))
    return found


@pytest.fixture
def first(reference_data: None) -> Actor:
    return make_colleague(Duty.REVIEW)


@pytest.fixture
def second(reference_data: None) -> Actor:
    return make_colleague(Duty.REVIEW)


def approve(actor: Actor, listing: Listing) -> Decision:
    return services.decide(
        actor=actor, queue="listings", item_id=listing.id, act="approve", given=Given(), now=clock.now()
    )


def test_every_queue_has_acts_and_a_detail_page_or_a_page_of_its_own() -> None:
    from adminpanel.pages.work import DETAILS

    for queue in staff.queues():
        assert queue.page or (queue.name in ACTS and queue.name in DETAILS), queue.name


def test_what_is_open_with_a_colleague_is_theirs_for_a_quarter_of_an_hour(
    waiting: list[Listing], first: Actor, second: Actor
) -> None:
    services.claim(actor=first, queue="listings", item_id=waiting[0].id, now=clock.now())

    with pytest.raises(ItemClaimed, match="reviewer-"):
        services.claim(actor=second, queue="listings", item_id=waiting[0].id, now=clock.now())
    with pytest.raises(ItemClaimed):
        approve(second, waiting[0])
    waiting[0].refresh_from_db()
    assert waiting[0].status == "submitted"

    later = clock.now() + timedelta(minutes=16)
    services.claim(actor=second, queue="listings", item_id=waiting[0].id, now=later)
    assert Claim.objects.get().claimed_by_id == second.user_id


def test_what_is_left_to_others_can_be_taken_at_once(waiting: list[Listing], first: Actor, second: Actor) -> None:
    services.claim(actor=first, queue="listings", item_id=waiting[0].id, now=clock.now())
    services.release(actor=first, queue="listings", item_id=waiting[0].id)

    assert services.claim(actor=second, queue="listings", item_id=waiting[0].id, now=clock.now()).id == waiting[0].id


def test_the_next_one_is_the_longest_waiting_that_nobody_has(
    waiting: list[Listing], first: Actor, second: Actor
) -> None:
    services.claim(actor=first, queue="listings", item_id=waiting[0].id, now=clock.now())

    assert services.next_item(actor=second, queue="listings", now=clock.now()) == waiting[1].id
    assert services.next_item(actor=first, queue="listings", now=clock.now()) == waiting[0].id


def test_work_is_given_by_state_language_and_load(waiting: list[Listing], first: Actor, second: Actor) -> None:
    StaffProfile.objects.filter(user_id=second.user_id).update(regions=["GJ"])  # the listings are in Maharashtra
    third = make_colleague(Duty.REVIEW, regions=["MH", "KA"])

    assert services.assign_waiting(now=clock.now()) == 5

    given = list(Claim.objects.values_list("assigned_to_id", flat=True))
    assert sorted([given.count(first.user_id), given.count(third.user_id)]) == [2, 3]
    assert second.user_id not in given
    assert services.assign_waiting(now=clock.now()) == 0
    mine = services.next_item(actor=third, queue="listings", now=clock.now())
    assert mine is not None
    assert Claim.objects.get(item_id=mine).assigned_to_id == third.user_id


def test_whoever_is_away_gets_nothing_and_what_is_decided_is_forgotten(waiting: list[Listing], first: Actor) -> None:
    services.assign_waiting(now=clock.now())
    msme.approve_listing(actor=first, listing_id=waiting[0].id, now=clock.now())
    StaffProfile.objects.update(is_away=True)

    services.assign_waiting(now=clock.now())

    assert set(Claim.objects.values_list("item_id", flat=True)) == {row.id for row in waiting[1:]}


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_decide_once(waiting: list[Listing], first: Actor, second: Actor) -> None:
    actors = [first, second]

    def decide() -> str:
        try:
            approve(actors.pop(), waiting[0])
        except ItemGone:
            return "gone"
        except IllegalMove as error:
            return type(error).__name__
        return "done"

    outcomes = at_once(2, decide)

    assert sorted(outcomes) in (["IllegalMove", "done"], ["done", "gone"])
    assert Decision.objects.count() == 1
    assert OutboxEvent.objects.filter(name="msme.ListingPublished").count() == 1


def test_a_decision_is_taken_back_within_a_quarter_of_an_hour(
    waiting: list[Listing], first: Actor, second: Actor, seller: Persona, drain: Drain
) -> None:
    decision = approve(first, waiting[0])
    drain()
    with pytest.raises(NotYours):
        services.undo(actor=second, decision_id=decision.id, now=clock.now())

    services.undo(actor=first, decision_id=decision.id, now=clock.now())

    waiting[0].refresh_from_db()
    assert waiting[0].status == "submitted"
    assert seller.client.get("/api/v1/listings/").json()["data"] == []
    assert Notification.objects.filter(kind="msme.review_taken_back").count() == 1
    with pytest.raises(UndoTooLate):
        services.undo(actor=first, decision_id=decision.id, now=clock.now())
    again = approve(first, waiting[0])
    with time_machine.travel(clock.now() + timedelta(minutes=16)), pytest.raises(UndoTooLate):
        services.undo(actor=first, decision_id=again.id, now=clock.now())


def test_many_at_once_are_previewed_and_those_that_fail_leave_the_others_done(
    waiting: list[Listing], first: Actor, second: Actor
) -> None:
    ids = [row.id for row in waiting] + [uuid.uuid4()]
    services.claim(actor=second, queue="listings", item_id=ids[1], now=clock.now())
    content = {"actor": first, "queue": "listings", "item_ids": ids, "act": "approve", "given": Given()}

    foreseen = services.foresee(**content, now=clock.now())  # type: ignore[arg-type]
    assert Listing.objects.filter(status="live").count() == 0
    outcomes = services.decide_many(**content, now=clock.now())  # type: ignore[arg-type]

    assert [type(each.problem) for each in foreseen] == [type(each.problem) for each in outcomes]
    assert [each.problem is None for each in outcomes] == [True, False, True, True, True, False]
    assert Listing.objects.filter(status="live").count() == 4


@pytest.mark.parametrize(
    ("act", "given", "field"),
    [
        ("changes", Given(), "reason"),
        ("changes", Given(reason="nonsense"), "reason"),
        ("wonder", Given(), "act"),
    ],
)
def test_what_an_act_needs_is_said_by_field(
    waiting: list[Listing], first: Actor, act: str, given: Given, field: str
) -> None:
    with pytest.raises(ActUnknown) as refused:
        services.decide(actor=first, queue="listings", item_id=waiting[0].id, act=act, given=given, now=clock.now())

    assert [fault.field for fault in refused.value.errors] == [field]
    assert not Decision.objects.exists()


def test_a_queue_of_another_duty_does_not_exist(waiting: list[Listing]) -> None:
    of_chat = make_colleague(Duty.CHAT)

    for queue in ("listings", "nonsense"):
        with pytest.raises(QueueNotFound):
            services.claim(actor=of_chat, queue=queue, item_id=waiting[0].id, now=clock.now())


def test_the_preview_says_what_owners_would_read_in_both_languages(waiting: list[Listing]) -> None:
    browser = Client(REMOTE_ADDR=some_network())
    sign_in(browser, duties=[Duty.REVIEW])
    chosen = {"act": "changes", "reason": "figures_unclear", "items": [str(row.id) for row in waiting[:2]]}

    preview = browser.post("/admin/queues/listings/bulk/", {**chosen, "step": "preview"}).content.decode()
    assert "The figures do not fit together" in preview
    assert "आँकड़े" in preview
    assert Listing.objects.filter(status="changes_asked").count() == 0
    done = browser.post("/admin/queues/listings/bulk/", {**chosen, "step": "carry_out"}).content.decode()

    assert done.count('class="pill green"') == 2
    assert Listing.objects.filter(status="changes_asked").count() == 2


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", "9" * 30, ""])
def test_a_page_that_is_none_is_the_first_or_an_empty_one(waiting: list[Listing], page: str) -> None:
    browser = Client(REMOTE_ADDR=some_network())
    sign_in(browser, duties=[Duty.REVIEW])

    assert browser.get("/admin/queues/listings/", {"page": page, "state": "XX", "language": "xx"}).status_code == 200


def test_a_paper_is_accepted_refused_with_a_reason_and_taken_back(
    seller: Persona, first: Actor, reference_data: None
) -> None:
    business = make_business(seller.actor)
    paper = Document.objects.create(
        business=business,
        uploaded_by_id=seller.actor.user_id,
        kind="accounts",
        name="Balance sheet",
        content_type="application/pdf",
        size=10,
        sha256="0" * 64,
        scan="clean",
        state="ready",
        object_key="documents/x",
    )
    decision = services.decide(
        actor=first,
        queue="documents",
        item_id=paper.id,
        act="reject",
        given=Given(reason="unreadable"),
        now=clock.now(),
    )

    shown = seller.client.get(f"/api/v1/businesses/{business.id}/documents/").json()["data"][0]
    hindi = seller.client.get(f"/api/v1/businesses/{business.id}/documents/", HTTP_ACCEPT_LANGUAGE="hi").json()["data"][
        0
    ]
    assert (shown["review"], shown["review_message"]) == (
        "rejected",
        "The paper cannot be read. Send a sharper copy.",
    )
    assert hindi["review_message"].startswith("काग़ज़")
    services.undo(actor=first, decision_id=decision.id, now=clock.now())
    paper.refresh_from_db()
    assert (paper.review, paper.review_reason, paper.reviewed_by_id) == ("unseen", "", None)


def test_a_job_that_was_given_up_is_tried_again(waiting: list[Listing], drain: Drain) -> None:
    drain()
    of_operations = make_colleague(Duty.OPERATIONS)
    event = OutboxEvent.objects.create(name="x.Y", payload={}, request_id="r" * 8, occurred_at=clock.now())
    now = clock.now()
    row = Delivery.objects.create(
        event=event, handler="matching.match_listing", queue="matching", state="dead", wanted_at=now, due_at=now
    )

    services.decide(actor=of_operations, queue="dead_letters", item_id=row.id, act="replay", given=Given(), now=now)

    row.refresh_from_db()
    assert (row.state, row.attempts) == ("pending", 0)
