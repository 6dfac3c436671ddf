"""Colleagues and what needs two of them (four eyes): duties, a copy of somebody's data, an erasure.

One proposes with a reason, another one decides; the database refuses a decision by whoever proposed. What was approved is
carried out in the transaction of the approval.
"""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.exceptions import (
    ColleagueNotFound,
    NotAPerson,
    ProposalClosed,
    ProposalNotFound,
    ProposalOpen,
    SameColleague,
)
from accounts.models import Proposal, Session, StaffProfile, User
from accounts.services.people import add_colleague
from accounts.services.privacy import erase_person, request_export
from accounts.tokens import make_access_token
from accounts.types import ProposalKind, ProposalState
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor, Duty
from msmebazaar.core.types.states import STATES

NEEDED = {
    ProposalKind.DUTIES: Duty.STAFFING,
    ProposalKind.EXPORT: Duty.PRIVACY,
    ProposalKind.ERASURE: Duty.PRIVACY,
}
LOOK_LIFETIME = timedelta(minutes=30)


@dataclass(frozen=True)
class Duties:
    """`regions`: codes of states, none for the whole country; `languages`: "en", "hi", none for any."""

    duties: list[str]
    regions: list[str]
    languages: list[str]


@transaction.atomic
def hire(*, actor: Actor, username: str) -> tuple[UUID, str]:
    """A colleague without any duty yet, and the password for their first log-in, which is told once.

    Raises:
        Forbidden; ColleagueKnown.
    """
    actor.require_duty(Duty.STAFFING)
    password = secrets.token_urlsafe(12)
    user_id = add_colleague(username=username, password=password)
    _audit("accounts.staff_hired", user_id, actor, {})
    return user_id, password


@transaction.atomic
def propose_duties(*, actor: Actor, user_id: UUID, wanted: Duties, reason: str) -> Proposal:
    """Ask that a colleague has exactly these duties.

    Raises:
        Forbidden, ColleagueNotFound, ProposalOpen.
    """
    actor.require_duty(Duty.STAFFING)
    if not User.objects.filter(pk=user_id, is_staff=True).exists():
        raise ColleagueNotFound
    known = {state.letters for state in STATES}
    given = Duties(
        sorted(set(wanted.duties) & set(Duty)),
        sorted(set(wanted.regions) & known),
        sorted(set(wanted.languages) & {"en", "hi"}),
    )
    return _propose(actor, ProposalKind.DUTIES, user_id, asdict(given), reason)


@transaction.atomic
def propose_for_person(*, actor: Actor, kind: ProposalKind, user_id: UUID, reason: str) -> Proposal:
    """Ask for a copy of a person's data, made for them, or for their erasure.

    Raises:
        Forbidden; NotAPerson: nobody, a colleague, or gone; ProposalOpen.
    """
    actor.require_duty(NEEDED[kind])
    if not User.objects.filter(pk=user_id, is_staff=False, is_active=True).exists():
        raise NotAPerson
    return _propose(actor, kind, user_id, {}, reason)


def _propose(actor: Actor, kind: ProposalKind, user_id: UUID, content: dict[str, object], reason: str) -> Proposal:
    try:
        with transaction.atomic():
            row = Proposal.objects.create(
                kind=kind, person_id=user_id, content=content, reason=reason, proposed_by_id=actor.user_id
            )
    except IntegrityError as error:
        if "accounts_proposal_one_open" in str(error):
            raise ProposalOpen from error
        raise
    _audit("accounts.proposed", user_id, actor, {"kind": kind.value, "proposal_id": str(row.id)})
    return row


@transaction.atomic
def decide_proposal(*, actor: Actor, proposal_id: UUID, approve: bool, now: datetime) -> Proposal:
    """The second pair of eyes. What is approved happens now.

    Raises:
        Forbidden, ProposalNotFound, ProposalClosed; SameColleague: it is the actor's own.
    """
    row = Proposal.objects.select_for_update().filter(pk=proposal_id).first()
    if row is None:
        raise ProposalNotFound
    actor.require_duty(NEEDED[ProposalKind(row.kind)])
    if row.state != ProposalState.PROPOSED:
        raise ProposalClosed
    if row.proposed_by_id == actor.user_id:
        raise SameColleague
    row.state = ProposalState.APPROVED if approve else ProposalState.REJECTED
    row.decided_by_id, row.decided_at = actor.user_id, now
    row.save()
    if approve:
        _carry_out(row, actor, now)
    _audit(f"accounts.proposal_{row.state}", row.person_id, actor, {"kind": row.kind, "proposal_id": str(row.id)})
    return row


@transaction.atomic
def withdraw_proposal(*, actor: Actor, proposal_id: UUID, now: datetime) -> None:
    """Take one's own proposal back.

    Raises:
        ProposalNotFound, ProposalClosed.
    """
    row = Proposal.objects.select_for_update().filter(pk=proposal_id, proposed_by_id=actor.user_id).first()
    if row is None:
        raise ProposalNotFound
    if row.state != ProposalState.PROPOSED:
        raise ProposalClosed
    row.state, row.decided_at = ProposalState.WITHDRAWN, now
    row.save()
    _audit("accounts.proposal_withdrawn", row.person_id, actor, {"kind": row.kind, "proposal_id": str(row.id)})


def _carry_out(row: Proposal, actor: Actor, now: datetime) -> None:
    if row.kind == ProposalKind.DUTIES:
        StaffProfile.objects.update_or_create(user_id=row.person_id, defaults=row.content)
    elif row.kind == ProposalKind.EXPORT:
        request_export(user_id=row.person_id, actor_id=actor.user_id)
    else:
        erase_person(user_id=row.person_id, by=actor.user_id, now=now)


@transaction.atomic
def look_with_eyes_of(*, actor: Actor, user_id: UUID, reason: str, now: datetime) -> tuple[UUID, str]:
    """A session in which a colleague sees what a person sees, for half an hour, and can change nothing; and its token.

    The person finds it among their sessions. Each look is written down by the authentication.

    Raises:
        Forbidden; NotAPerson.
    """
    actor.require_duty(Duty.CHAT, Duty.PRIVACY)
    if not User.objects.filter(pk=user_id, is_staff=False, is_active=True).exists():
        raise NotAPerson
    session = Session.objects.create(
        user_id=user_id,
        user_agent="MSMEBazaar staff, reading only",
        last_used_at=now,
        colleague_id=actor.user_id,
        seen_until=now + LOOK_LIFETIME,
    )
    _audit("accounts.looked_with_eyes_of", user_id, actor, {"session_id": str(session.id), "why": reason})
    return session.id, make_access_token(user_id=user_id, session_id=session.id, now=now)


@transaction.atomic
def end_look(*, actor: Actor, session_id: UUID, now: datetime) -> None:
    """Stop looking with somebody's eyes; repeating it changes nothing."""
    Session.objects.filter(pk=session_id, colleague_id=actor.user_id, ended_at__isnull=True).update(
        ended_at=now, ended_because="look_ended"
    )


def record_look(*, actor: Actor, path: str) -> None:
    """What was looked at with a person's eyes."""
    audit.record(
        "accounts.seen_through",
        subject_type="user",
        subject_id=actor.user_id,
        actor_id=actor.seen_through_by,
        facts={"path": path},
    )


def set_away(*, actor: Actor, is_away: bool) -> None:
    """Whether work is assigned to oneself; repeating it changes nothing."""
    StaffProfile.objects.filter(user_id=actor.user_id).update(is_away=is_away)


def _audit(action: str, user_id: UUID, actor: Actor, facts: dict[str, object]) -> None:
    audit.record(action, subject_type="user", subject_id=user_id, actor_id=actor.user_id, facts=facts)
