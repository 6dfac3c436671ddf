"""Letters of intent: one open letter an introduction, one accepted letter a listing."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from matching import selectors
from matching.exceptions import AgreementFirst, LetterAnswered, LetterNotFound, LetterOpen, MoveNotLegal, WrongSide
from matching.models import Introduction, Letter
from matching.selectors.introductions import side_of
from matching.services.introductions import freeze_others, own_locked, release_others, tell
from matching.types import IntroductionState, LetterState, Side
from msme import selectors as listings
from msme import services as owners
from msme.types import ListingStatus
from msmebazaar.core import audit, clock
from msmebazaar.core.actor import Actor
from msmebazaar.core.exceptions import N_, FieldFault, InvalidInput
from valuation import services as valuations


@dataclass(frozen=True)
class LetterInput:
    """What the seeker would pay, rupees; for which share of the firm, percent; under which conditions, until when."""

    price_inr: Decimal
    valid_until: date
    stake_pct: Decimal | None = None
    conditions: str = ""


@transaction.atomic
def send_letter(*, actor: Actor, introduction_id: UUID, given: LetterInput, now: datetime) -> Letter:
    """Offer a price. The agreement has to be signed, and the last letter answered or withdrawn.

    Raises:
        IntroductionNotFound, ReadOnly, WrongSide, MoveNotLegal, AgreementFirst, LetterOpen, InvalidInput.
    """
    introduction = own_locked(actor, introduction_id)
    if side_of(actor, introduction) != Side.SEEKER:
        raise WrongSide
    if introduction.state != IntroductionState.APPROVED:
        raise MoveNotLegal(now=str(IntroductionState(introduction.state).label))
    if not hasattr(introduction, "signature"):
        raise AgreementFirst
    if given.valid_until < clock.today_in_india():
        raise InvalidInput(errors=(FieldFault("valid_until", "past", N_("This day is over.")),))
    if given.price_inr <= 0:
        raise InvalidInput(
            errors=(
                FieldFault(
                    "price_inr",
                    "not_positive",
                    N_("Offer more than zero."),
                ),
            )
        )
    _lapse(introduction, now)
    if Letter.objects.filter(introduction=introduction, state=LetterState.SENT).exists():
        raise LetterOpen
    letter = Letter.objects.create(
        introduction=introduction, listing_id=introduction.listing_id, user_id=actor.user_id, **vars(given)
    )
    _audit("matching.letter_sent", letter, actor)
    valuations.record_offer(listing_id=introduction.listing_id, price_inr=given.price_inr, now=now)
    tell(introduction, Side.OWNER, "matching.letter_sent", now)
    return letter


@transaction.atomic
def accept_letter(*, actor: Actor, letter_id: UUID, now: datetime) -> Letter:
    """Accept an offer in principle: the listing is under offer, and everybody else's introduction is frozen.

    Raises:
        LetterNotFound, ReadOnly, WrongSide, LetterAnswered, MoveNotLegal.
    """
    letter, introduction = _own_locked(actor, letter_id)
    if side_of(actor, introduction) != Side.OWNER:
        raise WrongSide
    if letter.state == LetterState.ACCEPTED:
        return letter
    _lapse(introduction, now)
    letter.refresh_from_db()
    if letter.state != LetterState.SENT:
        raise LetterAnswered
    if introduction.state != IntroductionState.APPROVED:
        raise MoveNotLegal(now=str(IntroductionState(introduction.state).label))
    _answer(letter, LetterState.ACCEPTED, now)
    terms = listings.get_own_price_terms(actor=actor, listing_id=introduction.listing_id)
    if terms.status == ListingStatus.LIVE:
        owners.mark_under_offer(actor=actor, listing_id=introduction.listing_id)
    freeze_others(introduction, user_id=actor.user_id, now=now)
    _audit("matching.letter_accepted", letter, actor)
    tell(introduction, Side.SEEKER, "matching.letter_accepted", now)
    return letter


@transaction.atomic
def decline_letter(*, actor: Actor, letter_id: UUID, now: datetime) -> Letter:
    """The owner says no to an offer, or ends one that was accepted; then the others are released.

    Raises:
        LetterNotFound, ReadOnly, WrongSide, LetterAnswered.
    """
    letter, introduction = _own_locked(actor, letter_id)
    if side_of(actor, introduction) != Side.OWNER:
        raise WrongSide
    return _end(letter, introduction, LetterState.DECLINED, actor, now, Side.SEEKER, "matching.letter_declined")


@transaction.atomic
def withdraw_letter(*, actor: Actor, letter_id: UUID, now: datetime) -> Letter:
    """The seeker takes an offer back, also one that was accepted; then the others are released.

    Raises:
        LetterNotFound, ReadOnly, WrongSide, LetterAnswered.
    """
    letter, introduction = _own_locked(actor, letter_id)
    if side_of(actor, introduction) != Side.SEEKER:
        raise WrongSide
    return _end(letter, introduction, LetterState.WITHDRAWN, actor, now, Side.OWNER, "matching.letter_withdrawn")


def _end(
    letter: Letter,
    introduction: Introduction,
    wanted: LetterState,
    actor: Actor,
    now: datetime,
    told: Side,
    kind: str,
) -> Letter:
    if letter.state == wanted:
        return letter
    if letter.state not in (LetterState.SENT, LetterState.ACCEPTED):
        raise LetterAnswered
    was_accepted = letter.state == LetterState.ACCEPTED
    _answer(letter, wanted, now)
    if was_accepted:
        release_others(introduction.listing_id, user_id=actor.user_id, now=now)
    _audit(f"matching.letter_{wanted}", letter, actor)
    tell(introduction, told, kind, now)
    return letter


def _own_locked(actor: Actor, letter_id: UUID) -> tuple[Letter, Introduction]:
    own = selectors.own_introductions(actor=actor)
    introduction_id = (
        Letter.objects.filter(pk=letter_id, introduction__in=own).values_list("introduction_id", flat=True).first()
    )
    if introduction_id is None:
        raise LetterNotFound
    introduction = own_locked(actor, introduction_id)
    return Letter.objects.select_for_update().get(pk=letter_id), introduction


def _lapse(introduction: Introduction, now: datetime) -> None:
    """Letters whose day is over are open no longer."""
    Letter.objects.filter(
        introduction=introduction, state=LetterState.SENT, valid_until__lt=clock.today_in_india()
    ).update(state=LetterState.LAPSED, answered_at=now)


def _answer(letter: Letter, state: LetterState, now: datetime) -> None:
    letter.state, letter.answered_at = state, now
    letter.save(update_fields=["state", "answered_at", "updated_at"])


def _audit(action: str, letter: Letter, actor: Actor) -> None:
    audit.record(action, subject_type="letter", subject_id=letter.id, actor_id=actor.user_id)
