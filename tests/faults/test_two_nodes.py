"""Two machines with a web server and a worker each share one market: network namespaces behind one nginx.

Run by `make faults`. Needs root, for the namespaces; the services stay where they are and are reached over the bridge.
"""

import json
import os
import secrets
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from deploy.local.home import Home, free_port
from deploy.local.managing import told_by
from deploy.local.market import QUEUES, Front, Market, answers, beat, fresh_folder, web_server, worker
from deploy.local.supervisor import Child
from tests.faults.rig import GIVEN, behind_proxies, running, told
from tests.waiting import wait_for

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("ip"), reason="network namespaces need root and iproute2"),
]
BRIDGE, NETWORK = "bazaar-br", "10.77.31"
FIRMS, CODES = 20, 6


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)


class Node:
    """A machine of its own as far as the network goes."""

    def __init__(self, number: int) -> None:
        self.number, self.name, self.address = number, f"bazaar-node-{number}", f"{NETWORK}.{number + 1}"
        ip("netns", "add", self.name)
        outside, inside = f"bazaar-out-{number}", f"bazaar-in-{number}"
        ip("link", "add", outside, "type", "veth", "peer", "name", inside, "netns", self.name)
        ip("link", "set", outside, "master", BRIDGE, "up")
        ip("-n", self.name, "address", "add", f"{self.address}/24", "dev", inside)
        ip("-n", self.name, "link", "set", inside, "up")
        ip("-n", self.name, "link", "set", "lo", "up")

    def holds(self, child: Child) -> Child:
        """The process runs on this machine."""
        return replace(child, command=["ip", "netns", "exec", self.name, *child.command])

    def remove(self) -> None:
        ip("netns", "delete", self.name)


class TwoNodes:
    """One market: services here, web servers and workers on the nodes, nginx and beat here."""

    def __init__(self, folder: Path) -> None:
        ip("link", "add", BRIDGE, "type", "bridge")
        ip("address", "add", f"{NETWORK}.1/24", "dev", BRIDGE)
        ip("link", "set", BRIDGE, "up")
        self.nodes = [Node(1), Node(2)]
        home = Home(folder)
        home.prepare()
        given = {**GIVEN, "OTP_SENDS_PER_NETWORK": f"{CODES - 1}/10minutes"}
        self.market = Market(home, host="127.0.0.1", port=free_port(), given=given)
        self.base_url = self.market.base_url

    def start(self) -> None:
        market = self.market
        market.start_services()
        market.prepare()
        shared, self.proxies = behind_proxies(market.environment, listen=f"{NETWORK}.1")
        webs = [f"{node.address}:8000" for node in self.nodes]
        for node, address in zip(self.nodes, webs, strict=True):
            own = {
                **shared,
                "PROMETHEUS_MULTIPROC_DIR": str(fresh_folder(market.home.path / f"metrics-{node.number}")),
            }
            for child in (
                web_server(market.home, node.number, address, own),
                worker(market.home, node.name, QUEUES, own),
            ):
                market.supervisor.start(node.holds(child))
        market.supervisor.start(beat(market.home, market.environment))
        front = Front(market.home, listen=f"{market.host}:{market.port}", webs=webs, stream="127.0.0.1:9")
        market.supervisor.start(front.child)
        wait_for(lambda: answers(f"{self.base_url}/health/ready"), "the market to be ready")
        wait_for(market.workers_answer, "the workers to be heard")

    def stop(self) -> None:
        self.market.stop()
        for proxy in getattr(self, "proxies", {}).values():
            proxy.close()
        for node in self.nodes:
            node.remove()
        ip("link", "delete", BRIDGE)

    def counted(self, log: str, event: str) -> int:
        """Lines of that event in a process's log."""
        return (self.market.home.logs / log).read_text().count(f'"event": "{event}"')

    def loses(self, number: int) -> None:
        """Everything on this node dies at once."""
        gone = [child for child in self.market.supervisor.children if self.nodes[number].name in child.command]
        assert len(gone) == 2
        for child in gone:
            child.kill_family()
            child.wait_stopped()


@pytest.fixture
def market(tmp_path: Path) -> Iterator[TwoNodes]:
    with running(TwoNodes(tmp_path / "market")) as made:
        yield made


def test_two_nodes_share_one_market(market: TwoNodes) -> None:
    (person,) = json.loads(told_by(market.market.environment, "load_people", "--count", "1"))
    link = requests.Session()
    link.headers["Authorization"] = f"Bearer {person['access']}"

    def ask(method: str, path: str, body: dict[str, Any] | None = None, key: str = "") -> requests.Response:
        headers = {"Idempotency-Key": key} if key else {}
        return link.request(method, market.base_url + path, json=body, headers=headers, timeout=15)

    def made_twice(number: int) -> set[str]:
        firm = {
            "legal_name": f"Two Nodes {number} LLP",
            "constitution": "llp",
            "nic_code": "25910",
            "state": "MH",
        }
        key = uuid.uuid4().hex
        return {ask("POST", "/api/v1/businesses/", firm, key).json()["data"]["id"] for _ in range(2)}

    def valued(count: int) -> None:
        """So many valuations are asked for and become ready."""
        made = []
        for _ in range(count):
            answers = {"top5_customers": f"0.{secrets.randbelow(10**5):05d}"}
            body = {"business_id": person["business"], "answers": answers}
            made.append(ask("POST", "/api/v1/valuations/", body, uuid.uuid4().hex).json()["data"]["id"])

        def are_ready() -> bool:
            return all(ask("GET", f"/api/v1/valuations/{one}/").json()["data"]["status"] == "ready" for one in made)

        wait_for(are_ready, "the valuations to be ready")

    ids = [made_twice(number) for number in range(FIRMS)]
    valued(FIRMS)
    codes = [
        ask("POST", "/api/v1/auth/otp/", {"phone": f"+9198765{number:05d}"}).status_code for number in range(CODES + 2)
    ]
    answered = [market.counted(f"web-{node.number}.log", "request") for node in market.nodes]
    worked = [market.counted(f"worker-{node.name}.log", "job") for node in market.nodes]
    market.loses(1)
    reads = [ask("GET", "/api/v1/businesses/").status_code for _ in range(50)]
    valued(3)

    told(
        "Two nodes",
        f"{FIRMS} firms written twice with one key each: {sum(map(len, ids))} rows; requests {answered[0]} and "
        f"{answered[1]}, jobs {worked[0]} and {worked[1]}; a limit of {CODES - 1} let {codes.count(202)} through; with one "
        f"node dead {reads.count(200)} of {len(reads)} reads answered and 3 of 3 valuations ready",
    )
    assert [len(found) for found in ids] == [1] * FIRMS
    assert min(answered) > FIRMS / 2
    assert min(worked) > 0
    assert codes.count(429) == 3
    assert set(reads) == {200}
