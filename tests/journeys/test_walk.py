"""The product as a person starts and uses it: `up`, the tour, a killed child, `down`, and its data again."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from deploy.local.home import free_port

ROOT = Path(__file__).parents[2]
PATIENCE_S = 120
# The launcher must start services of its own, not use those of the test run.
OF_THE_TEST_RUN = (
    "DATABASE_URL",
    "REDIS_URL",
    "S3_",
    "TWILIO_",
    "OPENAI_",
    "DJANGO_SETTINGS_MODULE",
    "PUBLIC_BASE_URL",
)

pytestmark = pytest.mark.xdist_group("journey")


class Market:
    """The launcher with a data directory and a port of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()

    def launch(self, command: str, **changes: str) -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(OF_THE_TEST_RUN)}
        for name in ("SECRET_KEY", "JWT_SIGNING_KEY", "BLIND_INDEX_KEY", "OTP_PEPPER", "FIELD_ENCRYPTION_KEYS"):
            clean.pop(name, None)
        clean.pop("ALLOWED_HOSTS", None)
        environment = {**clean, "BAZAAR_HOME": str(self.home), "PORT": str(self.port), **changes}
        return subprocess.run(
            [sys.executable, "-m", "deploy.local", command],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    def is_running(self) -> bool:
        return (self.home / "run.json").exists() and psutil.pid_exists(self.run["launcher"])

    @property
    def run(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.home / "run.json").read_text())
        return content

    @property
    def said(self) -> str:
        return (self.home / "logs" / "launcher.log").read_text()


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    made = Market(tmp_path_factory.mktemp("a rather long name with spaces in it") / "home")
    yield made
    made.launch("down")


@pytest.fixture
def market(installation: Market) -> Market:
    """Running, whatever the test before it did."""
    if installation.is_running():
        wait_for(lambda: is_ready(installation), "readiness")
    else:
        started = installation.launch("up")
        assert started.returncode == 0, started.stdout + started.stderr
        assert started.stdout.strip().splitlines()[-1] == f"http://127.0.0.1:{installation.port}"
    return installation


def wait_for(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen"
        time.sleep(0.2)


def is_ready(market: Market) -> bool:
    """Ready several times in a row, so that each web process was asked."""
    try:
        asked = [requests.get(f"http://127.0.0.1:{market.port}/health/ready", timeout=2) for _ in range(8)]
    except requests.RequestException:
        return False
    return all(answer.status_code == 200 for answer in asked)


def test_the_tour_walks_through(market: Market) -> None:
    toured = market.launch("tour")

    assert toured.returncode == 0, toured.stdout + toured.stderr
    assert "Everything was as it should be." in toured.stdout
    assert "the market paid ₹62.8 crore" in toured.stdout
    assert "नमस्ते!" in toured.stdout


def test_it_says_where_everything_is(market: Market) -> None:
    for what in ("API", "Swagger UI", "Admin", "Phone simulator", "password"):
        assert what in market.said
    phone = requests.get(f"http://127.0.0.1:{market.port}/dev/messages/", headers={"Accept": "text/html"}, timeout=5)
    assert phone.status_code == 200
    assert "Phone simulator" in phone.text


def test_secrets_can_be_read_by_their_owner_only(market: Market) -> None:
    for name in ("secrets.json", "run.json"):
        assert (market.home / name).stat().st_mode & 0o077 == 0
    assert market.home.stat().st_mode & 0o077 == 0


def test_a_second_one_on_the_same_data_or_port_is_refused_in_a_sentence(market: Market, tmp_path: Path) -> None:
    again = market.launch("up")
    elsewhere = market.launch("up", BAZAAR_HOME=str(tmp_path))

    assert again.returncode == elsewhere.returncode == 2
    assert "already runs" in again.stderr
    assert f"Port {market.port} is in use" in elsewhere.stdout
    assert "Traceback" not in again.stderr + elsewhere.stderr + elsewhere.stdout


@pytest.mark.parametrize("port", ["http", "0", "70000"])
def test_a_port_that_is_none_is_refused(market: Market, tmp_path: Path, port: str) -> None:
    refused = market.launch("up", BAZAAR_HOME=str(tmp_path), PORT=port)

    assert refused.returncode == 2
    assert "PORT must be a number" in refused.stdout


@pytest.mark.parametrize("name", ["worker valuation", "web", "postgres"])
def test_a_killed_child_is_noticed_said_and_started_again(market: Market, name: str) -> None:
    pid = market.run["processes"][name]["pid"]

    os.kill(pid, signal.SIGKILL)

    wait_for(lambda: f"{name} died (killed by SIGKILL)" in market.said, f"the death of {name}")
    wait_for(lambda: market.run["processes"].get(name, {}).get("pid") not in (None, pid), f"the return of {name}")
    wait_for(lambda: is_ready(market), "readiness")


def test_after_down_nothing_is_left_and_the_data_is_found_again(market: Market) -> None:
    pids = [entry["pid"] for entry in market.run["processes"].values()]
    family = [child for pid in pids if psutil.pid_exists(pid) for child in psutil.Process(pid).children(recursive=True)]

    stopped = market.launch("down")

    assert "the data is kept" in stopped.stdout
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert not any(child.is_running() for child in family)
    assert not (market.home / "run.json").exists()
    assert "is not running" in market.launch("down").stdout
    assert market.launch("tour").returncode == 2

    assert market.launch("up").returncode == 0
    assert "creating the database" not in market.said
    assert market.launch("tour").returncode == 0


def test_what_a_killed_launcher_left_behind_is_cleared_away(market: Market) -> None:
    run = market.run
    os.kill(run["launcher"], signal.SIGKILL)
    wait_for(lambda: not psutil.pid_exists(run["launcher"]), "the death of the launcher")

    again = market.launch("up")

    assert again.returncode == 0, again.stdout + again.stderr
    assert "left over" in again.stdout
    assert not any(
        psutil.pid_exists(entry["pid"]) and psutil.Process(entry["pid"]).create_time() == entry["started"]
        for entry in run["processes"].values()
    )
