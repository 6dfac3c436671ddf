"""The product as a person starts and uses it: `up`, the tour, a killed child, `down`, and its data again."""

import json
import os
import signal
from pathlib import Path

import psutil
import pytest
import requests

from tests.journeys.conftest import Market, is_ready
from tests.waiting import wait_for

pytestmark = pytest.mark.xdist_group("journey")
# Sweeps may take sessions and jobs away at any minute; of everything else there can only be more.
ROWS_OF_ALL_TABLES = """
import json
from django.apps import apps
apart = ("accounts.session", "accounts.refreshtoken", "accounts.otpchallenge", "accounts.loginlink")
models = [m for m in apps.get_models() if m._meta.app_label in ("accounts", "msme", "valuation", "matching", "whatsapp")]
print(json.dumps({m._meta.label_lower: m._default_manager.count() for m in models if not m._meta.label_lower.startswith(apart)}))
"""


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


def test_metrics_are_for_this_machine_and_not_for_who_came_through_a_proxy(market: Market) -> None:
    url = f"{market.run['base_url']}/metrics"

    near, far = requests.get(url, timeout=10), requests.get(url, headers={"X-Forwarded-For": "203.0.113.7"}, timeout=10)

    assert near.status_code == 200
    assert "outbox_pending" in near.text
    assert far.status_code == 404
    assert far.json()["error"]["code"] == "not_found"
    assert far.json()["request_id"] == far.headers["X-Request-ID"]


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


@pytest.mark.parametrize("name", ["worker valuation", "web 1", "live stream", "nginx", "postgres"])
def test_a_killed_child_is_noticed_said_and_started_again(market: Market, name: str) -> None:
    pid = market.run["processes"][name]["pid"]

    os.kill(pid, signal.SIGKILL)

    wait_for(lambda: f"{name} died (killed by SIGKILL)" in market.said, f"the death of {name}")
    wait_for(lambda: market.run["processes"].get(name, {}).get("pid") not in (None, pid), f"the return of {name}")
    wait_for(lambda: is_ready(market), "readiness")


def test_after_down_nothing_is_left_and_the_data_is_found_again(market: Market) -> None:
    before = json.loads(market.do(ROWS_OF_ALL_TABLES))
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
    after = json.loads(market.do(ROWS_OF_ALL_TABLES))
    assert {table: rows for table, rows in before.items() if after[table] < rows} == {}
    assert after["accounts.user"] == before["accounts.user"] >= 2
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
