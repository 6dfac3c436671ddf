"""For the phone simulator of a local market: hours go by for one contact."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F

from accounts import selectors as people
from accounts.types import IdentityKind
from whatsapp.models import Conversation, InboundMessage


@transaction.atomic
def let_time_pass(*, address: str, hours: float) -> bool:
    """Move what we know of when somebody wrote into the past. False when nobody wrote from this address."""
    user_id = people.find_user_id(kind=IdentityKind.WHATSAPP, value=address)
    if user_id is None:
        return False
    back = timedelta(hours=hours)
    InboundMessage.objects.filter(user_id=user_id).update(received_at=F("received_at") - back)
    moved = Conversation.objects.filter(user_id=user_id).update(last_heard_at=F("last_heard_at") - back)
    Conversation.objects.filter(user_id=user_id, nudge_due_at__isnull=False).update(
        nudge_due_at=F("nudge_due_at") - back
    )
    return bool(moved)
