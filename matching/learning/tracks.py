"""The benchmark's tracks of real deals, in the engine's columns. `docs/matching.md` tells what they are; the files stay outside.

A track has companies with their first round, investors with their deals before a cut, what each would have written as a
mandate, and new companies to rank. For training, the years before the cut are replayed: what was known before a year, beside
what happened in it.
"""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from matching.engine.behaviour import behaviour, market_of
from matching.engine.constraints import STRETCH
from matching.engine.engine import score_pairs
from matching.engine.model import Ranker
from matching.engine.models import DECLARED
from matching.engine.ranking import exposure_of, priced
from matching.engine.stated import seeker_side
from matching.engine.text import words_of
from matching.engine.types import (
    DIMENSIONS,
    UNKNOWN,
    Acceptances,
    Floats,
    Market,
    Offers,
    Past,
    Vectors,
    Wishes,
    padded,
)
from matching.learning.fit import Example

CUTS = {"in": 2020, "us": 2011, "ma": 2011}  # the year after the last deal of each history
REPLAYED = 3  # years
FAILED = -30.0
MOST_SECTORS, MOST_STATES, LEAST_SHARE, RECENT = 12, 6, 0.02, 8
Embed = Callable[[Sequence[str]], Vectors]
Deal = tuple[str, str, date]


@dataclass
class Track:
    """A track as read. `vectors` of all its texts; `codes` gives a number to each value of each category."""

    name: str
    companies: Mapping[str, Mapping[str, Any]]
    deals: Sequence[Deal]
    mandates: Mapping[str, Mapping[str, Any]]
    candidates: Sequence[Mapping[str, Any]]
    queries: Sequence[str]
    vectors: Mapping[str, Vectors]
    codes: dict[str, dict[str, int]] = field(default_factory=dict)

    def code(self, kind: str, value: str) -> int:
        known = self.codes.setdefault(kind, {})
        return known.setdefault(value, len(known)) if value else UNKNOWN


def read_track(folder: Path, *, is_held_out: bool, embed: Embed) -> Track:
    """Read `folder`; with `is_held_out` its candidates and queries are those of `test/`, and cold ones are ranked too."""
    asked = folder / "test" if is_held_out else folder
    companies = {row["id"]: row for row in _rows(folder / "companies.jsonl")}
    mandates = {row["id"]: row for row in _rows(folder / "mandates.jsonl")}
    candidates = list(_rows(asked / "candidates.jsonl"))
    queries = [line for name in ("queries.txt", "queries_cool.txt") for line in _lines(asked / name)]
    deals = [
        (seeker, company, date.fromisoformat(day))
        for seeker, company, day in (line.split("\t") for line in _lines(folder / "history.tsv"))
    ]
    texts = {company_text(row) for row in (*companies.values(), *candidates)}
    texts |= {mandate_text(row) for row in mandates.values()}
    ordered = sorted(texts)
    vectors = dict(zip(ordered, embed(ordered), strict=True))
    return Track(folder.name, companies, deals, mandates, candidates, list(dict.fromkeys(queries)), vectors)


def company_text(row: Mapping[str, Any]) -> str:
    return f"{row['name']}. {row['text'] or ''}. {row['sector'] or ''}"


def mandate_text(row: Mapping[str, Any]) -> str:
    return str(row["thesis"] or row["name"])


def _rows(path: Path) -> Iterable[dict[str, Any]]:
    return map(json.loads, _lines(path))


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line]


def stage_of(text: str) -> str:
    """Rounds by one name: `Seed/ Angel Funding` and `seed` are the same, `Series A` and `a` too."""
    plain = text.lower().strip()
    if any(word in plain for word in ("seed", "angel", "pre")):
        return "seed"
    return plain.removeprefix("series ").strip()


def offers_of(track: Track, rows: Sequence[Mapping[str, Any]]) -> Offers:
    """Companies as listings. A round stands for the kind of deal, a city for the district; there is no wide sector."""
    count = len(rows)
    open_ = np.full(count, np.nan)
    return Offers(
        ids=[row["id"] for row in rows],
        owners=np.arange(count),
        intents=np.array([track.code("round", stage_of(row["stage"] or "")) for row in rows], dtype=np.int64),
        sectors=np.array(
            [(UNKNOWN, track.code("sector", (row["sector"] or "").lower())) for row in rows], dtype=np.int64
        ),
        places=np.array(
            [[track.code(kind, row[kind] or "") for kind in ("country", "state", "city")] for row in rows],
            dtype=np.int64,
        ),
        amounts=np.array([math.log(row["amount"]) if row["amount"] else math.nan for row in rows]),
        revenues=open_,
        stakes=open_,
        tokens=[words_of(company_text(row)) for row in rows],
        vectors=np.array([track.vectors[company_text(row)] for row in rows], dtype=np.float32),
        ages=np.zeros(count),
        quality=np.full(count, 50.0),
        tiers=np.zeros(count, dtype=np.int64),
    )


@dataclass(frozen=True)
class Thesis:
    """What a seeker would state: values of sectors and states, the ends of the ticket, the text and its vector."""

    sectors: Sequence[str]
    states: Sequence[str]
    ticket: tuple[float, float] | None
    text: str
    vector: Vectors


def stated_thesis(track: Track, seeker: str) -> Thesis:
    """From the track's own mandate."""
    row = track.mandates[seeker]
    ticket = tuple(row["ticket_usd"]) if row["ticket_usd"] else None
    return Thesis(
        [entry["value"] for entry in row["sectors"]],
        [entry["value"] for entry in row["states"]],
        ticket,
        mandate_text(row),
        track.vectors[mandate_text(row)],
    )


def replayed_thesis(track: Track, past: Sequence[tuple[str, date]]) -> Thesis:
    """What the seeker would have stated at the time, made from the deals before it as the track's own mandates are."""
    rows = [track.companies[company] for company, _ in sorted(past, key=lambda deal: (deal[1], deal[0]))]

    def usual(name: str, most: int) -> list[str]:
        counted = Counter(row[name] for row in rows if row[name])
        return [value for value, times in counted.most_common(most) if times / len(rows) >= LEAST_SHARE]

    amounts = sorted(row["amount"] for row in rows if row["amount"])
    recent = rows[-RECENT:]
    middle = np.mean([track.vectors[company_text(row)] for row in recent], axis=0)
    return Thesis(
        usual("sector", MOST_SECTORS),
        usual("state", MOST_STATES),
        (amounts[len(amounts) // 10], amounts[len(amounts) * 9 // 10]) if len(amounts) > 1 else None,
        " ".join(company_text(row) for row in recent),
        middle / np.linalg.norm(middle),
    )


def wishes_of(track: Track, seekers: Sequence[str], theses: Sequence[Thesis]) -> Wishes:
    count = len(theses)
    sectors = [[(UNKNOWN, track.code("sector", value.lower())) for value in thesis.sectors] for thesis in theses]
    places = [[(track.code("state", value), UNKNOWN) for value in thesis.states] for thesis in theses]
    open_ = np.full(count, np.nan)
    return Wishes(
        ids=list(seekers),
        owners=np.full(count, UNKNOWN),
        intents=np.full(count, -1),
        sectors=padded(sectors),
        excluded=padded([[] for _ in theses]),
        places=padded(places),
        lowest=np.array([math.log(thesis.ticket[0]) - STRETCH if thesis.ticket else -math.inf for thesis in theses]),
        highest=np.array([math.log(thesis.ticket[1]) + STRETCH if thesis.ticket else math.inf for thesis in theses]),
        revenue_floors=open_,
        stake_lowest=open_,
        stake_highest=open_,
        strict=np.zeros(count, dtype=np.int64),
        tokens=[words_of(thesis.text) for thesis in theses],
        vectors=np.array([thesis.vector for thesis in theses], dtype=np.float32).reshape(count, DIMENSIONS),
        kinds=np.ones(count, dtype=np.int64),
        tiers=np.zeros(count, dtype=np.int64),
        completeness=np.full(count, 0.5),
    )


@dataclass(frozen=True)
class Known:
    """What was known on a day: the market and every seeker's past."""

    on: date
    market: Market
    offers: Offers
    rows: Mapping[str, int]
    past: Mapping[str, Sequence[tuple[str, date]]]

    def past_of(self, seeker: str) -> Past:
        deals = self.past.get(seeker, ())
        rows = np.array([self.rows[company] for company, _ in deals], dtype=np.int64)
        ages = np.array([(self.on - day).days for _, day in deals], dtype=np.float64)
        return Past(self.offers.take(rows), np.ones(len(deals)), ages)


def known_on(track: Track, on: date) -> Known:
    deals = [deal for deal in track.deals if deal[2] < on]
    names = sorted({company for _, company, _ in deals})
    rows = {company: row for row, company in enumerate(names)}
    offers = offers_of(track, [track.companies[company] for company in names])
    seekers = {seeker: number for number, seeker in enumerate(sorted({seeker for seeker, _, _ in deals}))}
    past: dict[str, list[tuple[str, date]]] = {}
    for seeker, company, day in deals:
        past.setdefault(seeker, []).append((company, day))
    market = market_of(f"{track.name}-{on}", offers, [(seekers[seeker], rows[company]) for seeker, company, _ in deals])
    return Known(on, market, offers, rows, past)


def replay(track: Track) -> Iterable[Example]:
    """The years before the cut: for everybody with a past, companies that were new that year, and whether they went for them."""
    for year in range(CUTS[track.name] - REPLAYED, CUTS[track.name]):
        known = known_on(track, date(year, 1, 1))
        new = {
            (seeker, company) for seeker, company, day in track.deals if day.year == year and company not in known.rows
        }
        names = sorted({company for _, company in new})
        offers = offers_of(track, [track.companies[company] for company in names])
        seekers = sorted(known.past)
        wishes = wishes_of(track, seekers, [replayed_thesis(track, known.past[seeker]) for seeker in seekers])
        every = np.arange(len(offers))
        for row, seeker in enumerate(seekers):
            stated = seeker_side(wishes, offers, known.market, np.full(len(offers), row), every)
            yield Example(
                behaviour(known.past_of(seeker), offers, known.market),
                DECLARED.log_odds(stated),
                np.array([(seeker, company) in new for company in names], dtype=np.float64),
            )


def rank(track: Track, ranker: Ranker) -> dict[str, Floats]:
    """For each query, a key for every candidate, the higher the better: what a mandate's page would be ordered by."""
    known = known_on(track, date(CUTS[track.name], 1, 1))
    offers = offers_of(track, track.candidates)
    wishes = wishes_of(track, track.queries, [stated_thesis(track, seeker) for seeker in track.queries])
    every = np.arange(len(offers))
    log_odds = np.zeros((len(wishes), len(offers)))
    for row, seeker in enumerate(track.queries):
        scored = score_pairs(
            wishes,
            offers,
            anything_goes(len(offers)),
            known.market,
            np.full(len(offers), row),
            every,
            learned=ranker,
            pasts={row: known.past_of(seeker)},
        )
        log_odds[row] = FAILED
        log_odds[row, scored.listings] = scored.log_odds
    return dict(zip(track.queries, priced(log_odds, exposure_of(log_odds)), strict=True))


def anything_goes(count: int) -> Acceptances:
    """Owners who accept everybody."""
    return Acceptances(np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64), np.full(count, np.nan))
