"""How long an owner waits for a valuation while the market is busy: `make bench-valuation` against a running market.

Eight people send a mix of reads, RATE requests a second together (140), and each asks for a new valuation every two seconds.
From the request to the ready result, polled every 50 ms; beside the same without other load, in the same run.
"""

import itertools
import json
import os
import random
import re
import secrets
import sys
import threading
import time
from statistics import quantiles
from typing import Any

import requests

from deploy.local.home import ROOT
from deploy.local.tour import fiscal_year

PEOPLE, RATE, SECONDS, QUIET = 8, int(os.environ.get("RATE", "140")), int(os.environ.get("SECONDS", "40")), 20
TIMEOUT_S, POLL_S, EVERY_S = 20, 0.05, 2.0
READS = (
    "/api/v1/listings/",
    "/api/v1/listings/?q=metal+works+maharashtra",
    "/api/v1/me/",
    "/api/v1/valuations/",
    "/api/v1/listings/?mine=true",
    "/api/v1/businesses/",
)


class Person:
    """An owner with two years of accounts."""

    def __init__(self, base_url: str) -> None:
        self.base_url, self.session = base_url, requests.Session()
        phone = "+9198" + "".join(random.choice("0123456789") for _ in range(8))
        challenge = self.post("/api/v1/auth/otp/", {"phone": phone})
        code = self.code_for(phone)
        tokens = self.post("/api/v1/auth/token/", {"challenge_id": challenge["challenge_id"], "code": code})
        self.session.headers["Authorization"] = f"Bearer {tokens['access']}"
        firm = {"legal_name": f"Load {secrets.token_hex(4)}", "constitution": "private_limited", "nic_code": "25910"}
        self.business_id = self.post("/api/v1/businesses/", {**firm, "state": "MH"})["id"]
        for back, crore in ((0, 24), (1, 21)):
            self.post(
                f"/api/v1/businesses/{self.business_id}/financials/",
                {
                    "fiscal_year": fiscal_year(back),
                    "source": "audited",
                    "revenue_inr": f"{crore} crore",
                    "pat_inr": "1.5 crore",
                    "net_worth_inr": "8 crore",
                    "total_assets_inr": "16 crore",
                    "debt_inr": "4 crore",
                    "lines": {"depreciation_inr": "70 lakh", "interest_inr": "40 lakh", "tax_inr": "50 lakh"},
                },
            )
        self.waits: list[float] = []
        self.count = itertools.count()

    def code_for(self, phone: str) -> str:
        until = time.monotonic() + TIMEOUT_S
        while time.monotonic() < until:
            answer = requests.get(f"{self.base_url}/dev/messages/", params={"to": phone}, timeout=TIMEOUT_S)
            for message in answer.json()["messages"]:
                found = re.search(r"\b(\d{6})\b", message["body"])
                if found:
                    return found[1]
            time.sleep(POLL_S)
        raise SystemExit("no code came")

    def post(self, path: str, content: dict[str, Any]) -> Any:
        answer = self.session.post(f"{self.base_url}{path}", json=content, timeout=TIMEOUT_S)
        if answer.status_code >= 300:
            raise SystemExit(f"{path} answered {answer.status_code}: {answer.text[:200]}")
        return answer.json()["data"]

    def wait_for_valuation(self) -> None:
        """Ask with answers that were never given, so that the worker has to work."""
        share = f"0.{next(self.count) + 1:06d}"
        begun = time.perf_counter()
        asked = self.post(
            "/api/v1/valuations/", {"business_id": self.business_id, "answers": {"top5_customers": share}}
        )
        path = f"{self.base_url}/api/v1/valuations/{asked['id']}/"
        while self.session.get(path, timeout=TIMEOUT_S).json()["data"]["status"] == "pending":
            time.sleep(POLL_S)
        self.waits.append(time.perf_counter() - begun)


def read_along(person: Person, until: float, done: list[int], faults: list[int]) -> None:
    """Reads at an even pace, whatever each takes, with a session of their own."""
    session = requests.Session()
    session.headers.update(person.session.headers)
    pace = PEOPLE * 2 / RATE
    due = time.perf_counter() + random.random() * pace
    while due < until:
        time.sleep(max(0.0, due - time.perf_counter()))
        answer = session.get(f"{person.base_url}{random.choice(READS)}", timeout=TIMEOUT_S)
        (done if answer.status_code == 200 else faults).append(answer.status_code)
        due += pace


def ask_along(person: Person, until: float) -> None:
    due = time.perf_counter() + random.random() * EVERY_S
    while due < until:
        time.sleep(max(0.0, due - time.perf_counter()))
        person.wait_for_valuation()
        due += EVERY_S


def told(waits: list[float]) -> tuple[float, float]:
    """Median and 95th percentile, seconds."""
    cuts = quantiles(waits, n=20)
    return cuts[9], cuts[18]


def main() -> None:
    run_file = ROOT / ".bazaar" / "run.json"
    if not run_file.exists():
        sys.exit("Nothing is running: make up")
    base_url = json.loads(run_file.read_text())["base_url"]
    people = [Person(base_url) for _ in range(PEOPLE)]
    for number in range(QUIET):
        people[number % PEOPLE].wait_for_valuation()
    quiet = [wait for person in people for wait in person.waits]
    for person in people:
        person.waits.clear()
    done: list[int] = []
    faults: list[int] = []
    until = time.perf_counter() + SECONDS
    begun = time.perf_counter()
    threads = [threading.Thread(target=ask_along, args=(person, until)) for person in people]
    threads += [threading.Thread(target=read_along, args=(person, until, done, faults)) for person in people * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begun
    busy = [wait for person in people for wait in person.waits]
    print(f"reads: {len(done) / took:.0f} a second of {RATE} wanted, {len(faults)} not answered with 200")
    for name, waits in (("quiet", quiet), ("busy", busy)):
        middle, late = told(waits)
        print(
            f"{name}: {len(waits)} valuations, ready after {middle * 1000:.0f} ms (median), {late * 1000:.0f} ms (p95)"
        )
    print(f"p95 busy / quiet: {told(busy)[1] / told(quiet)[1]:.1f}")


if __name__ == "__main__":
    main()
