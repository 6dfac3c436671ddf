"""The breach desk: clocks, who is affected, drafts of notices, telling the people."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from accounts import selectors as people
from accounts import services as accounts
from adminpanel.events import BreachNoticeWanted
from adminpanel.exceptions import BreachClosed, BreachNotFound, BreachUnfinished
from adminpanel.models import Breach, BreachAffected
from adminpanel.reference import BOARD, CERT_IN
from adminpanel.types import BreachKind, BreachState
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor, Duty
from msmebazaar.core.clock import INDIA
from msmebazaar.core.outbox import publish

TOLD = {"certin": "certin_told_at", "board": "board_told_at"}
PART = 500


@dataclass(frozen=True)
class BreachInput:
    title: str
    kind: str
    what_happened: str
    happened_from: datetime
    happened_until: datetime
    known_at: datetime
    consequences: str = ""
    measures: str = ""


@dataclass(frozen=True)
class Draft:
    """A notice to copy: to whom, in which language, its subject and text."""

    to: str
    language: str
    subject: str
    text: str


@transaction.atomic
def open_breach(*, actor: Actor, given: BreachInput) -> Breach:
    """Write an incident down; the clocks of 6 and 72 hours run from the moment it was known.

    Raises:
        Forbidden.
    """
    actor.require_duty(Duty.PRIVACY)
    breach = Breach.objects.create(
        **vars(given),
        certin_due_at=given.known_at + CERT_IN.within,
        board_due_at=given.known_at + BOARD.within,
        opened_by_id=actor.user_id,
    )
    _audit("adminpanel.breach_opened", breach, actor, {"kind": breach.kind})
    return breach


@transaction.atomic
def update_breach(*, actor: Actor, breach_id: UUID, what_happened: str, consequences: str, measures: str) -> Breach:
    """Raises: Forbidden, BreachNotFound, BreachClosed."""
    breach = _open_locked(actor, breach_id)
    breach.what_happened, breach.consequences, breach.measures = what_happened, consequences, measures
    breach.save()
    _audit("adminpanel.breach_updated", breach, actor, {})
    return breach


@transaction.atomic
def add_affected(*, actor: Actor, breach_id: UUID, user_ids: Iterable[UUID], because: str) -> int:
    """People whose data it concerns; who is there already stays as they are. Returns how many are new.

    Raises:
        Forbidden, BreachNotFound, BreachClosed.
    """
    breach = _open_locked(actor, breach_id)
    known = people.people_among(user_ids=user_ids)
    before = breach.affected.count()
    rows = [BreachAffected(breach=breach, person_id=key, because=because[:80]) for key in known]
    BreachAffected.objects.bulk_create(rows, ignore_conflicts=True)
    count = breach.affected.count() - before
    _audit("adminpanel.breach_affected_added", breach, actor, {"count": count, "because": because[:80]})
    return count


@transaction.atomic
def add_affected_by_colleague(*, actor: Actor, breach_id: UUID, username: str, since: datetime, until: datetime) -> int:
    """Everybody whose data an account of staff looked at or changed between two moments, after the audit.

    Raises:
        Forbidden, BreachNotFound, BreachClosed, ColleagueNotFound.
    """
    colleague_id = people.require_colleague(username=username)
    touched = people.people_touched_by(colleague_id=colleague_id, since=since, until=until)
    because = f"{username} {since.astimezone(INDIA):%d.%m. %H:%M}–{until.astimezone(INDIA):%d.%m. %H:%M}"
    return add_affected(actor=actor, breach_id=breach_id, user_ids=touched, because=because)


@transaction.atomic
def mark_told(*, actor: Actor, breach_id: UUID, whom: str, now: datetime) -> Breach:
    """CERT-In or the Board have had their notice. Repeats keep the first time.

    Raises:
        Forbidden, BreachNotFound, BreachClosed.
    """
    breach = _open_locked(actor, breach_id)
    name = TOLD[whom]
    if getattr(breach, name) is None:
        setattr(breach, name, now)
        breach.save()
        _audit("adminpanel.breach_told", breach, actor, {"whom": whom})
    return breach


@transaction.atomic
def tell_people(*, actor: Actor, breach_id: UUID, now: datetime) -> Breach:
    """Have everybody who is affected told, by a worker; who was told already is not told twice.

    Raises:
        Forbidden, BreachNotFound, BreachClosed.
    """
    breach = _open_locked(actor, breach_id)
    publish(BreachNoticeWanted(breach.id))
    breach.people_told_at = breach.people_told_at or now
    breach.save()
    _audit("adminpanel.breach_people_told", breach, actor, {"count": breach.affected.count()})
    return breach


@transaction.atomic
def tell_next_part(*, breach_id: UUID, now: datetime) -> None:
    """A part of the people, then the next."""
    rows = list(
        BreachAffected.objects.select_for_update(skip_locked=True).filter(breach_id=breach_id, told_at__isnull=True)[
            :PART
        ]
    )
    if not rows:
        return
    breach = Breach.objects.get(pk=breach_id)
    texts = {language: _draft(breach, "people", language, to_people).text for language in ("en", "hi")}
    for row in rows:
        language = people.get_contact(user_id=row.person_id).language
        params = {"breach_id": str(breach_id), "text": texts.get(language, texts["en"])}
        accounts.notify(user_ids=[row.person_id], kind="adminpanel.breach", now=now, params=params)
    BreachAffected.objects.filter(pk__in=[row.pk for row in rows]).update(told_at=now)
    if len(rows) == PART:
        publish(BreachNoticeWanted(breach_id))


@transaction.atomic
def close_breach(*, actor: Actor, breach_id: UUID, now: datetime) -> Breach:
    """Raises: Forbidden, BreachNotFound, BreachClosed; BreachUnfinished: somebody was not told."""
    breach = _open_locked(actor, breach_id)
    is_everybody_told = not breach.affected.filter(told_at__isnull=True).exists()
    if not (breach.certin_told_at and breach.board_told_at and is_everybody_told):
        raise BreachUnfinished
    breach.state, breach.closed_at = BreachState.CLOSED, now
    breach.save()
    _audit("adminpanel.breach_closed", breach, actor, {})
    return breach


def drafts_of(breach: Breach) -> list[Draft]:
    """Notices to CERT-In, the Board and the people, in English; the people's in Hindi too."""
    return [
        _draft(breach, "CERT-In", "en", to_authority),
        _draft(breach, "Data Protection Board", "en", to_authority),
        _draft(breach, "people", "en", to_people),
        _draft(breach, "people", "hi", to_people),
    ]


def _draft(breach: Breach, to: str, language: str, text: Callable[[Breach], str]) -> Draft:
    with translation.override(language):
        subject = gettext("Notice of a breach of personal data: %(title)s") % {"title": breach.title}
        return Draft(to, language, subject, text(breach))


def _facts(breach: Breach) -> dict[str, object]:
    def moment(at: datetime) -> str:
        return at.astimezone(INDIA).strftime("%d.%m.%Y %H:%M IST")

    return {
        "kind": str(BreachKind(breach.kind).label),
        "from": moment(breach.happened_from),
        "until": moment(breach.happened_until),
        "known": moment(breach.known_at),
        "what": breach.what_happened or "…",
        "consequences": breach.consequences or "…",
        "measures": breach.measures or "…",
        "count": breach.affected.count(),
    }


def to_authority(breach: Breach) -> str:
    return gettext(
        "Nature: %(kind)s.\nHappened: %(from)s to %(until)s. Known: %(known)s.\nPeople affected: %(count)s.\n\n"
        "What happened:\n%(what)s\n\nLikely consequences:\n%(consequences)s\n\nMeasures taken and planned:\n%(measures)s\n\n"
        "Contact: the grievance officer of MSMEBazaar."
    ) % _facts(breach)


def to_people(breach: Breach) -> str:
    return gettext(
        "Between %(from)s and %(until)s personal data of yours was affected: %(kind)s.\n\nWhat happened:\n%(what)s\n\n"
        "What it may mean for you:\n%(consequences)s\n\nWhat we have done:\n%(measures)s\n\nWhat you can do: tell nobody a code "
        "of ours, look at your sessions and log out those you do not know, and ask us if anything looks odd. Write to our "
        "grievance officer under Data requests."
    ) % _facts(breach)


def get_breach(*, actor: Actor, breach_id: UUID) -> Breach:
    """Raises: Forbidden, BreachNotFound."""
    actor.require_duty(Duty.PRIVACY)
    breach = Breach.objects.filter(pk=breach_id).first()
    if breach is None:
        raise BreachNotFound
    return breach


def _open_locked(actor: Actor, breach_id: UUID) -> Breach:
    actor.require_duty(Duty.PRIVACY)
    breach = Breach.objects.select_for_update().filter(pk=breach_id).first()
    if breach is None:
        raise BreachNotFound
    if breach.state != BreachState.OPEN:
        raise BreachClosed
    return breach


def _audit(action: str, breach: Breach, actor: Actor, facts: dict[str, object]) -> None:
    audit.record(action, subject_type="breach", subject_id=breach.id, actor_id=actor.user_id, facts=facts)
