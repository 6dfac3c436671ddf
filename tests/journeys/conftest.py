"""The product as a person starts it, shared by all journeys: one data directory, one port."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
from playwright.sync_api import Page, expect, sync_playwright

from deploy.local.home import free_port
from tests.waiting import wait_for

ROOT = Path(__file__).parents[2]
PATIENCE_S = 300  # a busy machine is no fault of the code
PATIENCE_MS = 60_000  # what a vendor refused twice is sent half a minute later
FLAGS = ["--no-sandbox", "--headless=new", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
# The launcher must start services of its own, not use those of the test run.
OF_THE_TEST_RUN = (
    "DATABASE_URL",
    "REDIS_URL",
    "S3_",
    "TWILIO_",
    "OPENAI_",
    "EMAIL_",
    "DEV_MAILBOX_URL",
    "DJANGO_SETTINGS_MODULE",
    "PUBLIC_BASE_URL",
)


class Market:
    """The launcher with a data directory and a port of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()

    def launch(self, *command: str, **changes: str) -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(OF_THE_TEST_RUN)}
        for name in ("SECRET_KEY", "JWT_SIGNING_KEY", "BLIND_INDEX_KEY", "OTP_PEPPER", "FIELD_ENCRYPTION_KEYS"):
            clean.pop(name, None)
        clean.pop("ALLOWED_HOSTS", None)
        environment = {**clean, "BAZAAR_HOME": str(self.home), "PORT": str(self.port), **changes}
        environment.setdefault("WEB_SERVERS", "1")  # two are `make faults`' matter; here every start counts
        return subprocess.run(
            [sys.executable, "-m", "deploy.local", *command],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    def do(self, code: str) -> str:
        """Python with the models of the running market, as `manage.py shell`; what it printed."""
        done = self.launch("manage", "shell", "-v", "0", "-c", code)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def is_running(self) -> bool:
        return (self.home / "run.json").exists() and psutil.pid_exists(self.run["launcher"])

    @property
    def run(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.home / "run.json").read_text())
        return content

    @property
    def said(self) -> str:
        return (self.home / "logs" / "launcher.log").read_text()


@pytest.fixture(scope="session")
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


def is_ready(market: Market) -> bool:
    """Ready several times in a row, so that each web process was asked."""
    try:
        asked = [requests.get(f"http://127.0.0.1:{market.port}/health/ready", timeout=2) for _ in range(8)]
    except requests.RequestException:
        return False
    return all(answer.status_code == 200 for answer in asked)


def chromium() -> str:
    """The system's Chromium; in CI it is installed where it can be (Debian, as root)."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None and os.environ.get("CI") and shutil.which("apt-get") and os.geteuid() == 0:
        for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", "chromium"]):
            subprocess.run(command, check=False, capture_output=True, timeout=600)
        found = shutil.which("chromium")
    if found is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    return found


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        made = browser.new_context(viewport={"width": 1150, "height": 1000}).new_page()
        made.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        yield made
        browser.close()
