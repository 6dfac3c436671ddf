"""The breach desk: clocks, who is affected, drafts, telling people once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from accounts import services as accounts
from accounts.models import Notification, User
from adminpanel import services
from adminpanel.exceptions import BreachUnfinished
from adminpanel.models import Breach, BreachAffected
from adminpanel.services import BreachInput
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor, Duty
from msmebazaar.core.exceptions import Forbidden
from tests.conftest import Persona, some_network
from tests.factories import make_colleague, sign_in

Drain = Callable[[], int]


@pytest.fixture
def officer(reference_data: None) -> Actor:
    return make_colleague(Duty.PRIVACY)


@pytest.fixture
def breach(officer: Actor) -> Breach:
    now = clock.now()
    given = BreachInput(
        "A list was sent to the wrong address",
        "disclosure",
        "A file of names went to a stranger.",
        now - timedelta(hours=3),
        now - timedelta(hours=2),
        now - timedelta(hours=1),
    )
    return services.open_breach(actor=officer, given=given)


def test_the_clocks_run_from_when_we_knew(breach: Breach) -> None:
    assert breach.certin_due_at - breach.known_at == timedelta(hours=6)
    assert breach.board_due_at - breach.known_at == timedelta(hours=72)


def test_whoever_an_account_of_staff_touched_is_affected(
    officer: Actor, breach: Breach, seller: Persona, buyer: Persona, stranger: Persona
) -> None:
    rogue = make_colleague(Duty.REVIEW)
    accounts.record_reveal(actor=rogue, subject_type="user", subject_id=seller.actor.user_id)
    accounts.record_reveal(actor=rogue, subject_type="organisation", subject_id=buyer.organisation_id)
    name = User.objects.get(pk=rogue.user_id).get_username()
    span = {"since": clock.now() - timedelta(hours=1), "until": clock.now() + timedelta(minutes=1)}

    count = services.add_affected_by_colleague(actor=officer, breach_id=breach.id, username=name, **span)

    assert count == 2
    assert set(breach.affected.values_list("person_id", flat=True)) == {seller.actor.user_id, buyer.actor.user_id}
    assert services.add_affected_by_colleague(actor=officer, breach_id=breach.id, username=name, **span) == 0


def test_people_are_told_once_each_in_their_language(
    officer: Actor, breach: Breach, seller: Persona, buyer: Persona, drain: Drain
) -> None:
    User.objects.filter(pk=buyer.actor.user_id).update(language="hi")
    ids = [seller.actor.user_id, buyer.actor.user_id]
    services.add_affected(actor=officer, breach_id=breach.id, user_ids=[*ids, officer.user_id], because="by id")
    with pytest.raises(BreachUnfinished):
        services.close_breach(actor=officer, breach_id=breach.id, now=clock.now())

    for _ in range(2):
        services.tell_people(actor=officer, breach_id=breach.id, now=clock.now())
        drain()

    told = Notification.objects.filter(kind="adminpanel.breach")
    assert {row.user_id: "A file of names" in row.params["text"] for row in told} == dict.fromkeys(ids, True)
    assert "क्या हुआ" in told.get(user_id=buyer.actor.user_id).params["text"]
    assert not BreachAffected.objects.filter(told_at=None).exists()
    for whom in ("certin", "board"):
        services.mark_told(actor=officer, breach_id=breach.id, whom=whom, now=clock.now())
    assert services.close_breach(actor=officer, breach_id=breach.id, now=clock.now()).state == "closed"


def test_drafts_carry_the_facts(breach: Breach) -> None:
    drafts = services.drafts_of(breach)

    assert [(draft.to, draft.language) for draft in drafts] == [
        ("CERT-In", "en"),
        ("Data Protection Board", "en"),
        ("people", "en"),
        ("people", "hi"),
    ]
    assert all("A file of names went to a stranger." in draft.text for draft in drafts)


def test_nobody_else_sees_them(breach: Breach) -> None:
    with pytest.raises(Forbidden):
        services.get_breach(actor=make_colleague(Duty.REVIEW), breach_id=breach.id)


def test_the_desk_in_the_browser(reference_data: None, seller: Persona) -> None:
    browser = Client(REMOTE_ADDR=some_network())
    sign_in(browser, duties=[Duty.PRIVACY])
    content = {"title": "Laptop lost", "kind": "loss", "what_happened": "A laptop was stolen."}
    times = {"happened_from": "2026-11-25T10:00", "happened_until": "2026-11-25T09:00", "known_at": "2026-11-25T12:00"}

    refused = browser.post("/admin/breaches/", {**content, **times})
    assert "The end lies before the beginning" in refused.content.decode()
    assert not Breach.objects.exists()
    browser.post("/admin/breaches/", {**content, **times, "happened_until": "2026-11-25T11:00"})
    page = f"/admin/breaches/{Breach.objects.get().id}/"
    browser.post(page, {"act": "affected", "ids": f"{seller.actor.user_id}\nnonsense"})
    shown = browser.get(page).content.decode()

    assert "CERT-In" in shown
    assert "1" in shown
    assert Breach.objects.get().affected.count() == 1
