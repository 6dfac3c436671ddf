"""Introductions: both sides agree before either is known. Every step is one row of MOVES, taken under a lock and written down."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from accounts import selectors as people
from accounts import services as accounts
from matching import selectors
from matching.events import IntroductionMoved
from matching.exceptions import (
    AgreementFirst,
    IntroductionNotFound,
    IntroductionNotPossible,
    IntroductionOpen,
    MoveNotLegal,
    WrongSide,
)
from matching.models import Introduction, IntroductionMove, Letter, ListingProfile, Mandate
from matching.models.introductions import OPEN_STATES
from matching.selectors.introductions import side_of
from matching.services.explaining import explain
from matching.services.feedback import FeedbackInput, own_pair, write_feedback
from matching.services.lanes import count_equity_approach
from matching.services.masking import mask
from matching.texts import FAILED
from matching.types import MOVES, FeedbackKind, IntroductionState, LetterState, MandateStatus, Move, Side, code_of
from msme import selectors as listings
from msme.types import Intent
from msmebazaar.core import audit, limits
from msmebazaar.core.actor import Actor, Scope
from msmebazaar.core.exceptions import FieldFault
from msmebazaar.core.outbox import publish

ANSWER_WITHIN = timedelta(hours=72)
REMIND_AFTER = (timedelta(hours=24), timedelta(hours=60))
ROUND = 500


@transaction.atomic
def ask_for_introduction(*, actor: Actor, mandate_id: UUID, listing_id: UUID, note: str, now: datetime) -> Introduction:
    """Ask the owner of a listing to be introduced. The owner has 72 hours; until then neither side learns who the other is.

    Raises:
        MandateNotFound, MatchNotFound, ReadOnly.
        IntroductionNotPossible: the pair fails a condition; `errors` names each.
        IntroductionOpen: this seeker has asked already.
        RateLimited: more requests in a day than anybody means.
    """
    mandate, profile = own_pair(actor=actor, mandate_id=mandate_id, listing_id=listing_id)
    actor.require_writable(Scope.MATCHING, mandate.organisation_id)
    Mandate.objects.select_for_update().get(pk=mandate.pk)
    explained = explain(mandate, profile)
    if explained.failed or mandate.status != MandateStatus.ACTIVE:
        failed = explained.failed or ("mandate",)
        raise IntroductionNotPossible(errors=tuple(FieldFault("listing_id", code, FAILED[code]) for code in failed))
    if Introduction.objects.filter(
        seeker_id=mandate.organisation_id, listing_id=listing_id, state__in=OPEN_STATES
    ).exists():
        raise IntroductionOpen
    limits.spend("introductions", str(mandate.organisation_id), settings.INTRODUCTIONS_PER_ORGANISATION)
    introduction = Introduction(
        mandate=mandate,
        listing_id=listing_id,
        seeker_id=mandate.organisation_id,
        owner_id=profile.organisation_id,
        asked_by_id=actor.user_id,
        state=IntroductionState.ASKED,
        note=mask(note).shown,
        kind=mandate.kind,
        due_at=now + ANSWER_WITHIN,
        remind_at=now + REMIND_AFTER[0],
    )
    try:
        with transaction.atomic():
            introduction.save()
    except IntegrityError as error:  # another mandate of the same seeker was a moment faster
        raise IntroductionOpen from error
    _write_down(introduction, Move.ASK, Side.SEEKER, "", actor.user_id, now)
    write_feedback(mandate, profile, FeedbackInput(FeedbackKind.CONTACTED), user_id=actor.user_id, now=now)
    return introduction


@transaction.atomic
def move_introduction(
    *, actor: Actor, introduction_id: UUID, move: Move, now: datetime, reason: str = ""
) -> Introduction:
    """Take one step. Repeating a step that has been taken changes nothing.

    Raises:
        IntroductionNotFound, ReadOnly, WrongSide.
        MoveNotLegal: it cannot be taken from where the introduction stands now.
        EquityLimitReached: approving would offer shares to a 201st investor this year.
    """
    introduction = own_locked(actor, introduction_id)
    side = side_of(actor, introduction)
    wanted_side, _, after = MOVES[move]
    if side != wanted_side:
        raise WrongSide
    if introduction.state == after:
        return introduction
    if after == IntroductionState.APPROVED and _is_taken(introduction):
        raise MoveNotLegal(now=str(IntroductionState.FROZEN.label))
    if move is Move.APPROVE:
        _guard_approval(introduction, now)
    return _take(introduction, move, side, actor.user_id, now, reason)


def _is_taken(introduction: Introduction) -> bool:
    """Whether somebody else's letter for the listing is accepted: then nobody is let in."""
    accepted = Letter.objects.filter(listing_id=introduction.listing_id, state=LetterState.ACCEPTED)
    return accepted.exclude(introduction=introduction).exists()


def _guard_approval(introduction: Introduction, now: datetime) -> None:
    if introduction.state != IntroductionState.ASKED:
        return  # the table of moves says why not
    if introduction.due_at is not None and introduction.due_at <= now:
        raise MoveNotLegal(now=str(IntroductionState.EXPIRED.label))
    terms = listings.get_price_terms(listing_id=introduction.listing_id)
    if terms is not None and terms.intent == Intent.EQUITY_INVESTMENT:
        count_equity_approach(issuer_id=terms.business_id, investor_id=introduction.seeker_id, now=now)


@transaction.atomic
def open_room(*, actor: Actor, introduction_id: UUID, now: datetime) -> Introduction:
    """The owner lets an introduced seeker, who has signed, into the data room. Saying it again changes nothing.

    Raises:
        IntroductionNotFound, ReadOnly, WrongSide, MoveNotLegal.
        AgreementFirst: nothing is signed yet.
    """
    introduction = own_locked(actor, introduction_id)
    if side_of(actor, introduction) != Side.OWNER:
        raise WrongSide
    if introduction.state != IntroductionState.APPROVED:
        raise MoveNotLegal(now=_named(introduction.state))
    if not hasattr(introduction, "signature"):
        raise AgreementFirst
    if introduction.opened_room_at is None:
        introduction.opened_room_at = now
        introduction.save(update_fields=["opened_room_at", "updated_at"])
        audit.record(
            "matching.room_opened", subject_type="introduction", subject_id=introduction.id, actor_id=actor.user_id
        )
        tell(introduction, Side.SEEKER, "matching.room_opened", now)
    return introduction


def keep_the_clock(*, now: datetime) -> int:
    """Expire requests nobody answered and remind owners of the others. Returns how many rows were touched.

    One transaction a row; a row that is being answered right now is left to whoever answers it.
    """
    asked = Introduction.objects.filter(state=IntroductionState.ASKED)
    due = asked.filter(Q(due_at__lte=now) | Q(remind_at__lte=now)).order_by("due_at").values_list("pk", flat=True)
    return sum(_tick(introduction_id, now) for introduction_id in list(due[:ROUND]))


@transaction.atomic
def _tick(introduction_id: UUID, now: datetime) -> int:
    row = Introduction.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=introduction_id).first()
    if row is None or row.state != IntroductionState.ASKED or row.due_at is None:
        return 0
    if row.due_at <= now:
        _take(row, Move.EXPIRE, Side.CLOCK, None, now, "")
        return 1
    if row.remind_at is None or row.remind_at > now:
        return 0
    later = [row.created_at + after for after in REMIND_AFTER if row.created_at + after > now]
    row.remind_at = later[0] if later else None
    row.save(update_fields=["remind_at", "updated_at"])
    tell(row, Side.OWNER, "matching.introduction_waits", now)
    return 1


def freeze_others(accepted: Introduction, *, user_id: UUID, now: datetime) -> int:
    """An offer was accepted: nobody else introduced to the listing sees more for now. In the caller's transaction."""
    rows = Introduction.objects.select_for_update().filter(listing_id=accepted.listing_id).exclude(pk=accepted.pk)
    return _move_all(rows.filter(state=IntroductionState.APPROVED), Move.FREEZE, user_id, now)


def release_others(listing_id: UUID, *, user_id: UUID | None, now: datetime) -> int:
    """The accepted offer is off: those who were frozen are where they were."""
    rows = Introduction.objects.select_for_update().filter(listing_id=listing_id, state=IntroductionState.FROZEN)
    return _move_all(rows, Move.RELEASE, user_id, now)


def _move_all(rows: QuerySet[Introduction], move: Move, user_id: UUID | None, now: datetime) -> int:
    return len([_take(row, move, Side.CLOCK, user_id, now, "") for row in rows.order_by("id")])


def own_locked(actor: Actor, introduction_id: UUID) -> Introduction:
    """An introduction the actor is a side of and may act in, under a lock.

    All of the listing's introductions are locked, in one order, so that steps on one listing follow each other.
    """
    found = selectors.own_introductions(actor=actor).filter(pk=introduction_id).first()
    if found is None:
        raise IntroductionNotFound
    list(
        Introduction.objects.select_for_update()
        .filter(listing_id=found.listing_id)
        .order_by("id")
        .values_list("pk", flat=True)
    )
    introduction = Introduction.objects.select_related("signature").get(pk=introduction_id)
    side = side_of(actor, introduction)
    scope = Scope.LISTING if side is Side.OWNER else Scope.MATCHING
    actor.require_writable(scope, introduction.owner_id if side is Side.OWNER else introduction.seeker_id)
    return introduction


def _take(
    introduction: Introduction, move: Move, side: Side, user_id: UUID | None, now: datetime, reason: str
) -> Introduction:
    _, legal_from, after = MOVES[move]
    if introduction.state not in legal_from:
        raise MoveNotLegal(now=_named(introduction.state))
    before, introduction.state = introduction.state, after
    introduction.version += 1
    introduction.due_at = introduction.remind_at = None
    introduction.save()
    if move in (Move.WITHDRAW, Move.REVOKE):
        _drop_letters(introduction, user_id, now)
    if move is Move.APPROVE and introduction.mandate is not None:
        _learn(introduction, user_id, now)
    _write_down(introduction, move, side, before, user_id, now, reason)
    return introduction


def _drop_letters(introduction: Introduction, user_id: UUID | None, now: datetime) -> None:
    letters = Letter.objects.filter(introduction=introduction)
    was_accepted = letters.filter(state=LetterState.ACCEPTED).exists()
    letters.filter(state__in=(LetterState.SENT, LetterState.ACCEPTED)).update(state=LetterState.LAPSED, answered_at=now)
    if was_accepted:
        release_others(introduction.listing_id, user_id=user_id, now=now)


def _learn(introduction: Introduction, user_id: UUID | None, now: datetime) -> None:
    profile = ListingProfile.objects.filter(pk=introduction.listing_id).first()
    if profile is not None and introduction.mandate is not None and user_id is not None:
        given = FeedbackInput(FeedbackKind.ACCEPTED)
        write_feedback(introduction.mandate, profile, given, user_id=user_id, now=now)


def _write_down(
    introduction: Introduction,
    move: Move,
    side: Side,
    before: str,
    user_id: UUID | None,
    now: datetime,
    reason: str = "",
) -> None:
    row = IntroductionMove.objects.create(
        introduction=introduction,
        number=introduction.version,
        move=move,
        side=side,
        before=before,
        after=introduction.state,
        reason=reason,
        user_id=user_id,
        at=now,
    )
    audit.record(
        f"matching.introduction_{row.after}",
        subject_type="introduction",
        subject_id=introduction.id,
        actor_id=user_id,
        facts={"from": before, "to": row.after},
    )
    publish(IntroductionMoved(introduction.id, introduction.version))


TOLD: dict[str, tuple[Side, str]] = {
    Move.ASK: (Side.OWNER, "matching.introduction_asked"),
    Move.APPROVE: (Side.SEEKER, "matching.introduction_approved"),
    Move.DECLINE: (Side.SEEKER, "matching.introduction_declined"),
    Move.EXPIRE: (Side.SEEKER, "matching.introduction_expired"),
    Move.WITHDRAW: (Side.OWNER, "matching.introduction_withdrawn"),
    Move.SUSPEND: (Side.SEEKER, "matching.introduction_suspended"),
    Move.RESUME: (Side.SEEKER, "matching.introduction_resumed"),
    Move.REVOKE: (Side.SEEKER, "matching.introduction_revoked"),
    Move.FREEZE: (Side.SEEKER, "matching.introduction_frozen"),
    Move.RELEASE: (Side.SEEKER, "matching.introduction_resumed"),
}


@transaction.atomic
def tell_of_move(*, introduction_id: UUID, number: int, now: datetime) -> None:
    """Tell the side that has to know of a move."""
    row = (
        IntroductionMove.objects.select_related("introduction")
        .filter(introduction_id=introduction_id, number=number)
        .first()
    )
    if row is not None:
        side, kind = TOLD[row.move]
        tell(row.introduction, side, kind, now)


def tell(introduction: Introduction, side: Side, kind: str, now: datetime) -> None:
    """Tell the people of one side. The listing's title is the teaser's own; nobody's name is in it."""
    organisation_id = introduction.owner_id if side is Side.OWNER else introduction.seeker_id
    titles = listings.titles_of(listing_ids=[introduction.listing_id])
    params = {
        "title": titles.get(introduction.listing_id, ""),
        "introduction_id": str(introduction.id),
        "code": code_of(introduction.id),
    }
    members = people.list_member_ids(organisation_id=organisation_id)
    accounts.notify(user_ids=members, kind=kind, now=now, params=params)


def _named(state: str) -> str:
    return str(IntroductionState(state).label)
