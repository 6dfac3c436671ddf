"""The nightly sweep: every mandate against the whole market, from memory, with progress."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection, connections, transaction

from matching.columns import acceptances_of, offers_of, wishes_of
from matching.engine.engine import score_pairs
from matching.engine.ranking import led_exposure
from matching.engine.retrieval import MarketIndex, candidates, index_of
from matching.engine.stated import centred
from matching.engine.text import text_key
from matching.engine.types import Acceptances, Floats
from matching.models import ListingProfile, Mandate, Match
from matching.selectors.feedback import declined
from matching.services import vectors
from matching.services.market import keep_snapshot
from matching.services.profiles import refresh_all_profiles
from matching.services.scoring import (
    MOST_MATCHES,
    Basis,
    basis_of_today,
    best_of,
    fields_of,
    keys_of,
    pasts_of,
    tiers_of,
)
from matching.types import MandateStatus
from msmebazaar.core import clock
from msmebazaar.core.bulk import copy_values
from msmebazaar.core.logging import get_logger
from msmebazaar.core.uuid7 import uuid7

log = get_logger(__name__)
CHUNK, PAGE, LEADING = 250, 5000, 10
Progress = Callable[[int], object]


@dataclass(frozen=True)
class Swept:
    """What a sweep did, and what it took: seconds by stage, bytes of memory at most."""

    listings: int
    mandates: int
    matches: int
    seconds: dict[str, float]
    most_memory: int


@dataclass
class Held:
    """The market in memory; forked workers share it."""

    profiles: Sequence[ListingProfile]
    index: MarketIndex
    acceptances: Acceptances
    exposure: Floats
    basis: Basis


_held: Held | None = None


def sweep(*, now: datetime, processes: int = 1, embed: bool = True, progress: Progress = lambda _count: None) -> Swept:
    """Refresh all profiles and vectors, take the market's snapshot, and match every active mandate anew.

    Mandates are written a chunk at a time, so a sweep that is stopped leaves every list whole, old or new.
    """
    global _held
    clock_of = _Stages()
    refresh_all_profiles()
    clock_of.mark("profiles")
    if embed:
        embed_everything()
    clock_of.mark("vectors")
    profiles = list(ListingProfile.objects.order_by("listing_id").defer("words"))
    known = vectors.vectors_of(profile.text_key for profile in profiles)
    offers = offers_of(profiles, known, clock.today_in_india())
    del known
    keep_snapshot(offers, now=now)
    basis = basis_of_today()
    index = index_of(offers, basis.market)
    _held = Held(profiles, index, acceptances_of(profiles), np.array([row.exposure for row in profiles]), basis)
    clock_of.mark("index")
    ids = list(Mandate.objects.order_by("id").values_list("id", flat=True))
    led, matches = np.zeros(len(profiles)), 0
    for count, leading, size in _run([ids[at : at + CHUNK] for at in range(0, len(ids), CHUNK)], processes):
        matches += count
        np.add.at(led, leading, 1)
        progress(size)
    clock_of.mark("matching")
    _keep_exposure(profiles, led_exposure(led) if len(led) else led)
    clock_of.mark("exposure")
    _held = None
    swept = Swept(len(profiles), len(ids), matches, clock_of.seconds, most_memory_of_all())
    log.info("market swept", count=matches, duration_ms=round(sum(swept.seconds.values()) * 1000))
    return swept


def embed_everything(progress: Progress = lambda _count: None) -> int:
    """Make the vectors that listings and theses lack, and put listings where SQL orders by them. Returns how many it made."""
    made = 0
    for page in _pages_of_profiles():
        made += vectors.embed_texts(text for _, _, text in page)
        vectors.index_listings({listing_id: key for listing_id, key, _ in page})
        progress(len(page))
    theses = Mandate.objects.exclude(thesis="").order_by("id").values_list("thesis", flat=True)
    batch: list[str] = []
    for thesis in theses.iterator(PAGE):
        batch.append(thesis)
        if len(batch) == PAGE:
            made += vectors.embed_texts(batch)
            progress(len(batch))
            batch = []
    return made + vectors.embed_texts(batch)


def _pages_of_profiles() -> Iterator[list[tuple[UUID, str, str]]]:
    rows = ListingProfile.objects.order_by("listing_id").only("listing_id", "text_key", "title", "summary")
    page = list(rows[:PAGE])
    while page:
        yield [(row.listing_id, row.text_key, row.text) for row in page]
        page = list(rows.filter(listing_id__gt=page[-1].listing_id)[:PAGE])


def _run(chunks: Sequence[Sequence[UUID]], processes: int) -> Iterator[tuple[int, list[int], int]]:
    """Each chunk's number of matches, which listings lead its lists, and its size."""
    if processes == 1:
        yield from map(_sweep_chunk, chunks)
        return
    connections.close_all()  # a forked child must not share its parent's sockets
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        yield from pool.map(_sweep_chunk, chunks)


def _sweep_chunk(ids: Sequence[UUID]) -> tuple[int, list[int], int]:
    """Compare first, then write in one short transaction: no lock is held while the engine works."""
    assert _held is not None
    mandates = list(Mandate.objects.filter(pk__in=ids).order_by("id"))
    active = [mandate for mandate in mandates if mandate.status == MandateStatus.ACTIVE]
    found, leading = _matches_of_all(active, _held) if active else ([], [])
    return _write({mandate.id: mandate.version for mandate in mandates}, found), leading, len(ids)


@transaction.atomic
def _write(versions: Mapping[UUID, int], found: Sequence[dict[str, Any]]) -> int:
    """Replace the lists of these mandates; one that has changed since it was compared is left to its own matching."""
    locked = Mandate.objects.filter(pk__in=list(versions)).select_for_update().order_by("id").only("id", "version")
    mandates = [mandate for mandate in locked if mandate.version == versions[mandate.id]]
    ids = {mandate.id for mandate in mandates}
    # what was withdrawn since the market was read is gone, and its matches would refer to nothing
    wanted = {fields["listing_id"] for fields in found}
    alive = set(ListingProfile.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    kept = [fields for fields in found if fields["mandate_id"] in ids and fields["listing_id"] in alive]
    # a match that stays keeps its id and the time it was found: only what is new is news
    held = {
        (mandate_id, listing_id): (match_id, created_at)
        for mandate_id, listing_id, match_id, created_at in Match.objects.filter(mandate__in=ids).values_list(
            "mandate_id", "listing_id", "id", "created_at"
        )
    }
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM matching_match WHERE mandate_id = ANY(%s)", [list(ids)])
    now = clock.now()
    rows = (
        (*(held.get((fields["mandate_id"], fields["listing_id"])) or (uuid7(), now)), now, *fields.values())
        for fields in kept
    )
    if kept:
        copy_values(Match, ["id", "created_at", "updated_at", *kept[0]], rows)
    keys: dict[UUID, list[str]] = {}
    for fields in kept:
        keys.setdefault(fields["mandate_id"], []).append(fields["rank_key"])
    for mandate in mandates:
        of_mandate = keys.get(mandate.id, [])
        mandate.matched_version = mandate.version
        mandate.list_floor = min(of_mandate) if len(of_mandate) >= MOST_MATCHES else ""
    Mandate.objects.bulk_update(mandates, ["matched_version", "list_floor"])
    return len(kept)


def _matches_of_all(mandates: Sequence[Mandate], held: Held) -> tuple[list[dict[str, Any]], list[int]]:
    basis, index = held.basis, held.index
    keys = [text_key(mandate.thesis) for mandate in mandates]
    wishes = wishes_of(mandates, tiers_of(mandates), vectors.vectors_of(keys), keys)
    unit = centred(wishes.vectors, basis.market)
    pasts = pasts_of(mandates, basis)
    hidden = declined([mandate.id for mandate in mandates], now=clock.now())
    found: list[dict[str, Any]] = []
    leading: list[int] = []
    for row, mandate in enumerate(mandates):
        rows = candidates(index, wishes, row, unit[row])
        away = hidden.get(mandate.id, {})
        if away:
            shown = [
                held.profiles[at].ask_inr <= away.get(held.profiles[at].listing_id, held.profiles[at].ask_inr)
                for at in rows
            ]
            rows = rows[np.array(shown, dtype=bool)]
        scored = score_pairs(
            wishes,
            index.offers,
            held.acceptances,
            basis.market,
            np.full(len(rows), row),
            rows,
            learned=basis.ranker,
            pasts={row: pasts[row]} if row in pasts else {},
        )
        order = keys_of(scored, held.exposure)
        best = best_of(scored, order, index.offers, basis.market, str(mandate.id))[:MOST_MATCHES]
        leading += scored.listings[best[:LEADING]].tolist()
        found += [
            fields_of(mandate, held.profiles[int(scored.listings[at])], scored, int(at), key, basis)
            for at, key in zip(best.tolist(), np.sort(order[best])[::-1].tolist(), strict=True)
        ]
    return found, leading


def _keep_exposure(profiles: Sequence[ListingProfile], exposure: Floats) -> None:
    changed = []
    for profile, value in zip(profiles, exposure.tolist(), strict=True):
        if abs(profile.exposure - value) > 0.01:
            profile.exposure = round(value, 4)
            changed.append(profile)
    for at in range(0, len(changed), PAGE):
        part = changed[at : at + PAGE]
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE matching_listingprofile AS p SET exposure = new.exposure "
                "FROM unnest(%s::uuid[], %s::float8[]) AS new(id, exposure) WHERE p.listing_id = new.id",
                [[row.listing_id for row in part], [row.exposure for row in part]],
            )


class _Stages:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.started = time.perf_counter()

    def mark(self, name: str) -> None:
        self.seconds[name] = time.perf_counter() - self.started
        self.started = time.perf_counter()


def most_memory_of_all() -> int:
    """The largest resident set this process has had, in bytes (Linux)."""
    with open("/proc/self/status") as status:
        line = next((line for line in status if line.startswith("VmHWM:")), "VmHWM: 0 kB")
    return int(line.split()[1]) * 1024


def processes_here() -> int:
    return max(1, len(os.sched_getaffinity(0)))
