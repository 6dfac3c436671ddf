"""Training a ranker from what people did, and promoting it only where it ranks no worse than what is in use."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction

from matching.columns import acceptances_of, offers_of, wishes_of
from matching.engine.behaviour import behaviour
from matching.engine.engine import seeker_contributions
from matching.engine.model import Ranker
from matching.engine.models import DECLARED
from matching.engine.stated import seeker_side
from matching.engine.text import text_key
from matching.engine.types import Acceptances, Floats, Market, Offers, Past, Wishes
from matching.learning.fit import Example, fit
from matching.learning.score import quality
from matching.models import Feedback, ListingProfile, Mandate, RankerVersion
from matching.selectors.feedback import WANTED, WORTH
from matching.services import vectors
from matching.services.market import current_ranker
from matching.services.scoring import Basis, basis_of_today, profile_as_it_was, tiers_of
from msmebazaar.core import audit, clock

LEAST_POSITIVES = 300  # with fewer, what people did is noise
HELD_BACK = timedelta(days=30)  # the newest month says whether a ranker learned from before it ranks well
TOLERANCE = 0.0


@dataclass(frozen=True)
class Trained:
    """What came of a training. `is_promoted` False: too little to learn from (no version), or it would rank worse."""

    version: str
    positives: int
    examples: int
    is_promoted: bool
    report: dict[str, Any]


@dataclass(frozen=True)
class _Record:
    """Mandates with all that was wanted and shown, and the listings it was about, as columns."""

    wishes: Wishes
    offers: Offers
    acceptances: Acceptances
    signs: dict[int, list[tuple[int, datetime, float]]]
    market: Market
    today: datetime


def train_ranker(*, now: datetime, promote: bool = True) -> Trained:
    """Fit on everything before the last month, judge on the last month, and promote if neither nDCG@10 nor Recall@50 falls.

    Judged against what is in use now, on the same mandates and listings. The version is kept either way, with its report.
    """
    record = _read(now)
    cut = now - HELD_BACK
    positives = sum(at < cut for signs in record.signs.values() for _, at, _ in signs)
    if positives < LEAST_POSITIVES:
        return Trained("", positives, 0, is_promoted=False, report={"reason": "too_few", "needed": LEAST_POSITIVES})
    version = f"ranker-{now:%Y%m%d-%H%M%S}"
    examples = _examples(record, cut)
    ranker = fit(version, examples, source=f"feedback before {cut:%Y-%m-%d}")
    report = {"new": _judge(record, cut, ranker), "in_use": _judge(record, cut, current_ranker())}
    better = all(report["new"][name] >= report["in_use"][name] - TOLERANCE for name in ("ndcg", "recall")) and bool(
        report["new"]["queries"]
    )
    pairs = sum(len(example.happened) for example in examples)
    _keep(ranker, report, positives, pairs, now, is_in_use=better and promote)
    return Trained(version, positives, pairs, is_promoted=better and promote, report=report)


@transaction.atomic
def _keep(
    ranker: Ranker, report: dict[str, Any], positives: int, pairs: int, now: datetime, *, is_in_use: bool
) -> None:
    if is_in_use:
        RankerVersion.objects.filter(is_in_use=True).update(is_in_use=False)
    RankerVersion.objects.create(
        version=ranker.version,
        content=ranker.as_json(),
        sha256=ranker.digest,
        examples=pairs,
        positives=positives,
        report=report,
        is_in_use=is_in_use,
        made_at=now,
    )
    audit.record(
        "matching.ranker_trained",
        subject_type="ranker",
        subject_id=UUID(int=0),
        actor_id=None,
        facts={"version": ranker.version, "promoted": str(is_in_use)},
    )


@transaction.atomic
def use_ranker(*, version: str | None) -> None:
    """Put a kept ranker to use, or none: the untrained engine. RankerVersion.DoesNotExist for one that is not kept."""
    chosen = RankerVersion.objects.get(pk=version) if version else None
    RankerVersion.objects.filter(is_in_use=True).update(is_in_use=False)
    if chosen is not None:
        chosen.is_in_use = True
        chosen.save(update_fields=["is_in_use"])


def _read(now: datetime) -> _Record:
    wanted: dict[UUID, dict[UUID, Feedback]] = defaultdict(dict)
    for sign in Feedback.objects.filter(kind__in=WANTED).order_by("-at", "-id"):
        wanted[sign.mandate_id][sign.listing_id] = sign  # the oldest wins: when it was first wanted
    mandates = list(Mandate.objects.filter(pk__in=list(wanted)).order_by("id"))
    profiles: dict[UUID, ListingProfile] = {}
    for signs in wanted.values():
        for listing_id, sign in signs.items():
            if listing_id not in profiles:
                profiles[listing_id] = profile_as_it_was(sign.facts)
                profiles[listing_id].listing_id = listing_id
    order = sorted(profiles)
    rows = {listing_id: row for row, listing_id in enumerate(order)}
    ordered = [profiles[listing_id] for listing_id in order]
    basis: Basis = basis_of_today()
    keys = [text_key(mandate.thesis) for mandate in mandates]
    known = vectors.vectors_of([*keys, *(profile.text_key for profile in ordered)])
    return _Record(
        wishes_of(mandates, tiers_of(mandates), known, keys),
        offers_of(ordered, known, clock.today_in_india()),
        acceptances_of(ordered),
        {
            row: [(rows[listing_id], sign.at, WORTH[sign.kind]) for listing_id, sign in wanted[mandate.id].items()]
            for row, mandate in enumerate(mandates)
        },
        basis.market,
        now,
    )


def _past(record: _Record, mandate: int, before: datetime) -> Past:
    signs = [(row, at, worth) for row, at, worth in record.signs[mandate] if at < before]
    rows = np.array([row for row, _, _ in signs], dtype=np.int64)
    ages = np.array([(before - at).days for _, at, _ in signs], dtype=np.float64)
    return Past(record.offers.take(rows), np.array([worth for _, _, worth in signs]), ages)


def _examples(record: _Record, cut: datetime) -> list[Example]:
    """For each mandate: its past of a month before, beside everything anybody wanted in that month."""
    earlier = cut - HELD_BACK
    columns = _wanted_between(record, earlier, cut)
    offers = record.offers.take(columns)
    found = []
    for mandate in record.signs:
        past = _past(record, mandate, earlier)
        stated = _stated(record, mandate, columns)
        happened = _happened(record, mandate, columns, earlier, cut)
        found.append(Example(behaviour(past, offers, record.market), DECLARED.log_odds(stated), happened))
    return found


def _judge(record: _Record, cut: datetime, ranker: Ranker | None) -> dict[str, float]:
    """How well the month after the cut is ranked from what was known at it."""
    columns = _wanted_between(record, cut, record.today)
    gone_for, keys = {}, {}
    for mandate in record.signs:
        happened = _happened(record, mandate, columns, cut, record.today)
        if not happened.any():
            continue
        contributions = seeker_contributions(
            _stated(record, mandate, columns),
            np.zeros(len(columns), dtype=np.int64),
            columns,
            record.offers,
            record.market,
            learned=ranker,
            pasts={0: _past(record, mandate, cut)},
        )
        name = record.wishes.ids[mandate]
        keys[name] = sum(contributions.values(), np.zeros(len(columns)))
        gone_for[name] = frozenset(record.offers.ids[row] for row in columns[happened > 0].tolist())
    if not keys:
        return {"ndcg": 0.0, "recall": 0.0, "reverse_ndcg": 0.0, "gini": 0.0, "queries": 0}
    found = quality(keys, [record.offers.ids[row] for row in columns.tolist()], gone_for)
    return {
        "ndcg": found.ndcg,
        "recall": found.recall,
        "reverse_ndcg": found.reverse_ndcg,
        "gini": found.gini,
        "queries": found.queries,
    }


def _wanted_between(record: _Record, start: datetime, end: datetime) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    rows = {row for signs in record.signs.values() for row, at, _ in signs if start <= at < end}
    return np.array(sorted(rows), dtype=np.int64)


def _happened(record: _Record, mandate: int, columns: Any, start: datetime, end: datetime) -> Floats:
    wanted = {row for row, at, _ in record.signs[mandate] if start <= at < end}
    return np.array([float(row in wanted) for row in columns.tolist()])


def _stated(record: _Record, mandate: int, columns: Any) -> dict[str, Floats]:
    return seeker_side(record.wishes, record.offers, record.market, np.full(len(columns), mandate), columns)
