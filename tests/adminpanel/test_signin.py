"""Staff sign-in: nothing opens without a second factor, and a stranger cannot lock a colleague out."""

import json
import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyotp
import pytest
import requests
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import DataExport, DataRequest, Proposal, User
from adminpanel.pages import PAGES
from deploy.local.home import free_port
from deploy.local.supervisor import Child
from msmebazaar.core import clock
from msmebazaar.core.models import AuditEntry
from tests.adminpanel.passkey import Passkey
from tests.conftest import Persona, some_network
from tests.factories import STAFF_PASSWORD, make_staff_user, sign_in
from tests.oidc_provider import PASSWORD as PROVIDERS_PASSWORD
from tests.waiting import serving

LOGIN, FACTOR, HOME = "/staff/login/", "/staff/2fa/authenticate/", "/admin/"

pytestmark = pytest.mark.usefixtures("reference_data")


@pytest.fixture
def browser() -> Client:
    return Client(REMOTE_ADDR=some_network())


@pytest.fixture
def secret() -> str:
    return pyotp.random_base32()


@pytest.fixture
def colleague(secret: str) -> User:
    return make_staff_user(totp_secret=secret)


def give_password(browser: Client, user: User | str, password: str = STAFF_PASSWORD) -> Any:
    login = user if isinstance(user, str) else user.username
    return browser.post(LOGIN, {"login": login, "password": password})


def is_inside(browser: Client) -> bool:
    return bool(browser.get(HOME).status_code == 200)


def test_the_password_alone_opens_nothing(browser: Client, colleague: User, secret: str) -> None:
    assert give_password(browser, colleague)["Location"].startswith(FACTOR)
    assert not is_inside(browser)

    browser.post(FACTOR, {"code": f"{(int(pyotp.TOTP(secret).now()) + 1) % 1_000_000:06d}"})
    assert not is_inside(browser)
    browser.post(FACTOR, {"code": pyotp.TOTP(secret).now()})
    assert is_inside(browser)
    assert AuditEntry.objects.filter(action="adminpanel.signed_in", actor_id=colleague.pk).count() == 1


def test_a_code_of_the_app_works_once(browser: Client, colleague: User, secret: str) -> None:
    code = pyotp.TOTP(secret).now()
    give_password(browser, colleague)
    browser.post(FACTOR, {"code": code})
    second = Client(REMOTE_ADDR=some_network())
    give_password(second, colleague)

    second.post(FACTOR, {"code": code})

    assert is_inside(browser)
    assert not is_inside(second)


def admin_addresses() -> Iterator[str]:
    yield HOME
    for name in ("password_change", "jsi18n", "app_list"):
        yield reverse(f"admin:{name}", args=("accounts",) if name == "app_list" else ())
    key = "01a21541-0000-7000-8000-000000000000"
    for route, _view, _name in PAGES:
        address = (
            re.sub(r"<uuid:\w+>", key, route)
            .replace("<slug:queue>", "listings")
            .replace("<slug:measure>", "valuations")
        )
        yield f"{HOME}{address.replace('<int:number>', '1')}"
    for model in admin.site._registry:
        yield f"/admin/{model._meta.app_label}/{model._meta.model_name}/"


def test_no_page_of_the_admin_opens_without_a_second_factor(browser: Client) -> None:
    """A colleague who has none yet is signed in by password, and is led to set one up."""
    give_password(browser, make_staff_user())

    for address in admin_addresses():
        for method in (browser.get, browser.post):
            answer = method(address)
            assert answer.status_code in (302, 405), address
            assert answer.status_code == 405 or answer["Location"].startswith("/admin/login/"), address
    led_to = browser.get(HOME, follow=True).redirect_chain[-1][0]
    assert led_to.startswith("/staff/2fa/")


def test_the_first_factor_is_set_up_and_then_asked_for(browser: Client) -> None:
    give_password(browser, make_staff_user())
    activate = "/staff/2fa/totp/activate/"
    assert "/staff/reauthenticate/" in browser.get(activate)["Location"]
    browser.post("/staff/reauthenticate/", {"password": STAFF_PASSWORD})
    secret = browser.get(activate).context["form"].secret

    browser.post(activate, {"code": pyotp.TOTP(secret).now()})

    assert not is_inside(browser)
    asked = browser.get(HOME, follow=True).redirect_chain[-1][0]
    assert asked.startswith("/staff/2fa/reauthenticate/")
    with time_machine.travel(clock.now() + timedelta(seconds=31)):
        browser.post(asked, {"code": pyotp.TOTP(secret).now()})
        assert is_inside(browser)
    stored = json.dumps(Authenticator.objects.get(type="totp").data)
    assert secret not in stored


def test_a_recovery_code_works_once(browser: Client, colleague: User) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    code = RecoveryCodes.activate(colleague).get_unused_codes()[0]

    give_password(browser, colleague)
    browser.post(FACTOR, {"code": code})
    assert is_inside(browser)
    second = Client(REMOTE_ADDR=some_network())
    give_password(second, colleague)
    second.post(FACTOR, {"code": code})
    assert not is_inside(second)


def test_the_last_factor_cannot_be_taken_away(browser: Client) -> None:
    sign_in(browser)
    browser.post("/staff/reauthenticate/", {"password": STAFF_PASSWORD})

    browser.post("/staff/2fa/totp/deactivate/")

    assert Authenticator.objects.filter(type="totp").count() == 1


def test_a_stranger_locks_out_strangers_and_not_the_colleague(browser: Client, colleague: User, secret: str) -> None:
    """Ten guesses an hour for all unknown browsers together; the colleague's own browser is counted apart."""
    give_password(browser, colleague)
    browser.post(FACTOR, {"code": pyotp.TOTP(secret).now()})
    browser.post("/admin/logout/")
    for _ in range(12):
        give_password(Client(REMOTE_ADDR=some_network()), colleague, "a guess")

    stranger = give_password(Client(REMOTE_ADDR=some_network()), colleague)
    known = give_password(browser, colleague)

    assert stranger.status_code == 200
    assert "Too many failed login attempts" in stranger.content.decode()
    assert known["Location"].startswith(FACTOR)


def test_a_forged_device_cookie_counts_as_a_stranger(browser: Client, colleague: User) -> None:
    for number in range(12):
        guess = Client(REMOTE_ADDR=some_network())
        guess.cookies["staff_device"] = f"made-up-{number}"
        give_password(guess, colleague, "a guess")

    assert give_password(Client(REMOTE_ADDR=some_network()), colleague).status_code == 200


def test_one_network_cannot_try_name_after_name(db: None) -> None:
    browser = Client(REMOTE_ADDR=some_network())

    answers = [give_password(browser, f"name-{number}", "x").content.decode() for number in range(21)]

    assert "Too many failed login attempts" not in answers[19]
    assert "Too many failed login attempts" in answers[20]


def test_known_and_unknown_names_are_refused_alike(colleague: User) -> None:
    def refusal(login: str) -> str:
        text = give_password(Client(REMOTE_ADDR=some_network()), login, "wrong").content.decode()
        return re.sub(r'(value|name)="[^"]*"', "", text)

    assert refusal(str(colleague.username)) == refusal(f"nobody-{pyotp.random_base32()}")


def test_a_market_user_does_not_get_in(seller: Persona, browser: Client) -> None:
    browser.force_login(User.objects.get(pk=seller.actor.user_id))

    assert browser.get(HOME, follow=True).status_code == 403


@pytest.mark.parametrize("page", ["signup/", "email/", "password/reset/", "password/set/", "confirm-email/"])
def test_pages_for_sites_with_open_doors_are_closed(browser: Client, page: str) -> None:
    assert browser.get(f"/staff/{page}").status_code == 404


def test_an_idle_session_ends_after_a_quarter_of_an_hour(browser: Client) -> None:
    sign_in(browser)
    with time_machine.travel(clock.now() + timedelta(minutes=14)):
        assert is_inside(browser)
    with time_machine.travel(clock.now() + timedelta(minutes=30)):
        assert not is_inside(browser)


def test_a_copy_for_a_person_asks_for_the_password_again(browser: Client, seller: Persona) -> None:
    """Step-up: what must not happen on an unattended screen."""
    sign_in(browser)
    asked = seller.client.post(
        "/api/v1/me/data-requests/", {"kind": "grievance", "text": "I want my data"}, format="json"
    )
    request_id = asked.json()["data"]["id"]
    page = f"/admin/queues/data_requests/{request_id}/"
    person = f"/admin/people/{seller.actor.user_id}/"
    wanted = {"act": "export", "reason": "They asked by letter."}
    assert "I want my data" in browser.get(page).content.decode()
    assert person in browser.get(page).content.decode()

    stopped = browser.post(f"{person}act/", wanted)
    assert stopped["Location"].startswith("/staff/reauthenticate/")
    assert not Proposal.objects.exists()

    browser.post("/staff/reauthenticate/", {"password": "wrong"})
    assert browser.post(f"{person}act/", wanted)["Location"].startswith("/staff/reauthenticate/")
    browser.post("/staff/reauthenticate/", {"password": STAFF_PASSWORD})
    assert browser.post(f"{person}act/", wanted)["Location"] == person
    assert Proposal.objects.get().person_id == seller.actor.user_id
    assert not DataExport.objects.exists()
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        assert browser.post(f"{person}act/", wanted)["Location"].startswith("/staff/reauthenticate/")


def test_staff_answer_a_data_request_in_the_desk(browser: Client, seller: Persona) -> None:
    sign_in(browser)
    seller.client.post("/api/v1/me/data-requests/", {"kind": "correction", "text": "Name"}, format="json")
    request = DataRequest.objects.get()
    queue = "/admin/queues/data_requests/"
    assert "Correction" in browser.get(queue).content.decode()

    browser.post(f"{queue}{request.id}/", {"act": "answer", "text": "Corrected."})

    request.refresh_from_db()
    assert (request.state, request.answer) == ("answered", "Corrected.")
    assert browser.get(f"{queue}{request.id}/")["Location"] == queue
    assert "Nothing waits here" in browser.get(queue).content.decode()


@pytest.mark.parametrize(("decision", "tiers"), [("approve", 1), ("reject", 0)])
def test_staff_decide_on_a_badge(browser: Client, seller: Persona, decision: str, tiers: int) -> None:
    sign_in(browser)
    content = {"tier": 2, "statement": "Audited accounts"}
    path = f"/api/v1/organisations/{seller.organisation_id}/"
    asked = seller.client.post(f"{path}verification-requests/", content, format="json").json()["data"]["id"]
    page = f"/admin/queues/tiers/{asked}/"
    assert "Audited accounts" in browser.get(page).content.decode()
    assert browser.get("/admin/queues/tiers/").content.decode().count(page) == 1

    assert browser.post(page, {"act": decision}).status_code == 200  # says what is missing
    browser.post(page, {"act": decision, "text": "Balance sheets seen"})

    badges = [row for row in seller.client.get(f"{path}badges/").json()["data"] if row["tier"] == 2]
    assert len(badges) == tiers
    assert browser.get(page)["Location"] == "/admin/queues/tiers/"


def data_in(page: str) -> Any:
    found = re.search(r'<script id="js_data" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found, page
    return json.loads(found[1])


def test_a_passkey_is_password_and_factor_in_one(browser: Client) -> None:
    sign_in(browser)
    browser.post("/staff/reauthenticate/", {"password": STAFF_PASSWORD})
    passkey = Passkey("http://testserver")
    page = browser.get("/staff/2fa/webauthn/add/").content.decode()
    credential = passkey.register(data_in(page)["creation_options"])
    added = browser.post("/staff/2fa/webauthn/add/", {"name": "phone", "credential": credential, "passwordless": "on"})
    assert added.status_code == 302, added.content.decode()

    elsewhere = Client(REMOTE_ADDR=some_network())
    options = elsewhere.get("/staff/2fa/webauthn/login/", HTTP_ACCEPT="application/json").json()["request_options"]
    elsewhere.post("/staff/2fa/webauthn/login/", {"credential": passkey.sign(options)})

    assert is_inside(elsewhere)


def test_another_passkey_with_the_same_name_is_refused(browser: Client) -> None:
    sign_in(browser)
    browser.post("/staff/reauthenticate/", {"password": STAFF_PASSWORD})
    passkey = Passkey("http://testserver")
    page = browser.get("/staff/2fa/webauthn/add/").content.decode()
    credential = passkey.register(data_in(page)["creation_options"])
    browser.post("/staff/2fa/webauthn/add/", {"name": "phone", "credential": credential, "passwordless": "on"})
    forged = Passkey("http://testserver")
    forged.credential_id, forged.user_handle = passkey.credential_id, passkey.user_handle

    elsewhere = Client(REMOTE_ADDR=some_network())
    options = elsewhere.get("/staff/2fa/webauthn/login/", HTTP_ACCEPT="application/json").json()["request_options"]
    elsewhere.post("/staff/2fa/webauthn/login/", {"credential": forged.sign(options)})

    assert not is_inside(elsewhere)


# --- single sign-on, against a real provider ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    folder: Path = tmp_path_factory.mktemp("provider")
    callback = "http://testserver/staff/oidc/staff/login/callback/"
    provider = Child(
        "identity provider",
        [sys.executable, "-m", "tests.oidc_provider", str(port), callback],
        folder / "log",
        {"PROVIDER_DATABASE": str(folder / "provider.sqlite3")},
    )
    with serving(provider, f"{address}/.well-known/openid-configuration"):
        yield address


@pytest.fixture
def single_sign_on(provider: str, settings: Settings) -> str:
    app = {
        "provider_id": "staff",
        "name": "Company log-in",
        "client_id": "bazaar",
        "secret": "the client's secret",
        "settings": {"server_url": provider, "uid_field": "sub"},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    return provider


def at_the_provider(address: str, name: str) -> str:
    """What a person's browser does there: log in. Returns where the provider sends it back to, path and query."""
    person = requests.Session()
    page = person.get(address, timeout=10)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert token, page.text
    form = {"login": name, "password": PROVIDERS_PASSWORD, "csrfmiddlewaretoken": token[1]}
    following = re.search(r'name="next" value="([^"]+)"', page.text)
    if following:
        form["next"] = following[1].replace("&amp;", "&")
    answer = person.post(page.url, data=form, headers={"Referer": page.url}, allow_redirects=False, timeout=10)
    while answer.headers.get("Location", "").startswith(("/", address.split("/identity", maxsplit=1)[0])):
        base = urlsplit(page.url)
        target = answer.headers["Location"]
        target = target if target.startswith("http") else f"{base.scheme}://{base.netloc}{target}"
        answer = person.get(target, allow_redirects=False, timeout=10)
    back = urlsplit(answer.headers["Location"])
    assert back.netloc == "testserver", answer.headers
    return f"{back.path}?{back.query}"


def begin(browser: Client) -> str:
    started = browser.post("/staff/oidc/staff/login/?process=login")
    assert started.status_code == 302, started.content.decode()
    return str(started["Location"])


def test_a_colleague_comes_by_single_sign_on_and_still_needs_the_factor(
    single_sign_on: str, browser: Client, secret: str
) -> None:
    make_staff_user("asha@bazaar.example", totp_secret=secret)
    assert "Company log-in" in browser.get(LOGIN).content.decode()
    address = begin(browser)
    assert "code_challenge=" in address

    answer = browser.get(at_the_provider(address, "asha"))

    assert answer["Location"].startswith(FACTOR), answer.content.decode()
    assert not is_inside(browser)
    browser.post(FACTOR, {"code": pyotp.TOTP(secret).now()})
    assert is_inside(browser)


@pytest.mark.parametrize("name", ["mallory", "guest"])
def test_an_address_that_is_unverified_or_unknown_gives_no_account(
    single_sign_on: str, browser: Client, secret: str, name: str
) -> None:
    make_staff_user("asha@bazaar.example", totp_secret=secret)
    before = User.objects.count()

    answer = browser.get(at_the_provider(begin(browser), name), follow=True)

    assert "2fa" not in answer.redirect_chain[-1][0] if answer.redirect_chain else True
    assert not is_inside(browser)
    assert User.objects.count() == before


@pytest.mark.parametrize("mutation", ["state", "code", "another browser"])
def test_a_forged_answer_of_the_provider_is_refused(
    single_sign_on: str, browser: Client, secret: str, mutation: str
) -> None:
    make_staff_user("asha@bazaar.example", totp_secret=secret)
    back = at_the_provider(begin(browser), "asha")
    if mutation == "another browser":
        browser = Client(REMOTE_ADDR=some_network())
    else:
        back = re.sub(rf"{mutation}=[^&]+", f"{mutation}=forged", back)

    answer = browser.get(back, follow=True)

    assert not any(FACTOR in address for address, _ in answer.redirect_chain)
    assert not is_inside(browser)
