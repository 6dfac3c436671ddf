"""Two contacts turned out to be one person."""

from uuid import UUID

from django.db import transaction

from accounts import selectors as people
from accounts.types import IdentityKind
from whatsapp.models import Conversation, Handover, InboundMessage, OutboundMessage, StaffNote


@transaction.atomic
def move_conversation(*, survivor_id: UUID, absorbed_id: UUID) -> None:
    """One conversation, with the later address and what was talked of there, and all messages of both."""
    InboundMessage.objects.filter(user_id=absorbed_id).update(user_id=survivor_id)
    rows = Conversation.objects.select_for_update().filter(user_id__in=(survivor_id, absorbed_id))
    by_user = {row.user_id: row for row in rows.order_by("id")}
    absorbed, kept = by_user.get(absorbed_id), by_user.get(survivor_id)
    if absorbed is None:
        return
    if kept is None:
        absorbed.user_id = survivor_id
        absorbed.save(update_fields=["user", "updated_at"])
        return
    OutboundMessage.objects.filter(conversation=absorbed).update(conversation=kept)
    StaffNote.objects.filter(conversation=absorbed).update(conversation=kept)
    Handover.objects.filter(conversation=absorbed, closed_at__isnull=False).update(conversation=kept)
    if not Handover.objects.filter(conversation=kept, closed_at__isnull=True).exists():
        Handover.objects.filter(conversation=absorbed).update(conversation=kept)
    if absorbed.last_heard_at > kept.last_heard_at:
        for name in (
            "address",
            "last_heard_at",
            "last_message_sid",
            "language",
            "dialogue",
            "flow",
            "flow_version",
            "step",
        ):
            setattr(kept, name, getattr(absorbed, name))
    kept.stopped_at = kept.stopped_at or absorbed.stopped_at
    kept.save()
    absorbed.delete()


@transaction.atomic
def part_conversation(*, survivor_id: UUID, absorbed_id: UUID) -> None:
    """The chat goes to whoever has its address now. Two chats that became one stay one: their lines are not told apart."""
    row = Conversation.objects.select_for_update().filter(user_id=survivor_id).first()
    if row is None or Conversation.objects.filter(user_id=absorbed_id).exists():
        return
    if people.find_user_id(kind=IdentityKind.WHATSAPP, value=row.address or "") == absorbed_id:
        row.user_id = absorbed_id
        row.save(update_fields=["user", "updated_at"])
        InboundMessage.objects.filter(user_id=survivor_id).update(user_id=absorbed_id)
