"""A whole market of the fault tests' own, every service behind a proxy that can misbehave, watched over as `make run` does."""

import asyncio
import contextlib
import json
import random
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol, TypeVar

import psycopg
import requests

from benchmarks import traffic
from benchmarks.traffic import Answer, Ask, Traffic, without_body
from deploy.local.home import Home, free_port
from deploy.local.managing import told_by
from deploy.local.market import Market
from deploy.local.supervisor import Child
from tests.faults.proxy import FaultProxy
from tests.waiting import wait_for

PEOPLE = 12
GIVEN = {"API_RATE_LIMIT": "1000000/minute", "OTP_SENDS_PER_NETWORK": "1000000/minute", "LOG_LEVEL": "INFO"}


class Background:
    """Traffic in a thread of its own until it is told to stop."""

    def __init__(
        self,
        base_url: str,
        rate: float,
        choose: Callable[[random.Random], Ask],
        *,
        keep: Callable[[Answer], Answer] = without_body,
    ) -> None:
        self._stop = threading.Event()
        self.result = Traffic()
        self._thread = threading.Thread(target=self._run, args=(base_url, rate, choose, keep))
        self._thread.start()

    def _run(
        self, base_url: str, rate: float, choose: Callable[[random.Random], Ask], keep: Callable[[Answer], Answer]
    ) -> None:
        asyncio.run(
            traffic.send(
                base_url,
                rate=rate,
                seconds=3600,
                choose=choose,
                keep=keep,
                stop=self._stop.is_set,
                into=self.result,
            )
        )

    def more(self, count: int, name: str | None = None, status: int | None = None) -> None:
        """Wait for so many more answers (to requests of that name, with that status)."""

        def answered() -> int:
            return sum(
                name in (None, answer.ask.name) and status in (None, answer.status)
                for answer in list(self.result.answers)
            )

        wanted = answered() + count
        wait_for(lambda: answered() >= wanted, f"{count} more answers")

    def stop(self) -> Traffic:
        self._stop.set()
        self._thread.join()
        return self.result


def behind_proxies(
    settings: dict[str, str], *, listen: str = "127.0.0.1"
) -> tuple[dict[str, str], dict[str, FaultProxy]]:
    """The settings with a proxy before each service, and the proxies by name."""
    wanted = {
        "postgres": ["DATABASE_URL"],
        "redis": ["REDIS_URL"],
        "s3": ["S3_ENDPOINT_URL"],
        "openai": ["OPENAI_BASE_URL"],
        "twilio": [name for name in settings if name.startswith("TWILIO_") and name.endswith("_BASE_URL")],
    }
    changed, proxies = dict(settings), {}
    for name, variables in wanted.items():
        url = urllib.parse.urlsplit(settings[variables[0]])
        assert url.hostname, name
        assert url.port, name
        proxies[name] = FaultProxy(url.hostname, url.port, listen=listen)
        for variable in variables:
            changed[variable] = settings[variable].replace(
                f"{url.hostname}:{url.port}", f"{listen}:{proxies[name].port}", 1
            )
    return changed, proxies


class Rig:
    """The market, its proxies and its people."""

    def __init__(self, folder: Path) -> None:
        home = Home(folder)
        home.prepare()
        self.proxies: dict[str, FaultProxy] = {}
        self.direct: dict[str, str] = {}
        self.market = Market(home, host="127.0.0.1", port=free_port(), given=GIVEN, through=self.through_proxies)
        self.base_url = self.market.base_url
        self._lock = threading.RLock()
        self._is_over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self.revived: list[str] = []

    def through_proxies(self, settings: dict[str, str]) -> dict[str, str]:
        """Each service's address becomes that of a proxy; the true ones stay in `direct`."""
        self.direct = dict(settings)
        changed, self.proxies = behind_proxies(settings)
        return changed

    def start(self) -> None:
        self.market.start()
        self._watcher.start()
        self.people: list[dict[str, str]] = self.new_people()

    def stop(self) -> None:
        self._is_over.set()
        if self._watcher.is_alive():
            self._watcher.join()
        self.market.stop()
        for proxy in self.proxies.values():
            proxy.close()

    def _watch(self) -> None:
        while not self._is_over.wait(0.2):
            with self._lock:
                for child in self.market.supervisor.children:
                    child.restarts.clear()  # many deaths are what the tests are for
                self.revived += self.market.revive()

    @contextlib.contextmanager
    def unwatched(self) -> Iterator[None]:
        """Nothing is started again meanwhile."""
        with self._lock:
            yield

    def heal(self) -> None:
        for proxy in self.proxies.values():
            proxy.be()
        wait_for(self.is_ready, "the market to be ready")
        wait_for(self.market.workers_answer, "the workers to be heard")

    def is_ready(self) -> bool:
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{self.base_url}/health/ready", timeout=2).status_code == 200
        return False

    # --- the parts ----------------------------------------------------------------------------------------------------

    def child(self, name: str) -> Child:
        return next(child for child in self.market.supervisor.children if child.name == name)

    def restart(self, name: str) -> None:
        """A worker begins anew, and has been heard since."""
        with self.unwatched():
            self.child(name).restart()
        wait_for(self.market.workers_answer, f"{name} to be heard")

    def new_people(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = json.loads(told_by(self.direct, "load_people", "--count", str(PEOPLE)))
        return found

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Of the market's database, past the proxy."""
        with psycopg.connect(self.direct["DATABASE_URL"], autocommit=True, connect_timeout=5) as link:
            cursor = link.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    # --- what people ask ----------------------------------------------------------------------------------------------

    def read(self, chance: random.Random) -> Ask:
        """What a person reads: their own things, the market, their matches."""
        person = chance.choice(self.people)
        path = chance.choice(
            [
                "/api/v1/me/",
                "/api/v1/businesses/",
                "/api/v1/listings/",
                "/api/v1/listings/?q=engineering",
                f"/api/v1/mandates/{person['mandate']}/matches/",
                f"/api/v1/businesses/{person['business']}/",
            ]
        )
        return Ask(path.split("?")[0], "GET", path, {"Authorization": f"Bearer {person['access']}"})

    def light(self, chance: random.Random) -> Ask:
        """What costs a few milliseconds: one web server of a small machine answers a hundred such a second."""
        if chance.random() < 0.02:
            return self.write(chance)
        person = chance.choice(self.people)
        path = chance.choice(["/api/v1/me/", f"/api/v1/businesses/{person['business']}/"])
        return Ask(path, "GET", path, {"Authorization": f"Bearer {person['access']}"})

    def write(self, chance: random.Random) -> Ask:
        """A new business with a key of its own."""
        person = chance.choice(self.people)
        body = {
            "legal_name": f"Fault Works {chance.getrandbits(64):x} LLP",
            "constitution": "llp",
            "nic_code": "25910",
            "state": "MH",
        }
        headers = {
            "Authorization": f"Bearer {person['access']}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"{chance.getrandbits(128):x}",
        }
        return Ask("write", "POST", "/api/v1/businesses/", headers, json.dumps(body).encode())

    def log_in_again(self, person: dict[str, str]) -> Ask:
        body = json.dumps({"refresh": person["refresh"]}).encode()
        return Ask("refresh", "POST", "/api/v1/auth/token/refresh/", {"Content-Type": "application/json"}, body)

    def traffic(
        self, rate: float, *, writes: float = 0.0, keep: Callable[[Answer], Answer] = without_body
    ) -> Background:
        """Reads, with a share of writes."""

        def choose(chance: random.Random) -> Ask:
            return self.write(chance) if chance.random() < writes else self.read(chance)

        return Background(self.base_url, rate, choose, keep=keep)


class Started(Protocol):
    def start(self) -> None: ...

    def stop(self) -> None: ...


Kind = TypeVar("Kind", bound=Started)


@contextlib.contextmanager
def running(made: Kind) -> Iterator[Kind]:
    """Stopped at the end, also when only a part of it could be started."""
    try:
        made.start()
        yield made
    finally:
        made.stop()


def told(promise: str, text: str) -> None:
    """The line of figures that the README quotes."""
    print(f"\n{promise}: {text}")
