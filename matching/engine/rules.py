"""Attribute rules: sector 45, ticket 25, place 30 points (the weights of the benchmark's rule baseline).

Integers and fractions only, so that the same input gives the same order everywhere.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

ENGINE_VERSION = "rules-1"
SECTOR_POINTS, PLACE_POINTS, TICKET_POINTS = 45, 30, 25
# Points by how many leading NIC digits agree; nothing below a division says much about a trade.
SECTOR_BY_DIGITS = {5: 45, 4: 41, 3: 36, 2: 30}
ANY_SECTOR, ANY_PLACE = 25, 20  # no wish is half a fit: it neither helps nor hurts as much as a stated one
TICKET_STRETCH = 3  # an asking price of up to three times the range, or a third of it, is still shown


@dataclass(frozen=True)
class Wish:
    """A mandate. NIC codes are prefixes of 2 to 5 digits; states are ISO letters; the ticket is in rupees."""

    id: str
    owner: str
    intents: frozenset[str]
    nic_include: tuple[str, ...]
    nic_exclude: tuple[str, ...]
    states: frozenset[str]
    ticket_min: Decimal
    ticket_max: Decimal


@dataclass(frozen=True)
class Candidate:
    """A live listing. `nic_code` is "" where it may not be told."""

    id: str
    owner: str
    intent: str
    nic_code: str
    state: str
    ask: Decimal


@dataclass(frozen=True)
class Part:
    """One factor's share of the score, and the facts its sentence is made of."""

    code: str
    points: int
    most: int
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Scored:
    """`score` is 0 to 100 and the sum of the parts' points. `rank_key` orders matches of one wish, highest first."""

    candidate_id: str
    score: int
    parts: tuple[Part, ...]
    rank_key: str


def score(wish: Wish, candidate: Candidate) -> Scored | None:
    """How well a listing fits a mandate; None when something that must not be is so."""
    if not _is_eligible(wish, candidate):
        return None
    parts = (_sector(wish, candidate), _place(wish, candidate), _ticket(wish, candidate))
    total = sum(part.points for part in parts)
    tie_break = hashlib.sha256(f"{wish.id}|{candidate.id}".encode()).hexdigest()
    return Scored(candidate.id, total, parts, f"{total:03d}{tie_break[:24]}")


def rank(wish: Wish, candidates: Iterable[Candidate]) -> list[Scored]:
    """All eligible listings, best first; ties by a hash, so that neither age nor name decides."""
    found = [scored for candidate in candidates if (scored := score(wish, candidate))]
    return sorted(found, key=lambda scored: scored.rank_key, reverse=True)


def _is_eligible(wish: Wish, candidate: Candidate) -> bool:
    """Only what nobody would call a matter of degree: own listings, another kind of deal, excluded trades, far-off prices."""
    return (
        wish.owner != candidate.owner
        and candidate.intent in wish.intents
        and not any(candidate.nic_code.startswith(prefix) for prefix in wish.nic_exclude)
        and wish.ticket_min <= candidate.ask * TICKET_STRETCH
        and candidate.ask <= wish.ticket_max * TICKET_STRETCH
    )


def _sector(wish: Wish, candidate: Candidate) -> Part:
    if not candidate.nic_code:
        return Part("sector_hidden", ANY_SECTOR, SECTOR_POINTS, ())
    values = (("nic", candidate.nic_code[:2]),)
    if not wish.nic_include:
        return Part("sector_any", ANY_SECTOR, SECTOR_POINTS, values)
    shared = max(_shared_digits(prefix, candidate.nic_code) for prefix in wish.nic_include)
    points = SECTOR_BY_DIGITS.get(shared, 0)
    return Part("sector_match" if points else "sector_other", points, SECTOR_POINTS, values)


def _shared_digits(prefix: str, code: str) -> int:
    """Leading digits that agree; a wish for a whole division is met in full by everything within it."""
    if code.startswith(prefix):
        return 5
    count = 0
    for wanted, given in zip(prefix, code, strict=False):
        if wanted != given:
            break
        count += 1
    return count


def _place(wish: Wish, candidate: Candidate) -> Part:
    values = (("state", candidate.state),)
    if not wish.states:
        return Part("place_any", ANY_PLACE, PLACE_POINTS, values)
    if candidate.state in wish.states:
        return Part("place_match", PLACE_POINTS, PLACE_POINTS, values)
    return Part("place_other", 0, PLACE_POINTS, values)


def _ticket(wish: Wish, candidate: Candidate) -> Part:
    """Full points inside the range, falling to none at three times or a third of it."""
    values = (("ask", str(candidate.ask)), ("min", str(wish.ticket_min)), ("max", str(wish.ticket_max)))
    if candidate.ask > wish.ticket_max:
        code, ratio = "ticket_above", candidate.ask / wish.ticket_max
    elif candidate.ask < wish.ticket_min:
        code, ratio = "ticket_below", wish.ticket_min / candidate.ask
    else:
        return Part("ticket_match", TICKET_POINTS, TICKET_POINTS, values)
    points = int(TICKET_POINTS * (TICKET_STRETCH - ratio) / (TICKET_STRETCH - 1))
    return Part(code, max(points, 0), TICKET_POINTS, values)
