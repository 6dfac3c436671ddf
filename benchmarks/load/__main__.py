"""`make load`: an open loop of RATE requests a second for MINUTES over a market of LISTINGS listings and mandates.

Three parts, in one run, on a market of its own (`.bazaar-load`, kept between runs): what hot routes cost in CPU beside a bare
Django view and a FastAPI + asyncpg one that run the same SQL; the highest of some rates at which every route keeps its budget; the
long run. Generator, nginx, web servers, PostgreSQL and workers share the machine. The report lies under `benchmarks/results/`.
"""

import asyncio
import http.client
import json
import os
import platform
import random
import secrets
import statistics
import subprocess
import sys
import time
import urllib.parse
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
from twilio.request_validator import RequestValidator

from benchmarks import traffic
from benchmarks.load import report
from benchmarks.load.report import Cost, Run
from benchmarks.traffic import Answer, Ask, Traffic
from deploy.local.home import ROOT, Home, free_port
from deploy.local.managing import told_by
from deploy.local.market import Market, address_of, granian, is_live
from deploy.local.supervisor import Child, say, wait_until

LISTINGS = int(os.environ.get("LISTINGS", "100000"))
RATE = float(os.environ.get("RATE", "28"))  # 100,000 an hour
MINUTES = float(os.environ.get("MINUTES", "10"))
STEPS = [float(step) for step in os.environ.get("STEPS", "20,30,40,50,60,80,100,140").split(",") if step]
STEP_S, WARM_S = 30, 30
PEOPLE = 200
REAL_TEXTS = 1_000  # embedded by the model; vectors of the others are made up around them
FEW = 1_000  # mandates that wait for their matches; more would be matched during the measurement
NEW_TOKENS_S = 420  # an access token lives ten minutes
ROUNDS, CALLS = 5, 60
WORDS = ["engineering works pune", "food processing", "textile mill surat", "दवा कंपनी", "auto parts", "software services",
         "hotel in goa", "packaging", "dairy gujarat", "मशीन बनाने वाली कंपनी"]  # fmt: skip
STATES = ["MH", "GJ", "KA", "TN", "UP", "DL", "RJ", "WB"]
# name → (share of the requests, budget of p95 in seconds; the brief's, and p99 at most twice that)
MIX: dict[str, tuple[float, float]] = {
    "browse": (0.28, 0.5),
    "search": (0.12, 0.5),
    "profile": (0.20, 0.3),
    "matches": (0.15, 0.5),
    "valuation": (0.08, 1.0),
    "login": (0.06, 0.2),
    "webhook": (0.06, 0.3),
    "health": (0.05, 0.05),
}


class People:
    """Logged-in people; their tokens are made anew in time, and each refresh token is used once."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.known: list[dict[str, str]] = []
        self.refreshes: deque[str] = deque()
        self.renew()

    def renew(self) -> None:
        self.known = json.loads(told_by(self.market.environment, "load_people", "--count", str(PEOPLE)))
        self.refreshes = deque(person["refresh"] for person in self.known)

    def take_back(self, answer: Answer) -> Answer:
        """A refreshed token goes to where it was taken from; of the answer no body is kept."""
        if answer.ask.path.endswith("/refresh/") and answer.status == 200:
            self.refreshes.append(json.loads(answer.body)["data"]["refresh"])
        return traffic.without_body(answer)


class Mix:
    """The next request, by the shares of `MIX`."""

    def __init__(self, market: Market, people: People) -> None:
        self.people = people
        self.environment = market.environment
        self.validator = RequestValidator(market.environment["TWILIO_AUTH_TOKEN"])
        self.names, self.weights = list(MIX), [share for share, _ in MIX.values()]

    def __call__(self, chance: random.Random) -> Ask:
        (name,) = chance.choices(self.names, self.weights)
        if name == "login":
            return self.login(chance)
        if name == "webhook":
            return self.webhook(chance)
        if name == "health":
            return Ask(name, "GET", "/health/live")
        person = chance.choice(self.people.known)
        headers = {"Authorization": f"Bearer {person['access']}"}
        if name == "valuation" and chance.random() < 0.2:
            body = {
                "business_id": person["business"],
                "answers": {"top5_customers": f"0.{chance.randrange(10**5):05d}"},
            }
            headers |= {"Content-Type": "application/json", "Idempotency-Key": f"{chance.getrandbits(128):x}"}
            return Ask(name, "POST", "/api/v1/valuations/", headers, json.dumps(body).encode())
        return Ask(name, "GET", self.path(name, person, chance), headers)

    def path(self, name: str, person: dict[str, str], chance: random.Random) -> str:
        match name:
            case "browse":
                part = chance.random()
                if part < 0.5:
                    return "/api/v1/listings/"
                return f"/api/v1/listings/?state={chance.choice(STATES)}"
            case "search":
                return f"/api/v1/listings/?q={urllib.parse.quote(chance.choice(WORDS))}"
            case "profile":
                return chance.choice(
                    ["/api/v1/me/", "/api/v1/businesses/", f"/api/v1/businesses/{person['business']}/"]
                )
            case "matches":
                return f"/api/v1/mandates/{person['mandate']}/matches/"
        return "/api/v1/valuations/"

    def login(self, chance: random.Random) -> Ask:
        headers = {"Content-Type": "application/json"}
        if self.people.refreshes and chance.random() < 0.8:
            body = {"refresh": self.people.refreshes.popleft()}
            return Ask("login", "POST", "/api/v1/auth/token/refresh/", headers, json.dumps(body).encode())
        body = {"phone": f"+9196{chance.randrange(10**8):08d}"}
        return Ask("login", "POST", "/api/v1/auth/otp/", headers, json.dumps(body).encode())

    def webhook(self, chance: random.Random) -> Ask:
        form = {
            "MessageSid": "SM" + secrets.token_hex(16),
            "AccountSid": self.environment["TWILIO_ACCOUNT_SID"],
            "From": f"whatsapp:+9197{chance.randrange(PEOPLE):08d}",
            "To": self.environment["TWILIO_WHATSAPP_FROM"],
            "Body": "help",
            "NumMedia": "0",
        }
        path = "/api/v1/whatsapp/webhook/"
        headers = {
            "X-Twilio-Signature": self.validator.compute_signature(self.environment["PUBLIC_BASE_URL"] + path, form),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return Ask("webhook", "POST", path, headers, urllib.parse.urlencode(form).encode())


def cpu_of(child: Child) -> float:
    """Seconds of CPU that a process and its descendants have used so far, those that have ended (PostgreSQL's) included."""
    process = psutil.Process(child.pid)
    times = process.cpu_times()
    used = times.user + times.system + times.children_user + times.children_system
    for offspring in process.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            times = offspring.cpu_times()
            used += times.user + times.system
    return float(used)


def cpu_seconds(market: Market) -> dict[str, float]:
    """Part of the market → CPU so far."""
    mine = psutil.Process().cpu_times()
    found = {"generator": mine.user + mine.system}
    for child in market.supervisor.children:
        part = child.name.split(" ")[0]
        found[part] = found.get(part, 0.0) + cpu_of(child)
    return found


def drive(market: Market, people: People, rate: float, seconds: float, seed: int) -> Run:
    """One open loop."""
    before = cpu_seconds(market)
    begun = time.perf_counter()

    async def both() -> Traffic:
        async def renew() -> None:
            while True:
                await asyncio.sleep(NEW_TOKENS_S)
                await asyncio.to_thread(people.renew)

        renewing = asyncio.create_task(renew())
        answers = await traffic.send(
            market.base_url,
            rate=rate,
            seconds=seconds,
            choose=Mix(market, people),
            seed=seed,
            keep=people.take_back,
        )
        renewing.cancel()
        return answers

    answers = asyncio.run(both())
    took = time.perf_counter() - begun
    after = cpu_seconds(market)
    return Run(rate, took, answers, {part: (after[part] - used) / took for part, used in before.items()}, MIX)


# --- what routes cost beside baselines --------------------------------------------------------------------------------


@contextmanager
def server(
    home: Home, name: str, interface: str, target: str, environment: dict[str, str]
) -> Iterator[tuple[int, Child]]:
    port = free_port()
    options = ["--workers", "1"] + (["--blocking-threads", "8"] if interface == "wsgi" else [])
    child = Child(name, granian(interface, address_of(port), target, *options), home.logs / f"{name}.log", environment)
    child.start()
    try:
        wait_until(lambda: is_listening(port), [child], name, 60)
        yield port, child
    finally:
        child.ask_to_stop()
        child.wait_stopped()


def is_listening(port: int) -> bool:
    return any(
        link.laddr.port == port and link.status == psutil.CONN_LISTEN
        for link in psutil.net_connections("tcp")
        if link.laddr
    )


def cpu_ms_a_call(port: int, child: Child, path: str, headers: dict[str, str]) -> float:
    """CPU of the server's processes per request, milliseconds; one connection, one request after the other."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    started = cpu_of(child)
    for _ in range(CALLS):
        link.request("GET", path, headers={"Host": "127.0.0.1", **headers})
        answer = link.getresponse()
        answer.read()
        assert answer.status == 200, (path, answer.status)
    link.close()
    return (cpu_of(child) - started) * 1000 / CALLS


def costs(market: Market, people: People) -> list[Cost]:
    person = people.known[0]
    routes = {
        "browse": "/api/v1/listings/",
        "search": f"/api/v1/listings/?q={urllib.parse.quote(WORDS[0])}",
        "profile: me": "/api/v1/me/",
        "profile: business": f"/api/v1/businesses/{person['business']}/",
        "matches": f"/api/v1/mandates/{person['mandate']}/matches/",
        "valuations": "/api/v1/valuations/",
    }
    captured = told_by(market.environment, "capture_sql", *routes.values(), "--access", person["access"])
    by_path: dict[str, list[str]] = json.loads(captured)
    file = market.home.path / "baseline-sql.json"
    names = {name: name.replace(": ", "-") for name in routes}
    file.write_text(json.dumps({names[name]: by_path[path] for name, path in routes.items()}))
    more = {**market.environment, "BASELINE_SQL": str(file), "DATABASE_POOL": "true"}
    bare = {**more, "DJANGO_SETTINGS_MODULE": "benchmarks.load.bare_settings"}
    authorization = {"Authorization": f"Bearer {person['access']}"}
    web, web_port = market.webs[0], market.web_ports[0]
    found = []
    with (
        server(market.home, "bare", "wsgi", "benchmarks.load.bare:application", bare) as (bare_port, bare_child),
        server(market.home, "fast", "asgi", "benchmarks.load.fast:application", more) as (fast_port, fast_child),
    ):
        for name, path in routes.items():
            rounds = [
                (
                    cpu_ms_a_call(web_port, web, path, authorization),
                    cpu_ms_a_call(bare_port, bare_child, f"/{names[name]}", {}),
                    cpu_ms_a_call(fast_port, fast_child, f"/{names[name]}", {}),
                )
                for _ in range(ROUNDS)
            ]
            ours, plain, fast = (statistics.median(column) for column in zip(*rounds, strict=True))
            found.append(Cost(name, len(by_path[path]), ours, plain, fast))
            say(
                f"  {name:<18} {ours:6.2f} ms CPU; {ours / plain:4.1f} x bare Django, {ours / fast:4.1f} x FastAPI ({len(by_path[path])} queries)"
            )
    return found


# --- the whole --------------------------------------------------------------------------------------------------------


def fill(market: Market) -> dict[str, int]:
    with psycopg.connect(market.environment["DATABASE_URL"], autocommit=True) as link:

        def count(rows: str) -> int:
            row = link.execute(f"SELECT count(*) FROM {rows}").fetchone()  # noqa: S608 - our tables
            return int(row[0]) if row else 0

        missing = [LISTINGS * (count(table) < LISTINGS) for table in ("msme_marketentry", "matching_mandate")]
        if any(missing):
            say(f"  making {missing[0]} listings and {missing[1]} mandates (once; some minutes)")
            listings, mandates = map(str, missing)
            market.manage("generate_market", "--listings", listings, "--mandates", mandates, "--seed", "7")
        if count("matching_mandate WHERE matched_version <> version") > FEW:
            say("  matching them, as every night (once; about 25 minutes)")
            environment = {**os.environ, **market.environment, "REAL": str(REAL_TEXTS)}
            subprocess.run([sys.executable, "-m", "benchmarks.vectors"], env=environment, check=True)
            market.manage("match_market", "--no-embed", "--processes", str(os.cpu_count()), "--verbosity", "0")
        link.execute("VACUUM ANALYZE")
        return {
            "listings": count("msme_marketentry"),
            "mandates": count("matching_mandate"),
            "matches": count("matching_match"),
        }


def machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}, Python {platform.python_version()}"


def main() -> int:
    home = Home(Path(os.environ.get("BAZAAR_LOAD_HOME", ROOT / ".bazaar-load")))
    home.prepare()
    given = {"API_RATE_LIMIT": "100000000/minute", "OTP_SENDS_PER_NETWORK": "100000000/minute", "LOG_LEVEL": "WARNING"}
    with home.locked():
        market = Market(home, host="127.0.0.1", port=free_port(), given=given)
        try:
            market.start()
            sizes = fill(market)
            people = People(market)
            for phone in range(PEOPLE):
                traffic.hear(market.environment, f"+9197{phone:08d}")
            say(f"  {sizes}")
            drive(market, people, 20, WARM_S, seed=0)
            found_costs = costs(market, people)
            steps = []
            for number, step in enumerate(STEPS):
                people.renew()
                steps.append(drive(market, people, step, STEP_S, seed=number + 1))
                say("  " + steps[-1].line())
                if not any(done.keeps_budgets() for done in steps[-2:]):
                    break  # one alone may be a hiccup of the machine
            people.renew()
            say(f"  {MINUTES:.0f} minutes at {RATE:.0f} a second")
            long = drive(market, people, RATE, MINUTES * 60, seed=99)
            say("  " + long.line())
            assert is_live(market.web_ports[0])
        finally:
            market.stop()
    folder = ROOT / "benchmarks" / "results" / f"load-{report.today()}"
    report.write(folder, machine(), sizes, found_costs, steps, long)
    say(f"  {folder}/index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
