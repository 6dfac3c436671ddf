"""PostgreSQL, Redis, S3, OpenAI and workers fail under a market that is in use. Run by `make faults`."""

import asyncio
import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from benchmarks.traffic import Ask, Traffic, whole
from tests.faults.rig import Rig, told
from tests.waiting import wait_for

pytestmark = pytest.mark.faults
CRASHES = 5
RATE = 25


def acked(answers: Traffic) -> set[str]:
    """Ids of businesses that a client was told of."""
    return {
        json.loads(answer.body)["data"]["id"]
        for answer in answers.answers
        if answer.ask.name == "write" and answer.status == 201
    }


def stored(rig: Rig) -> set[str]:
    return {str(row[0]) for row in rig.rows("SELECT id FROM msme_business")}


def share(answers: Traffic) -> str:
    return (
        f"{len(answers.answers) - len(answers.failed())} of {len(answers.answers)} requests answered as if nothing were"
    )


def test_no_acknowledged_write_is_lost_when_postgresql_crashes(rig: Rig) -> None:
    background = rig.traffic(RATE, writes=0.5, keep=whole)
    outages = []
    for _ in range(CRASHES):
        background.more(40)
        postmaster = psutil.Process(rig.child("postgres").pid)
        postmaster.send_signal(signal.SIGQUIT)  # what `pg_ctl stop -m immediate` sends: no checkpoint, no farewell
        wait_for(lambda gone=postmaster: not gone.is_running() or not rig.is_ready(), "PostgreSQL to be away", 10)  # type: ignore[misc]
        outages.append(wait_for(rig.is_ready, "the market to be back", 30))
    answers = background.stop()

    written = acked(answers)
    missing = written - stored(rig)
    bodies = [answer for answer in answers.answers if answer.status >= 500]
    told(
        "R1",
        f"{CRASHES} crashes of PostgreSQL, {len(written)} acknowledged writes, {len(missing)} missing; "
        f"statuses {dict(answers.statuses())}; back after {min(outages):.1f} to {max(outages):.1f} s",
    )
    assert not missing
    assert set(answers.statuses()) <= {200, 201, 503}
    assert all(json.loads(answer.body)["error"]["code"] == "unavailable" for answer in bodies)


def test_a_key_has_one_effect_though_the_server_is_killed_before_it_can_answer(rig: Rig) -> None:
    """50 copies each of 20 requests, repeated by their senders until answered, while both web servers are killed in turn."""
    chance = random.Random(4)
    asks = [rig.write(chance) for _ in range(20)]
    before = stored(rig)
    kills = 0

    async def until_answered(ask: Ask) -> tuple[str, int, str]:
        import aiohttp

        async with aiohttp.ClientSession(rig.base_url) as session:
            for _ in range(200):
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with session.post(ask.path, headers=ask.headers, data=ask.body) as answer:
                        content = await answer.json()
                        if answer.status not in (409, 502, 503):
                            return ask.headers["Idempotency-Key"], answer.status, (content["data"] or {}).get("id", "")
                await asyncio.sleep(0.2)
        return ask.headers["Idempotency-Key"], 0, ""

    async def kill_now_and_then() -> None:
        nonlocal kills
        for number in (1, 2, 1, 2):
            await asyncio.sleep(0.7)
            rig.child(f"web {number}").kill_family()
            kills += 1

    async def run() -> list[tuple[str, int, str]]:
        killing = asyncio.create_task(kill_now_and_then())
        found = await asyncio.gather(*(until_answered(ask) for ask in asks for _ in range(50)))
        await killing
        return found

    answers = asyncio.run(run())

    statuses = Counter(status for _, status, _ in answers)
    ids = {key: {business for owner, _, business in answers if owner == key} for key, _, _ in answers}
    new = stored(rig) - before
    other = requests.post(
        f"{rig.base_url}{asks[0].path}",
        headers=asks[0].headers,
        data=(asks[0].body or b"").replace(b"LLP", b"Ltd"),
        timeout=10,
    )
    told(
        "R4",
        f"20 keys x 50 copies, {kills} kill -9 of web servers: {len(new)} rows, statuses {dict(statuses)}, "
        f"{sum(len(found) > 1 for found in ids.values())} keys with two answers; another body: {other.status_code}",
    )
    assert set(statuses) == {201}
    assert all(len(found) == 1 for found in ids.values())
    assert len(new) == 20
    assert other.status_code == 422


@pytest.mark.parametrize("fault", ["refuses", "swallows"])
def test_without_redis_people_notice_nothing(rig: Rig, fault: str) -> None:
    def choose(chance: random.Random) -> Ask:
        part = chance.random()
        if part < 0.1:
            return rig.write(chance)
        if part < 0.15 and waiting:
            return rig.log_in_again(waiting.pop())
        return rig.read(chance)

    from tests.faults.rig import Background

    waiting = rig.new_people()
    well = rig.traffic(RATE, writes=0.1)
    well.more(100)
    before = well.stop()
    background = Background(rig.base_url, RATE, choose)
    background.more(25)
    rig.proxies["redis"].be(**{fault: True})
    rig.proxies["redis"].cut() if fault == "refuses" else None
    background.more(375)
    rig.proxies["redis"].be()
    rig.proxies["redis"].cut()
    recovery = wait_for(rig.is_ready, "Redis to be used again", 30)
    answers = background.stop()

    told(
        f"R6 ({'gone' if fault == 'refuses' else 'hung'})",
        f"{len(answers.answers)} requests, statuses {dict(answers.statuses())}; p50 {answers.quantile(0.5) * 1000:.0f} ms "
        f"({before.quantile(0.5) * 1000:.0f} before), p99 {answers.quantile(0.99) * 1000:.0f} "
        f"({before.quantile(0.99) * 1000:.0f}), slowest {answers.quantile(1) * 1000:.0f} ms; ready {recovery:.1f} s after it",
    )
    assert not answers.failed()
    assert recovery < 5
    assert answers.quantile(1) < 5  # far below the ten seconds that one wait for a socket would take


def ask_for(rig: Rig, person: dict[str, str], number: int) -> str:
    answer = requests.post(
        f"{rig.base_url}/api/v1/valuations/",
        json={"business_id": person["business"], "answers": {"top5_customers": f"0.{number + 1:05d}"}},
        headers={"Authorization": f"Bearer {person['access']}"},
        timeout=10,
    )
    assert answer.status_code in (200, 201, 202), answer.text
    return str(answer.json()["data"]["id"])


def valuation_ready(rig: Rig, person: dict[str, str], valuation_id: str) -> bool:
    answer = requests.get(
        f"{rig.base_url}/api/v1/valuations/{valuation_id}/",
        headers={"Authorization": f"Bearer {person['access']}"},
        timeout=10,
    )
    return bool(answer.json()["data"]["status"] != "pending")


def outcomes(rig: Rig, vendor: str) -> dict[str, float]:
    found = {}
    for line in requests.get(f"{rig.base_url}/metrics", timeout=10).text.splitlines():
        if line.startswith("upstream_requests_total{") and f'vendor="{vendor}"' in line:
            found[line.split('outcome="')[1].split('"')[0]] = float(line.rsplit(" ", 1)[1])
    return found


MODEL_FAULTS: dict[str, dict[str, Any]] = {
    "30 s late": {"latency_s": 30.0},
    "reset": {"refuses": True},
    "cut off in its answer": {"cut_after": 40},
    "a byte a second": {"bytes_a_second": 1.0},
}


@pytest.mark.parametrize("fault", MODEL_FAULTS)
def test_a_language_model_that_fails_holds_up_nobody(rig: Rig, fault: str) -> None:
    """Sentences about a valuation are asked for while the model fails; valuations themselves go on beside."""
    rig.restart("worker ai")  # its breaker is closed
    person = rig.people[0]
    waits: dict[bool, list[float]] = {False: [], True: []}
    offset = 1 + list(MODEL_FAULTS).index(fault) * 100 + random.Random().randrange(90_000)
    for is_failing in (False, True):
        if is_failing:
            rig.proxies["openai"].be(**MODEL_FAULTS[fault])
            rig.proxies["openai"].cut()
        for number in range(10):
            started = time.monotonic()
            valuation = ask_for(rig, person, offset + number + 20 * is_failing)
            wait_for(partial(valuation_ready, rig, person, valuation), "the valuation", 30)
            waits[is_failing].append(time.monotonic() - started)
            for language in ("en", "hi"):
                answer = requests.post(
                    f"{rig.base_url}/api/v1/valuations/{valuation}/narrative/",
                    json={"language": language},
                    headers={"Authorization": f"Bearer {person['access']}"},
                    timeout=10,
                )
                assert answer.status_code in (200, 201, 202), answer.text

    medians = {is_failing: sorted(found)[len(found) // 2] for is_failing, found in waits.items()}
    told(
        f"R7 ({fault})",
        f"valuation ready after {medians[True] * 1000:.0f} ms (median of 10; model well: {medians[False] * 1000:.0f}), "
        f"{max(waits[True]) * 1000:.0f} at most; calls of the model so far {outcomes(rig, 'openai')}",
    )
    assert max(waits[True]) < 10


def test_a_breaker_keeps_a_dead_model_from_being_asked(rig: Rig) -> None:
    """Twenty narratives wait; the dead model is called five times, then one probe each half a minute."""
    rig.restart("worker ai")  # its breaker is closed
    rig.proxies["openai"].be(refuses=True)
    rig.proxies["openai"].cut()
    person = rig.people[1]
    valuation = ask_for(rig, person, random.Random().randrange(90_000))
    wait_for(lambda: valuation_ready(rig, person, valuation), "the valuation", 30)
    before = outcomes(rig, "openai")
    made = [ask_for(rig, person, 1000 + random.Random().randrange(80_000)) for _ in range(10)]
    for valuation in made:
        wait_for(partial(valuation_ready, rig, person, valuation), "the valuation", 30)
        for language in ("en", "hi"):
            requests.post(
                f"{rig.base_url}/api/v1/valuations/{valuation}/narrative/",
                json={"language": language},
                headers={"Authorization": f"Bearer {person['access']}"},
                timeout=10,
            )

    def tried() -> dict[str, float]:
        now = outcomes(rig, "openai")
        return {name: now.get(name, 0) - before.get(name, 0) for name in ("failed", "rested")}

    wait_for(lambda: sum(tried().values()) >= 20, "all twenty to have been tried", 60)
    found = tried()
    told(
        "R7 (breaker)", f"20 narratives with a dead model: {found['failed']:.0f} calls, {found['rested']:.0f} not made"
    )
    assert found["failed"] <= 7
    assert found["rested"] >= 13


@pytest.fixture
def full_disk(rig: Rig) -> Iterator[Path]:
    """PostgreSQL's tables on a small disk of their own, with a ballast file that fills it up; the WAL stays elsewhere."""
    base = rig.market.home.path / "postgres" / "base"
    postgres = rig.child("postgres")
    kept = base.with_name("base.kept")
    with rig.unwatched():
        postgres.ask_to_stop()
        postgres.wait_stopped()
        shutil.copytree(base, kept)
        size = sum(file.stat().st_size for file in base.rglob("*") if file.is_file()) // 2**20 + 40
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}m", "tmpfs", str(base)], capture_output=True
        )
        if mounted.returncode == 0:
            shutil.copytree(kept, base, dirs_exist_ok=True)
        postgres.start()
    if mounted.returncode != 0:
        shutil.rmtree(kept)
        pytest.skip("a small disk can only be mounted by root")
    rig.heal()
    yield base / "ballast"
    with rig.unwatched():
        postgres.ask_to_stop()
        postgres.wait_stopped()
        shutil.rmtree(kept)
        shutil.copytree(base, kept)
        subprocess.run(["umount", str(base)], check=True)
        shutil.copytree(kept, base, dirs_exist_ok=True)
        shutil.rmtree(kept)
        postgres.start()


def test_on_a_full_disk_reading_goes_on_and_writing_says_so(rig: Rig, full_disk: Path) -> None:
    background = rig.traffic(RATE, writes=0.5, keep=whole)
    background.more(40)
    with contextlib.suppress(OSError), full_disk.open("wb") as ballast:
        while True:
            ballast.write(bytes(4096))
            ballast.flush()

    def a_write_is_refused() -> bool:
        ask = rig.write(random.Random())
        answer = requests.post(f"{rig.base_url}{ask.path}", headers=ask.headers, data=ask.body, timeout=10)
        return answer.status_code == 503 and answer.json()["error"]["code"] == "unavailable"

    wait_for(a_write_is_refused, "the first refused write", 60)
    background.more(10, "write", 503)
    background.more(40)
    full_disk.unlink()
    wait_for(lambda: not a_write_is_refused(), "writing to work again", 30)
    answers = background.stop()

    written = acked(answers)
    missing = written - stored(rig)
    rig.rows("CREATE EXTENSION IF NOT EXISTS amcheck")
    checked = rig.rows(
        "WITH found AS MATERIALIZED (SELECT i.indexrelid AS id FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'btree' AND i.indisvalid AND c.relpersistence = 'p')"
        " SELECT bt_index_check(id, true) FROM found"  # raises for a broken one
    )
    reads = Counter(answer.status for answer in answers.answers if answer.ask.name != "write")
    writes = answers.statuses("write")
    told(
        "R8",
        f"disk full: reads {dict(reads)}, writes {dict(writes)}; {len(written)} acknowledged, {len(missing)} missing; "
        f"{len(checked)} indexes checked against their tables, 0 broken",
    )
    assert not missing
    assert set(writes) <= {201, 503}
    assert writes[503]
    assert set(reads) == {200}


def test_a_hung_worker_is_noticed_and_replaced(rig: Rig) -> None:
    worker = rig.child("worker valuation")
    hung = worker.pid
    rig.revived.clear()
    os.killpg(hung, signal.SIGSTOP)
    person = rig.people[2]
    valuation = ask_for(rig, person, random.Random().randrange(90_000))

    noticed = wait_for(lambda: "worker valuation" in rig.revived, "the watch to notice", 150)
    done = wait_for(lambda: valuation_ready(rig, person, valuation), "the work to be done", 120)
    told(
        "R9 (hung)",
        f"SIGSTOP of a worker: noticed and replaced after {noticed:.0f} s, its work done {done:.0f} s later",
    )
    assert worker.pid != hung


def test_fifty_cuts_of_the_brokers_connections_stop_nobody(rig: Rig) -> None:
    person = rig.people[3]
    begun = random.Random().randrange(80_000)
    made = []
    for number in range(50):
        rig.proxies["redis"].cut()
        made.append(ask_for(rig, person, begun + number))
        if number % 5 == 0:
            wait_for(partial(valuation_ready, rig, person, made[-1]), "a valuation between cuts")

    def stuck() -> list[str]:
        return [valuation for valuation in made if not valuation_ready(rig, person, valuation)]

    drained = wait_for(lambda: not stuck(), "all to be done", 150)
    told(
        "R9 (deaf)",
        f"50 cuts of the broker's connections, 50 valuations asked: {len(stuck())} stuck, drained {drained:.0f} s after",
    )


def test_without_the_object_store_papers_wait_and_the_market_goes_on(rig: Rig) -> None:
    person = rig.people[4]
    headers = {"Authorization": f"Bearer {person['access']}"}
    url = f"{rig.base_url}/api/v1/businesses/{person['business']}/documents/"
    paper = b"%PDF-1.4\n%%EOF"
    begun: dict[str, Any] = {
        "kind": "accounts",
        "name": "Accounts",
        "size": len(paper),
        "content_type": "application/pdf",
    }
    background = rig.traffic(RATE)
    background.more(25)
    rig.proxies["s3"].be(refuses=True)
    rig.proxies["s3"].cut()
    statuses: Counter[int] = Counter()
    for _ in range(10):
        answer = requests.post(url, json=begun, headers=headers, timeout=10)
        statuses[answer.status_code] += 1
        if answer.status_code == 201:
            document = answer.json()["data"]["document"]["id"]
            done = requests.post(f"{rig.base_url}/api/v1/documents/{document}/complete/", headers=headers, timeout=10)
            statuses[done.status_code] += 1
    background.more(100)
    rig.proxies["s3"].be()
    answers = background.stop()

    without_object = rig.rows(
        "SELECT count(*) FROM msme_document WHERE state = 'ready' AND business_id = %s", person["business"]
    )[0][0]
    told(
        "R19", f"object store gone: {share(answers)}; uploads {dict(statuses)}; {without_object} rows that claim a file"
    )
    assert not answers.failed()
    assert set(statuses) <= {201, 503}
    assert statuses[503]
    assert without_object == 0
