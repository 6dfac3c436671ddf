"""What whatsapp holds about a person, and how it is erased."""

from datetime import datetime
from typing import Any

from accounts.holders import Subject, as_rows
from whatsapp.models import Conversation, InboundMessage, OutboundMessage, StaffNote


class WhatsappHolder:
    def collect(self, subject: Subject) -> dict[str, list[dict[str, Any]]]:
        mine = {"user_id__in": subject.user_ids}
        return {
            "conversation": as_rows(
                Conversation.objects.filter(**mine), "address", "language", "last_heard_at", "stopped_at", "dialogue"
            ),
            "received": as_rows(InboundMessage.objects.filter(**mine), "payload", "received_at"),
            "sent": as_rows(
                OutboundMessage.objects.filter(conversation__user_id__in=subject.user_ids), "body", "status", "sent_at"
            ),
            "notes_of_staff": as_rows(
                StaffNote.objects.filter(conversation__user_id__in=subject.user_ids), "text", "created_at"
            ),
        }

    def erase(self, subject: Subject, *, now: datetime) -> None:
        mine = {"user_id__in": subject.user_ids}
        InboundMessage.objects.filter(**mine).delete()
        Conversation.objects.filter(**mine).delete()
