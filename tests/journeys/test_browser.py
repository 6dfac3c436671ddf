"""A newcomer's first minutes in a real browser: the phone simulator, a registration in Hindi, the valuation with its PDF."""

import time
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect
from reportlab.pdfgen.canvas import Canvas

from tests.conftest import some_phone
from tests.journeys.conftest import PATIENCE_MS, Market

pytestmark = pytest.mark.xdist_group("journey")


class Phone:
    def __init__(self, page: Page, base_url: str, number: str) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("console", lambda message: self.faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.goto(f"{base_url}/dev/messages/?to={number.replace('+', '%2B')}")

    @property
    def theirs(self) -> int:
        return self.page.locator("#chat li.theirs").count()

    def wait_after(self, before: int) -> str:
        """What came back, once something has."""
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while self.theirs <= before:
            assert time.monotonic() < deadline, f"no answer to {self.page.locator('#chat li').last.inner_text()!r}"
            self.page.wait_for_timeout(100)
        return self.page.locator("#chat li.theirs").last.inner_text()

    def write(self, text: str) -> str:
        before = self.theirs
        self.page.fill("#text", text)
        self.page.keyboard.press("Enter")
        return self.wait_after(before)

    def tap(self, label: str) -> str:
        before = self.theirs
        self.page.locator("#chat li.theirs button", has_text=label).last.click()
        return self.wait_after(before)

    def send(self, path: Path) -> str:
        before = self.theirs
        self.page.set_input_files("#file", path)
        return self.wait_after(before)


def test_a_registration_in_hindi_ends_in_a_valuation_with_its_report(
    market: Market, page: Page, tmp_path: Path
) -> None:
    base_url = f"http://127.0.0.1:{market.port}"
    phone = Phone(page, base_url, str(some_phone()))
    assert "किस भाषा" in phone.write("नमस्ते")
    phone.tap("हिन्दी")
    phone.tap("सहमत हूँ")
    phone.write("आशा देशमुख")
    phone.tap("मेरा व्यवसाय")
    phone.write("शिवनेरी फैब्रिकेशन")
    phone.tap("छोड़ें")
    phone.tap("एकल स्वामित्व")
    phone.write("फोर्जिंग")
    phone.tap("फोर्जिंग")
    phone.write("411001")
    assert "दो करोड़ पचास लाख" in phone.write("2.5 करोड़")
    phone.tap("हाँ")
    phone.write("20")
    phone.tap("₹20 लाख")
    phone.write("1.6 cr")
    phone.tap("हाँ")
    phone.write("0")
    phone.write("6 लाख")
    phone.tap("हाँ")
    phone.tap("छोड़ें")
    paper = tmp_path / "accounts.pdf"
    canvas = Canvas(str(paper))
    canvas.drawString(100, 700, "Profit and loss 2025-26")
    canvas.save()
    assert "अब तक 1" in phone.send(paper)
    assert "शिवनेरी फैब्रिकेशन" in phone.tap("आगे बढ़ें")
    phone.tap("हाँ, निकालें")

    report = page.locator("#chat a.file").last
    expect(report).to_be_visible()
    expect(page.locator("#chat")).to_contain_text("निजी बिक्री में")
    answer = requests.get(str(report.get_attribute("href")), timeout=30)
    assert answer.content[:5] == b"%PDF-"
    link = page.locator("#chat a", has_text="/m/").last.get_attribute("href")
    page.screenshot(path=str(tmp_path / "simulator.png"))
    own = page.context.new_page()
    own.goto(str(link))
    own.get_by_role("button").click()
    expect(own.locator("body")).to_contain_text("शिवनेरी फैब्रिकेशन")
    own.screenshot(path=str(tmp_path / "own.png"))
    assert phone.faults == []


def test_doubled_lost_late_and_after_a_day(market: Market, page: Page) -> None:
    """The other side of the simulator: three webhooks for one message, Twilio failing, 25 hours, and STOP."""
    phone = Phone(page, f"http://127.0.0.1:{market.port}", str(some_phone()))
    phone.write("hello")
    page.check("input[name=way][value=double]")
    phone.tap("English")
    page.locator("[data-fault='503']").click()
    assert "What is your name?" in phone.tap("I agree")
    phone.write("Ravi")
    before = phone.theirs
    page.locator("[data-hours='25']").click()
    assert "Welcome back" not in page.locator("#chat").inner_text()
    assert "brings you here" in phone.write("hello")
    assert phone.theirs == before + 1
    assert "no more messages" in phone.write("STOP")
    expect(page.locator("#life")).to_contain_text("read")
    assert phone.faults == []
