"""`make bench-whatsapp`: the webhook while Twilio is well, down, slow, refusing or cut off, on a running market (`make run`).

Each condition: WEBHOOKS signed messages (default 400) of 40 phones from 8 threads; then the time until every one of them is
answered. What is compared is the webhook's own time, which must not depend on Twilio, and whether anything is lost. Sender, web
server and workers share the cores of this machine.
"""

import json
import os
import secrets
import statistics
import sys
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests
from twilio.request_validator import RequestValidator

from benchmarks.traffic import hear
from deploy.local.home import Home

WEBHOOKS = int(os.environ.get("WEBHOOKS", "400"))
PHONES, THREADS = 40, 8
PATIENCE_S = 400
CONDITIONS = ("well", "down", "slow", "429", "truncated")
# Each phone's first answers meet the fault; retries come after 10 and 20 s, slow ones hold a worker until its patience ends.
FAULTS_PER_PHONE = {"well": 0, "down": 2, "slow": 1, "429": 2, "truncated": 2}


class Load:
    def __init__(self, run: dict[str, Any]) -> None:
        self.environment = run["environment"]
        self.base_url: str = run["base_url"]
        self.validator = RequestValidator(self.environment["TWILIO_AUTH_TOKEN"])
        self.standin = f"{self.environment['TWILIO_API_BASE_URL']}/standin"
        self.path = "/api/v1/whatsapp/webhook/"

    def webhook(self, session: requests.Session, phone: str) -> float:
        """Milliseconds until the answer to one message; a refusal ends the benchmark."""
        form = {
            "MessageSid": "SM" + secrets.token_hex(16),
            "AccountSid": self.environment["TWILIO_ACCOUNT_SID"],
            "From": f"whatsapp:{phone}",
            "To": self.environment["TWILIO_WHATSAPP_FROM"],
            "Body": "help",
            "NumMedia": "0",
        }
        url = f"{self.environment['PUBLIC_BASE_URL']}{self.path}"
        headers = {"X-Twilio-Signature": self.validator.compute_signature(url, form)}
        target = f"{self.base_url}{urllib.parse.urlsplit(url).path}"
        started = time.perf_counter()
        answer = session.post(target, data=form, headers=headers, timeout=30)
        took = (time.perf_counter() - started) * 1000
        if answer.status_code != 200:
            raise SystemExit(f"the webhook answered {answer.status_code}: {answer.text[:200]}")
        return took

    def phone(self, condition: str) -> str:
        """A number that has written before, whose next answers meet the condition's fault."""
        number = f"+9197{secrets.randbelow(10**8):08d}"
        hear(self.environment, number)
        count = FAULTS_PER_PHONE[condition]
        if count:
            fault = {"From": f"whatsapp:{number}", "fault": condition, "count": str(count)}
            requests.post(f"{self.standin}/faults", data=fault, timeout=5)
        return number

    def answers_to(self, phone: str) -> int:
        rows = requests.get(f"{self.standin}/messages", params={"phone": phone}, timeout=10).json()["messages"]
        return sum(row["to"] == f"whatsapp:{phone}" for row in rows)

    def run(self, condition: str) -> tuple[list[float], float]:
        phones = [self.phone(condition) for _ in range(PHONES)]
        wanted = WEBHOOKS // PHONES

        def write(phone: str) -> list[float]:
            with requests.Session() as session:
                return [self.webhook(session, phone) for _ in range(wanted)]

        with ThreadPoolExecutor(THREADS) as pool:
            times = [took for part in pool.map(write, phones) for took in part]
        started = time.monotonic()
        while True:
            missing = [phone for phone in phones if self.answers_to(phone) < wanted]
            if not missing:
                return times, time.monotonic() - started
            if time.monotonic() - started > PATIENCE_S:
                raise SystemExit(f"{condition}: {len(missing)} phones wait for answers after {PATIENCE_S} s")
            time.sleep(0.5)


def main() -> int:
    record = Home.from_environment().read_run_file()
    if record is None:
        print("Start the market first: make run", file=sys.stderr)
        return 2
    load = Load(record)
    baseline = 0.0
    print(f"\n{WEBHOOKS} webhooks a condition, {PHONES} phones, {THREADS} threads\n")
    for condition in CONDITIONS:
        times, drained = load.run(condition)
        ordered = sorted(times)
        p99 = ordered[int(len(ordered) * 0.99) - 1]
        baseline = baseline or p99
        print(
            f"  Twilio {condition:10} webhook p50 {statistics.median(times):.0f} ms, p99 {p99:.0f} ms "
            f"(budget 300: {p99 / 300:.2f}; {p99 / baseline:.2f} x well); all answered {drained:.0f} s after the last"
        )
    print(json.dumps({"lost": 0}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
