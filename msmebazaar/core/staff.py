"""What every app gives to the staff's pages: queues of what waits for a person, numbers over time, what somebody did.

Each app registers when it is ready, adminpanel draws pages and the API over all of them, and neither front end knows the
other (ADR 0015). Rows stay inside: what is handed out are the dataclasses below.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, IntegerField, Min, Model, Q, QuerySet, Value, When

from msmebazaar.core.actor import Actor, Duty


class Colour:
    """How much of the time for an answer is gone: less than half, less than all, all."""

    GREEN, AMBER, RED = "green", "amber", "red"


@dataclass(frozen=True)
class Waiting:
    """One thing that waits. `due_at`: when it should be answered by; `state`, `language`: "" where there is none."""

    queue: str
    id: UUID
    title: str
    since: datetime
    due_at: datetime
    state: str = ""
    language: str = ""
    note: str = ""

    def colour(self, now: datetime) -> str:
        if now >= self.due_at:
            return Colour.RED
        return Colour.AMBER if now - self.since >= (self.due_at - self.since) / 2 else Colour.GREEN


@dataclass(frozen=True)
class Depth:
    """How many wait, how many of them for too long, and since when the oldest does."""

    count: int
    late: int
    oldest: datetime | None


@dataclass(frozen=True)
class Queue:
    """A kind of work that waits for staff.

    Attributes:
        page: the name of the admin address where one item is decided, if it has one of its own; it takes the item's id.
        rows: everything that waits; `since`, `due` (optional), `region`, `language` are lookups on it.
        title_of: what a row is called in the list. No personal data.
        answer_within: how long an item may wait.
    """

    name: str
    title: str
    duty: Duty
    answer_within: timedelta
    rows: Callable[[], "QuerySet[Any]"]
    title_of: Callable[[Any], str]
    since: str = "created_at"
    due: str = ""
    region: str = ""
    language: str = ""
    page: str = ""
    note_of: Callable[[Any], str] = lambda _row: ""

    def depth(self, *, actor: Actor, now: datetime) -> Depth:
        rows = self._visible(actor)
        late = Q(**{f"{self.due}__lte": now}) if self.due else Q(**{f"{self.since}__lte": now - self.answer_within})
        found = rows.order_by().aggregate(count=Count("pk"), late=Count("pk", filter=late), oldest=Min(self.since))
        return Depth(found["count"], found["late"], found["oldest"])

    def list(
        self,
        *,
        actor: Actor,
        state: str = "",
        language: str = "",
        without: Sequence[UUID] = (),
        first: Sequence[UUID] = (),
        only: Sequence[UUID] | None = None,
        offset: int = 0,
        limit: int = 50,
    ) -> list[Waiting]:
        """The longest waiting (or what is due) first. `first`: these before all; `without`: not these; `only`: of these."""
        rows = self._chosen(actor, state, language).exclude(pk__in=list(without))
        if only is not None:
            rows = rows.filter(pk__in=list(only))
        order = [self.due or self.since, "pk"]
        if first:
            own = Case(When(pk__in=list(first), then=Value(0)), default=Value(1), output_field=IntegerField())
            rows, order = rows.annotate(_own=own), ["_own", *order]
        return [self._waiting(row) for row in self._facts(rows.order_by(*order))[offset : offset + limit]]

    def get(self, *, actor: Actor, item_id: UUID) -> Waiting | None:
        """The item while it waits; None for what is decided, not there, or of another region."""
        row = self._facts(self._visible(actor).filter(pk=item_id)).first()
        return self._waiting(row) if row is not None else None

    def count(self, *, actor: Actor, state: str = "", language: str = "") -> int:
        return self._chosen(actor, state, language).count()

    def decided(self, ids: Sequence[UUID]) -> set[UUID]:
        """Those of these that do not wait any more."""
        return set(ids) - set(self.rows().filter(pk__in=list(ids)).values_list("pk", flat=True))

    def _chosen(self, actor: Actor, state: str, language: str) -> "QuerySet[Any]":
        rows = self._visible(actor)
        if state and self.region:
            rows = rows.filter(**{self.region: state})
        return rows.filter(**{self.language: language}) if language and self.language else rows

    def _visible(self, actor: Actor) -> "QuerySet[Any]":
        rows: QuerySet[Any] = self.rows()
        if self.region and actor.regions:
            rows = rows.filter(**{f"{self.region}__in": actor.regions})
        return rows

    def _facts(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        facts = {"_since": self.since, "_due": self.due, "_region": self.region, "_language": self.language}
        found: QuerySet[Any] = rows.annotate(**{name: F(lookup) for name, lookup in facts.items() if lookup})
        return found

    def _waiting(self, row: Model) -> Waiting:
        since: datetime = getattr(row, "_since")  # noqa: B009 - an annotation
        due: datetime = getattr(row, "_due", None) or since + self.answer_within
        state, language = str(getattr(row, "_region", "") or ""), str(getattr(row, "_language", "") or "")
        return Waiting(self.name, row.pk, self.title_of(row), since, due, state, language, self.note_of(row))


@dataclass(frozen=True)
class Point:
    """A value of a measure on a day of India; `split` and `key` say of which part ("", "": of all)."""

    day: date
    value: Decimal | int
    split: str = ""
    key: str = ""


@dataclass(frozen=True)
class Measure:
    """A number that is kept by day.

    Attributes:
        is_level: what there is on a day (listings live), known for today only; otherwise what happened on a day.
        unit: "" for a count, "inr" for rupees.
        splits: by what it is divided besides the whole: "state", "sector", "language", "step".
        points: the values of the days from `since` to `until`, both included.
    """

    name: str
    title: str
    points: Callable[[date, date], Iterable[Point]]
    is_level: bool = False
    unit: str = ""
    splits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deed:
    """Something that a person did or that was done about them; `what` is a sentence without personal data."""

    at: datetime
    app: str
    what: str
    address: str = ""


@dataclass(frozen=True)
class Whose:
    """Whose deeds: a person with the contacts merged into them, and their organisations."""

    user_ids: tuple[UUID, ...]
    organisation_ids: tuple[UUID, ...]


Deeds = Callable[[Whose, datetime, int], Iterable[Deed]]


@dataclass
class _Register:
    queues: dict[str, Queue] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    deeds: list[Deeds] = field(default_factory=list)


_known = _Register()


def register_queues(*queues: Queue) -> None:
    _known.queues.update({queue.name: queue for queue in queues})


def register_measures(*measures: Measure) -> None:
    _known.measures.update({measure.name: measure for measure in measures})


def register_deeds(deeds: Deeds) -> None:
    """`deeds(whose, before, limit)`: the newest first, before a moment."""
    _known.deeds.append(deeds)


def queues_for(actor: Actor) -> list[Queue]:
    """Those that the colleague's duties open."""
    return [queue for queue in _known.queues.values() if actor.has_duty(queue.duty)]


def queue_named(name: str) -> Queue | None:
    return _known.queues.get(name)


def queues() -> list[Queue]:
    return list(_known.queues.values())


def measures() -> list[Measure]:
    return list(_known.measures.values())


def measure_named(name: str) -> Measure | None:
    return _known.measures.get(name)


def deeds_of(whose: Whose, *, before: datetime, limit: int) -> list[Deed]:
    """From all apps, the newest first."""
    found = [deed for source in _known.deeds for deed in source(whose, before, limit)]
    return sorted(found, key=lambda deed: deed.at, reverse=True)[:limit]
