"""Personal data and secrets of a whole life on the real product appear in clear nowhere but where they belong."""

import json
import os
import re
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
import requests
from twilio.request_validator import RequestValidator

from deploy.local.services import postgres_binaries
from tests.factories import business_payload, figures_payload, mandate_payload, some_gstin
from tests.journeys.conftest import Market
from tests.waiting import wait_for

pytestmark = pytest.mark.xdist_group("journey")
# A firm's name is no secret in the database (docs/data.md), and has no business anywhere else.
IN_THE_DATABASE = ("firm",)
# The stand-ins are the vendors: what was sent to them lies there, as it lies at Twilio.
AT_THE_VENDORS = ("simulated-phones.jsonl", "simulated-mails.jsonl")


class Life:
    """One person, from the first code to the copy of their data; `canaries` collects what must not be found."""

    def __init__(self, market: Market) -> None:
        self.base_url = f"http://127.0.0.1:{market.port}"
        self.environment: dict[str, str] = market.run["environment"]
        self.session = requests.Session()
        self.phone = f"+9197{secrets.randbelow(10**8):08d}"
        self.canaries = {"phone": self.phone[3:]}

    def call(self, method: str, path: str, content: Any = None, expected: tuple[int, ...] = (200, 201, 202)) -> Any:
        answer = self.session.request(method, f"{self.base_url}/api/v1/{path}", json=content, timeout=20)
        assert answer.status_code in expected, (path, answer.text)
        return answer.json()["data"]

    def code_on(self, address: str) -> str:
        if "@" in address:
            mailbox = self.environment["DEV_MAILBOX_URL"]
            text = requests.get(mailbox, params={"to": address}, timeout=5).json()["mails"][0]["body"]
        else:
            page = requests.get(f"{self.base_url}/dev/messages/", params={"to": address}, timeout=5)
            text = page.json()["messages"][-1 if "whatsapp" in address else 0]["body"]
        found = re.search(r"\d{6}", text)
        assert found, text
        return found[0]

    def log_in(self) -> None:
        asked = self.call("POST", "auth/otp/", {"phone": self.phone})
        code = self.code_on(self.phone)
        wrong = f"{(int(code) + 1) % 1_000_000:06d}"
        self.call("POST", "auth/token/", {"challenge_id": asked["challenge_id"], "code": wrong}, (400,))
        tokens = self.call("POST", "auth/token/", {"challenge_id": asked["challenge_id"], "code": code})
        renewed = self.call("POST", "auth/token/refresh/", {"refresh": tokens["refresh"]})
        self.session.headers["Authorization"] = f"Bearer {renewed['access']}"
        self.canaries |= {
            "code": code,
            "access token": tokens["access"],
            "refresh token": tokens["refresh"],
            "newer refresh token": renewed["refresh"],
        }

    def add_email(self) -> None:
        address = f"canary-{secrets.token_hex(6)}@example.in"
        asked = self.call("POST", "me/identities/", {"kind": "email", "address": address})
        code = self.code_on(address)
        self.call("POST", "me/identities/confirm/", {"challenge_id": asked["challenge_id"], "code": code})
        self.canaries |= {"email": address, "code by email": code}

    def live(self) -> None:
        self.log_in()
        name, nominee = f"Canary{secrets.token_hex(5)}", f"Nominee{secrets.token_hex(5)}"
        grievance, hello = f"grievance {secrets.token_hex(6)}", f"hello {secrets.token_hex(6)}"
        self.call("PATCH", "me/", {"full_name": name})
        self.add_email()
        self.call("POST", "me/consents/", {"purpose": "service", "is_given": True, "notice_version": "2026-11"})
        gstin, firm = some_gstin(), f"Canary {secrets.token_hex(5)} Private Limited"
        payload = business_payload(gstin=gstin, legal_name=firm)
        business = self.call("POST", "businesses/", payload)
        self.call("POST", "businesses/", payload, (409,))  # PostgreSQL would log the refused row, with its values
        self.call("POST", "businesses/", business_payload(gstin=gstin[:-1] + "?"), (400,))
        self.call("GET", f"businesses/{business['id']}/?reveal=true")
        self.call("POST", f"businesses/{business['id']}/financials/", figures_payload())
        valuation = self.call("POST", "valuations/", {"business_id": business["id"]})
        self.call("POST", "mandates/", mandate_payload())
        self.call("PUT", "me/nominee/", {"full_name": nominee, "phone": "9123456780", "relation": "son"})
        self.call("POST", "me/data-requests/", {"kind": "grievance", "text": grievance})
        self.write_on_whatsapp(hello)
        export = self.call("POST", "me/exports/")
        wait_for(lambda: self.call("GET", f"me/exports/{export['id']}/")["state"] == "ready", "the export")
        wait_for(lambda: self.call("GET", f"valuations/{valuation['id']}/")["status"] != "pending", "the valuation")
        self.canaries |= {
            "name": name,
            "nominee": nominee,
            "grievance": grievance,
            "message": hello,
            "GSTIN": gstin,
            "PAN": gstin[2:12],
            "firm": firm,
        }

    def write_on_whatsapp(self, text: str) -> None:
        url = f"{self.environment['PUBLIC_BASE_URL']}/api/v1/whatsapp/webhook/"
        form = {"MessageSid": f"SM{secrets.token_hex(16)}", "From": f"whatsapp:{self.phone}", "Body": text}
        signature = RequestValidator(self.environment["TWILIO_AUTH_TOKEN"]).compute_signature(url, form)
        answer = requests.post(
            f"{self.base_url}/api/v1/whatsapp/webhook/",
            data=form,
            headers={"X-Twilio-Signature": signature},
            timeout=20,
        )
        assert answer.status_code == 200


def sinks(market: Market, life: Life, folder: Path) -> Iterator[tuple[str, str]]:
    """Every place where something could have been left: name and content."""
    yield "metrics", requests.get(f"{life.base_url}/metrics", timeout=20).text
    dump = folder / "dump.sql"
    subprocess.run(
        [postgres_binaries() / "pg_dump", "--file", dump, life.environment["DATABASE_URL"]],
        check=True,
        env={**os.environ, "LC_ALL": "C"},
    )
    yield "pg_dump", dump.read_text(errors="replace")
    redis.Redis.from_url(life.environment["REDIS_URL"]).save()
    for part in ("logs", "valkey", "state", "metrics", "nginx"):
        for file in sorted((market.home / part).rglob("*")):
            if file.is_file() and file.name not in AT_THE_VENDORS:
                yield str(file.relative_to(market.home)), file.read_bytes().decode("latin-1")


def test_nothing_is_found_in_clear(market: Market, tmp_path: Path) -> None:
    life = Life(market)
    life.live()
    encoded = {what: [text, text.encode().decode("latin-1")] for what, text in life.canaries.items()}

    found, searched = [], 0
    for sink, content in sinks(market, life, tmp_path):
        searched += 1
        for what, texts in encoded.items():
            # Six digits alone would also be found in a time's microseconds or inside a hash.
            patterns = [rf"(?<![0-9A-Za-z.]){re.escape(text)}(?![0-9A-Za-z])" for text in texts]
            if sink == "pg_dump" and what in IN_THE_DATABASE:
                continue
            if any(re.search(pattern, content) for pattern in patterns):
                found.append(f"{what} in {sink}")

    assert found == []
    assert searched >= 20
    assert len(encoded) >= 12


def test_the_search_finds_what_is_there(market: Market) -> None:
    """The vendors' files, left out above, hold the codes: the pattern is able to find one."""
    life = Life(market)
    life.log_in()

    phones = (market.home / "state" / AT_THE_VENDORS[0]).read_text()

    assert re.search(rf"(?<![0-9A-Za-z.]){life.canaries['code']}(?![0-9A-Za-z])", phones)
    assert life.phone in json.dumps(phones)
