"""Messages between the two sides of an introduction."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from matching.exceptions import MoveNotLegal
from matching.models import Message
from matching.selectors.introductions import side_of
from matching.services.introductions import own_locked, tell
from matching.services.masking import Masked, mask, warnings_in
from matching.types import IntroductionState, Side
from msmebazaar.core.actor import Actor

TALKING = (IntroductionState.ASKED, IntroductionState.APPROVED)


@transaction.atomic
def write_message(*, actor: Actor, introduction_id: UUID, text: str, now: datetime) -> Message:
    """Write to the other side. Until the owner has agreed, contact data is hidden from it; tricks are warned of always.

    Raises:
        IntroductionNotFound, ReadOnly.
        MoveNotLegal: there is nobody to talk to any more, or not now.
    """
    introduction = own_locked(actor, introduction_id)
    if introduction.state not in TALKING:
        raise MoveNotLegal(now=str(IntroductionState(introduction.state).label))
    side = side_of(actor, introduction)
    is_known = introduction.state == IntroductionState.APPROVED
    masked = Masked(text, (), warnings_in(text)) if is_known else mask(text)
    message = Message.objects.create(
        introduction=introduction,
        side=side,
        user_id=actor.user_id,
        written=text,
        shown=masked.shown,
        warnings=list(masked.warnings),
    )
    tell(introduction, Side.SEEKER if side is Side.OWNER else Side.OWNER, "matching.message", now)
    return message
