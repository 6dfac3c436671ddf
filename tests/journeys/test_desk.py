"""A colleague's day in a real browser: TOTP, a queue of five, an override with a second colleague, a hand-over, an export.

Every page is also held against axe-core (npm's, carried by a package) and against its own Content-Security-Policy: an error on
the console fails the test. `GOLDEN=write` keeps the screenshots as docs/images.
"""

import csv
import io
import json
import os
import re
import time
from pathlib import Path
from typing import Any, Literal

import axe_playwright_python
import pyotp
import pytest
import requests
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.conftest import ROOT, Market
from tests.waiting import wait_for

pytestmark = pytest.mark.xdist_group("journey")
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
IMAGES = ROOT / "docs" / "images"
WORSE = ("serious", "critical")


@pytest.fixture(scope="module")
def world() -> dict[str, Any]:
    return {}


@pytest.fixture
def made(market: Market, world: dict[str, Any]) -> dict[str, Any]:
    """The world of `desk_world.py`, made once."""
    if not world:
        world.update(json.loads(market.do((Path(__file__).parent / "desk_world.py").read_text()).splitlines()[-1]))
    return world


class Desk:
    """A colleague at a browser."""

    def __init__(self, page: Page, market: Market) -> None:
        self.page, self.base = page, f"http://127.0.0.1:{market.port}"
        self.faults: list[str] = []
        page.on("console", lambda message: self.faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("dialog", lambda dialog: self.faults.append(f"a dialog: {dialog.message}"))

    def log_in(self, name: str, password: str, secret: str) -> None:
        self.page.goto(f"{self.base}/admin/")
        self.page.fill("input[name=login]", name)
        self.page.fill("input[name=password]", password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/2fa/authenticate/**")
        totp, code = pyotp.TOTP(secret), ""
        deadline = time.monotonic() + 75
        while "/2fa/" in self.page.url:  # a code works once: a log-in of a moment ago may have used it
            assert time.monotonic() < deadline, "the second factor was not taken"
            code = code_after(code, totp)
            self.page.fill("input[name=code]", code)
            with self.page.expect_navigation():
                self.page.keyboard.press("Enter")
        expect(self.page.locator("#site-name")).to_be_visible()

    def open(self, path: str) -> None:
        answer = self.page.goto(f"{self.base}{path}")
        assert answer is not None and answer.status == 200, path
        self.page.wait_for_load_state("networkidle")

    def check_access(self) -> list[str]:
        """What axe finds serious on the page as it is."""
        self.page.evaluate(AXE)
        found = self.page.evaluate("async () => (await axe.run({resultTypes: ['violations']})).violations")
        return [
            f"{self.page.url} {fault['id']}: {fault['nodes'][0]['html'][:120]}"
            for fault in found
            if fault["impact"] in WORSE
        ]

    def keep(self, name: str) -> None:
        if os.environ.get("GOLDEN") == "write":
            self.page.screenshot(path=str(IMAGES / f"{name}.png"))


def code_after(used: str, totp: pyotp.TOTP) -> str:
    wait_for(lambda: totp.now() != used, "the next code")
    return totp.now()


def colleague(page: Page, market: Market) -> Desk:
    desk = Desk(page, market)
    desk.log_in(market.run["staff_login"], market.run["staff_password"], market.run["staff_totp_secret"])
    return desk


def another(page: Page) -> BrowserContext:
    browser = page.context.browser
    assert browser is not None
    return browser.new_context(viewport={"width": 1300, "height": 900})


def test_a_colleagues_day(market: Market, page: Page, made: dict[str, Any]) -> None:
    page.set_viewport_size({"width": 1300, "height": 900})
    desk = colleague(page, market)
    desk.keep("desk-today-light")

    # a queue of five, one after another
    desk.open("/admin/queues/listings/")
    waiting = page.locator("table.queue tbody tr").count()
    assert waiting >= 5
    page.keyboard.press("n")
    for _ in range(5):
        page.wait_for_url(re.compile(r"/queues/listings/[0-9a-f-]{36}/"))
        desk.keep("desk-item")
        page.get_by_role("button", name="Approve and publish").click()
        expect(page.locator("ul.messagelist")).to_contain_text("is live")
    desk.open("/admin/decisions/")
    assert page.get_by_role("button", name="Take back").count() >= 5
    page.get_by_role("button", name="Take back").first.click()
    expect(page.locator("ul.messagelist")).to_contain_text("it waits again")

    # an override, proposed here and agreed to by a second colleague in another browser
    desk.open(f"/admin/valuations/{made['valuation']}/")
    for name, amount in (("low80_inr", "10000000"), ("point_inr", "20000000"), ("high80_inr", "30000000")):
        page.fill(f"input[name={name}]", amount)
    page.locator("textarea[name=text]").first.fill("The land is worth more than the books say.")
    page.get_by_role("button", name="Propose").click()
    expect(page.locator("ul.messagelist")).to_contain_text("a second colleague decides")
    context = another(page)
    second = Desk(context.new_page(), market)
    second.log_in("second", made["password"], made["secret"])
    second.open("/admin/queues/overrides/")
    second.page.get_by_role("link", name="Next item").click()
    second.page.get_by_role("button", name="Agree", exact=True).click()
    expect(second.page.locator("ul.messagelist")).to_contain_text("The override holds now")
    assert second.faults == []
    context.close()

    # a hand-over on WhatsApp
    desk.open("/admin/whatsapp/handover/inbox/")
    page.locator("table.queue tbody a").first.click()
    page.get_by_role("button", name="It is mine").click()
    page.fill("#reply", "नमस्ते, मैं आपकी मदद करता हूँ।")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".chat .ours").last).to_contain_text("मैं आपकी मदद करता हूँ")
    page.get_by_role("button", name="Give it back to the bot").click()

    # a list as a file
    desk.open("/admin/msme/listing/?status__exact=live")
    page.get_by_role("button", name="CSV").click()
    page.wait_for_url("**/admin/exports/")
    page.get_by_role("button", name="Fetch").first.click()
    link = page.get_by_role("link", name="Fetch the file").get_attribute("href")
    rows = list(csv.reader(io.StringIO(requests.get(str(link), timeout=30).content.decode("utf-8-sig"))))
    assert rows[0][0].lower() == "title"
    assert len(rows) >= 5
    assert desk.faults == []


def test_every_page_is_accessible_quiet_and_runs_nothing(market: Market, page: Page, made: dict[str, Any]) -> None:
    """In both themes, with hostile texts in the rows; the policy of the admin allows no inline script or style."""
    desk = colleague(page, market)
    policy = requests.get(f"{desk.base}/admin/login/", timeout=5, allow_redirects=False).headers[
        "Content-Security-Policy"
    ]
    assert "unsafe" not in policy
    paths = [
        "/admin/",
        "/admin/queues/listings/",
        "/admin/queues/overrides/",
        "/admin/decisions/",
        "/admin/numbers/",
        "/admin/numbers/listings_published/?split=state",
        "/admin/funnel/",
        "/admin/system/",
        f"/admin/people/{made['person']}/",
        "/admin/people/?q=a",
        "/admin/tasks/",
        "/admin/exports/",
        "/admin/breaches/",
        "/admin/colleagues/",
        "/admin/token/",
        f"/admin/valuations/{made['valuation']}/",
        "/admin/whatsapp/handover/inbox/",
        "/admin/whatsapp/handover/broadcasts/new/",
        "/admin/msme/business/",
        f"/admin/msme/business/{made['hostile']}/change/",
        f"/admin/msme/business/{made['hostile']}/history/",
        "/admin/msme/listing/",
        "/admin/accounts/user/",
        "/admin/core/auditentry/",
        "/admin/core/delivery/",
    ]
    page.add_init_script(f"window.{made['mark']} = () => {{ window.fired = true; }}")
    found: list[str] = []
    themes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for theme in themes:
        page.emulate_media(color_scheme=theme)
        for path in paths if theme == "light" else paths[:10]:  # the colours are the same on the others
            desk.open(path)
            if page.evaluate("window.fired === true"):
                found.append(f"{path}: a payload fired")
            found += [f"{path}: {fault}" for fault in desk.faults]  # before axe, which styles elements in place
            found += desk.check_access()
            desk.faults.clear()
        desk.open("/admin/numbers/")
        desk.keep(f"desk-numbers-{theme}")
        desk.open("/admin/")
        desk.keep(f"desk-today-{theme}")

    assert "\n".join(found) == ""


def test_a_phone_needs_no_sideways_scrolling(market: Market, page: Page, made: dict[str, Any]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    desk = colleague(page, market)
    for path in ("/admin/", "/admin/queues/listings/", "/admin/numbers/", "/admin/msme/listing/", "/admin/breaches/"):
        desk.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    expect(page.get_by_text("Menu", exact=True)).to_be_visible()
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("link", name="Tasks").click()
    page.wait_for_url("**/admin/tasks/")
