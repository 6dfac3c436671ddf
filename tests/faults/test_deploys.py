"""New releases, migrations and slow clients while the market is in use. Run by `make faults`."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time
import urllib.parse
from collections import Counter
from pathlib import Path

import pytest

from deploy.local.home import ROOT
from tests.faults.rig import Background, Rig, told
from tests.waiting import wait_for

pytestmark = pytest.mark.faults
RATE = int(os.environ.get("FAULT_RATE", "50"))  # 100 on a quiet machine of two cores; half of it beside other work
CONNECTIONS = 10_000
RESTARTS, RELOADS = 5, 5
EARLIER_TESTS = (
    "tests/accounts",
    "tests/msme/test_listing_life.py",
    "tests/matching/test_matches.py",
    "tests/whatsapp/test_chat.py",
)


def test_rolling_restarts_fail_no_request(rig: Rig) -> None:
    background = Background(rig.base_url, RATE, rig.light)
    background.more(200)
    for _ in range(RESTARTS):
        with rig.unwatched():
            for number in range(len(rig.market.webs)):
                rig.market.restart_web(number)
    for _ in range(RELOADS):
        os.kill(rig.child("nginx").pid, signal.SIGHUP)
        background.more(100)
    answers = background.stop()

    told(
        "R12",
        f"{RESTARTS} rolling restarts of two web servers and {RELOADS} reloads of nginx under {RATE} requests a second: "
        f"{len(answers.failed())} of {len(answers.answers)} failed; p50 {answers.quantile(0.5) * 1000:.0f} ms, "
        f"p99 {answers.quantile(0.99) * 1000:.0f} ms",
    )
    assert [(answer.ask.name, answer.status, answer.error) for answer in answers.failed()] == []


# The newest migration of each kind: one that adds a table, one that makes an index concurrently.
REVERSIBLE = [("core", "0003", "0004"), ("msme", "0010", "0011")]


def test_migrations_under_load_fail_no_request_and_hold_no_lock(rig: Rig) -> None:
    background = Background(rig.base_url, RATE, rig.light)
    background.more(200)
    longest = 0.0
    for app, back, forth in REVERSIBLE:
        for target in (back, forth):
            process = subprocess.Popen(
                [str(ROOT / ".venv/bin/python"), "manage.py", "migrate", app, target],
                cwd=ROOT,
                env={**os.environ, **rig.direct},
                stdout=subprocess.DEVNULL,
            )
            while process.poll() is None:
                waited = rig.rows(
                    "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - waitstart)), 0)::float FROM pg_locks"
                    " WHERE NOT granted AND locktype = 'relation'"
                )[0][0]
                longest = max(longest, waited)
            assert process.returncode == 0
    answers = background.stop()

    told(
        "R13",
        f"{len(REVERSIBLE) * 2} migrations under {RATE} requests a second: {len(answers.failed())} of {len(answers.answers)} "
        f"failed; longest wait for a table's lock {longest * 1000:.0f} ms",
    )
    assert answers.failed() == []
    assert longest < 2


def git(*arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(ROOT), *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()


def test_the_release_before_the_newest_migration_runs_on_the_newest_schema(rig: Rig, tmp_path: Path) -> None:
    """While a deploy goes on, web servers of both releases use the database that the newer one has migrated."""
    if git("rev-parse", "--is-shallow-repository") == "true":
        pytest.skip("a shallow clone does not hold the earlier release")
    newest = git("log", "-1", "--format=%H", "--diff-filter=A", "--", "*/migrations/0*.py")
    earlier = tmp_path / "earlier"
    git("worktree", "add", "--detach", str(earlier), f"{newest}^")
    try:
        url = urllib.parse.urlsplit(rig.direct["DATABASE_URL"])._replace(path="/earlier").geturl()
        rig.rows("CREATE DATABASE test_earlier")
        python = str(ROOT / ".venv/bin/python")
        migrate = [python, "manage.py", "migrate"]
        new_schema = {**os.environ, **rig.direct, "DATABASE_URL": url.replace("/earlier", "/test_earlier")}
        subprocess.run(migrate, cwd=ROOT, env=new_schema, check=True, capture_output=True)
        done = subprocess.run(
            [python, "-m", "pytest", "-q", "-p", "no:randomly", "--reuse-db", *EARLIER_TESTS],
            cwd=earlier,
            env={**os.environ, "DATABASE_URL": url, "S3_BUCKET": "earlier"},
            capture_output=True,
            text=True,
        )
    finally:
        git("worktree", "remove", "--force", str(earlier))

    told("R13", f"tests of the release before the newest migration, on its schema: {done.stdout.splitlines()[-1]}")
    assert done.returncode == 0, done.stdout[-3000:]


def test_ten_thousand_open_connections_leave_the_market_well(rig: Rig) -> None:
    """Half of them stopped in the middle of their request's head, half asked once and stay."""
    address = urllib.parse.urlsplit(rig.base_url)
    assert address.hostname
    target = (address.hostname, address.port or 80)
    whole = b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    links: list[socket.socket] = []
    with contextlib.ExitStack() as stack:
        for number in range(CONNECTIONS):
            link = stack.enter_context(socket.create_connection(target, timeout=30))
            link.sendall(whole if number < CONNECTIONS // 2 else whole[:-2])
            links.append(link)
        asked = Counter(link.recv(4096)[9:12] for link in links[: CONNECTIONS // 2])
        times = []
        for _ in range(200):
            started = time.perf_counter()
            with contextlib.closing(http.client.HTTPConnection(*target, timeout=5)) as fresh:
                fresh.request("GET", "/health/live")
                assert fresh.getresponse().status == 200
            times.append(time.perf_counter() - started)
        still_open = sum(is_open(link) for link in links)
        wait_for(lambda: not any(map(is_open, links[CONNECTIONS // 2 :])), "the half-sent ones to be closed", 30)

    times.sort()
    told(
        "R10",
        f"{CONNECTIONS} connections ({still_open} still open when measured), half idle, half half-sent: 200 of 200 health "
        f"checks answered, p50 {times[100] * 1000:.1f} ms, p99 {times[197] * 1000:.1f} ms",
    )
    assert asked == {b"200": CONNECTIONS // 2}
    assert still_open > CONNECTIONS * 0.95


def is_open(link: socket.socket) -> bool:
    link.setblocking(False)
    try:
        return bool(link.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return True
    except OSError:
        return False
