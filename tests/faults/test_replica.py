"""A streaming replica that is two seconds behind answers what it may, and nobody sees less than they have done.

Run by `make faults`. The market is one of its own: the replica is a setting that all processes get at their start.
"""

import json
import signal
import time
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import requests

from deploy.backup import copy_database
from deploy.local.home import Home, free_port
from deploy.local.managing import told_by
from deploy.local.market import Market
from deploy.local.services import postgres_binaries, unprivileged
from deploy.local.supervisor import Child
from tests.faults.rig import GIVEN, running, told
from tests.waiting import wait_for

pytestmark = pytest.mark.faults
DELAY_S = 2
PEOPLE, CHANGES_EACH = 8, 125
LISTING: dict[str, str] = {
    "intent": "full_sale",
    "ask_inr": "9000000.00",
    "title": "A maker of valves",
    "summary": "Valves for pumps, made since 1998 for forty customers in three states.",
}


class ReplicatedMarket:
    """A market whose web servers know a replica that applies everything two seconds late."""

    def __init__(self, folder: Path) -> None:
        home = Home(folder / "market")
        home.prepare()
        self.folder = folder / "replica"
        self.market = Market(home, host="127.0.0.1", port=free_port(), given=GIVEN, through=self.with_replica)

    def with_replica(self, settings: dict[str, str]) -> dict[str, str]:
        copy_database(settings["DATABASE_URL"], self.folder, "--write-recovery-conf")
        port = free_port()
        command = [*unprivileged(self.folder), str(postgres_binaries() / "postgres"), "-D", str(self.folder)]
        for name, value in {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": 150,
            "recovery_min_apply_delay": f"{DELAY_S}s",
        }.items():
            command += ["-c", f"{name}={value}"]
        self.replica = Child("replica", command, self.folder.parent / "replica.log", stop_signal=signal.SIGINT)
        self.replica.start()
        primary = urllib.parse.urlsplit(settings["DATABASE_URL"])
        self.url = settings["DATABASE_URL"].replace(f":{primary.port}/", f":{port}/")
        return {**settings, "DATABASE_REPLICA_URL": self.url}

    def start(self) -> None:
        self.market.start()
        self.people = json.loads(told_by(self.market.environment, "load_people", "--count", str(PEOPLE)))

    def stop(self) -> None:
        self.market.stop()
        self.replica.ask_to_stop()
        self.replica.wait_stopped()

    def outcomes(self) -> dict[str, float]:
        """Of requests that the replica might have answered, over both web servers."""
        lines = requests.get(f"{self.market.base_url}/metrics", timeout=10).text.splitlines()
        told = [line.rsplit(" ", 1) for line in lines if line.startswith("replica_reads_total{")]
        return {name.split('"')[1]: float(value) for name, value in told}

    def on_replica(self, statement: str) -> object:
        with psycopg.connect(self.url, connect_timeout=5) as link:
            row = link.execute(statement).fetchone()
            assert row is not None
            return row[0]


@pytest.fixture
def market(tmp_path: Path) -> Iterator[ReplicatedMarket]:
    with running(ReplicatedMarket(tmp_path)) as made:
        yield made


class Owner:
    """Somebody who changes the price of their own listing and looks at it at once."""

    def __init__(self, market: ReplicatedMarket, person: dict[str, str]) -> None:
        self.market, self.person = market, person
        self.link = requests.Session()
        self.link.headers["Authorization"] = f"Bearer {person['access']}"
        made = self.ask("POST", "/api/v1/listings/", {**LISTING, "business_id": person["business"]}, "first")
        self.listing = f"/api/v1/listings/{made['id']}/"

    def ask(self, method: str, path: str, body: dict[str, str] | None = None, key: str = "") -> dict[str, object]:
        headers = {"Idempotency-Key": f"{self.person['business']}-{key}"} if key else {}
        answer = self.link.request(method, self.market.market.base_url + path, json=body, headers=headers, timeout=10)
        assert answer.ok, answer.text
        found: dict[str, object] = answer.json()["data"]
        return found

    def change_and_look(self) -> int:
        """How many of the looks showed something older."""
        stale = 0
        for number in range(CHANGES_EACH):
            asked = f"{10_000_000 + number}.00"
            self.ask("PUT", self.listing, {**LISTING, "ask_inr": asked})
            stale += self.ask("GET", self.listing)["ask_inr"] != asked
        return stale


def test_own_reads_are_never_stale_and_others_reach_the_replica(market: ReplicatedMarket) -> None:
    owners = [Owner(market, person) for person in market.people]
    behind = market.on_replica("SELECT count(*) FROM msme_listing WHERE ask_inr = 9000000")
    with ThreadPoolExecutor(PEOPLE) as pool:
        stale = sum(pool.map(Owner.change_and_look, owners))
    while_changing = market.outcomes()
    last = f"{10_000_000 + CHANGES_EACH - 1}.00"
    wait_for(
        lambda: market.on_replica(f"SELECT count(*) FROM msme_listing WHERE ask_inr = {last}") == PEOPLE,  # noqa: S608
        "the replica to have it all",
    )
    from_replica = [owner.ask("GET", owner.listing)["ask_inr"] for owner in owners]
    afterwards = market.outcomes()
    market.replica.kill_family()
    market.replica.wait_stopped()
    began = time.monotonic()
    without = [owner.ask("GET", owner.listing)["ask_inr"] for owner in owners]
    slowest = time.monotonic() - began
    used = afterwards["used"] - while_changing.get("used", 0)

    told(
        "Replica",
        f"{PEOPLE * CHANGES_EACH} changes, each looked at at once, with a replica {DELAY_S} s behind: {stale} stale; "
        f"{while_changing['behind']:.0f} answered by the primary; caught up, {used:.0f} of {PEOPLE} by the replica; "
        f"killed, {PEOPLE} of {PEOPLE} by the primary in {slowest:.1f} s together",
    )
    assert behind == 0, "a delayed replica would have shown the listings later"
    assert stale == 0
    assert while_changing["behind"] > 0
    assert used == PEOPLE
    assert set(from_replica) == set(without) == {last}
