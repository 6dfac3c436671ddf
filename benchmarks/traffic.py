"""An open-loop generator of HTTP requests: each is due at its own moment, whether or not earlier ones were answered.

A closed loop waits for a slow server before it asks again and so hides the wait of everybody who would have asked meanwhile
("coordinated omission"). Here a latency is counted from when the request was due. Used by `make load` and the fault tests.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import aiohttp
import requests

TIMEOUT_S = 20.0
NOT_ANSWERED = 0


@dataclass(frozen=True)
class Ask:
    """One request. `name`: the row it is counted under."""

    name: str
    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True)
class Answer:
    """`status` 0: no answer came. `due_at`: seconds after the start; `seconds`: from due to answered."""

    ask: Ask
    status: int
    due_at: float
    seconds: float
    body: bytes = b""
    error: str = ""


def whole(answer: Answer) -> Answer:
    return answer


def without_body(answer: Answer) -> Answer:
    return replace(answer, body=b"")


@dataclass
class Traffic:
    """What was asked and answered in one run."""

    answers: list[Answer] = field(default_factory=list)
    late_s: float = 0.0  # how far the generator itself fell behind its plan, at most

    def statuses(self, name: str | None = None) -> Counter[int]:
        return Counter(answer.status for answer in self.answers if name in (None, answer.ask.name))

    def failed(self) -> list[Answer]:
        """Not answered, or with a 5xx."""
        return [answer for answer in self.answers if answer.status == NOT_ANSWERED or answer.status >= 500]

    def quantile(self, share: float, name: str | None = None) -> float:
        """Seconds within which that share of the requests was answered."""
        found = sorted(answer.seconds for answer in self.answers if name in (None, answer.ask.name))
        return found[min(int(share * len(found)), len(found) - 1)] if found else 0.0


def hear(environment: Mapping[str, str], phone: str) -> None:
    """A phone has written to WhatsApp (its stand-in) before, or our answers to it would not be taken."""
    url = f"{environment['TWILIO_API_BASE_URL']}/standin/heard"
    requests.post(url, data={"From": f"whatsapp:{phone}"}, timeout=5).raise_for_status()


async def send(
    base_url: str,
    *,
    rate: float,
    seconds: float,
    choose: Callable[[random.Random], Ask],
    seed: int = 1,
    keep: Callable[[Answer], Answer] = without_body,
    stop: Callable[[], bool] = lambda: False,
    into: Traffic | None = None,
) -> Traffic:
    """Ask at `rate` a second on average, at moments of a Poisson process, for so many seconds; wait for the last answers.

    Args:
        choose: the next request; it gets the run's own source of chance.
        keep: what is kept of an answer, each as it comes.
        stop: ends the run early.
        into: where to write the answers, for who watches meanwhile.
    """
    chance = random.Random(seed)
    traffic = into or Traffic()
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=15)
    limits = aiohttp.ClientTimeout(total=TIMEOUT_S)
    async with aiohttp.ClientSession(base_url, connector=connector, timeout=limits, auto_decompress=False) as session:
        running: set[asyncio.Task[None]] = set()
        begun = time.perf_counter()
        due = 0.0
        while due < seconds and not stop():
            wait = begun + due - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            else:
                traffic.late_s = max(traffic.late_s, -wait)
            task = asyncio.create_task(_one(session, choose(chance), begun, due, traffic, keep))
            running.add(task)
            task.add_done_callback(running.discard)
            due += chance.expovariate(rate)
        await asyncio.gather(*running)
    return traffic


async def _one(
    session: aiohttp.ClientSession,
    ask: Ask,
    begun: float,
    due: float,
    traffic: Traffic,
    keep: Callable[[Answer], Answer],
) -> None:
    status, body, error = NOT_ANSWERED, b"", ""
    try:
        async with session.request(ask.method, ask.path, headers=ask.headers, data=ask.body) as answer:
            body = await answer.read()
            status = answer.status
    except (aiohttp.ClientError, TimeoutError, OSError) as problem:
        error = type(problem).__name__
    taken = time.perf_counter() - begun - due
    traffic.answers.append(keep(Answer(ask, status, due, taken, body, error)))
