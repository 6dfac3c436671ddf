"""Taking messages and delivery reports in: one insert, nothing else; a worker does the rest."""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.types import IdentityKind
from msmebazaar.core.crypto import blind_index
from msmebazaar.core.metrics import WEBHOOK_TOTAL
from msmebazaar.core.outbox import publish
from whatsapp.events import DeliveryFailed, MessageReceived
from whatsapp.models import InboundMessage, OutboundMessage
from whatsapp.types import RANK, OutboundStatus

FAILED = (OutboundStatus.UNDELIVERED, OutboundStatus.FAILED)


@transaction.atomic
def take_in(*, payload: Mapping[str, str], now: datetime, is_back_filled: bool = False) -> bool:
    """Keep an inbound message and wake a worker. False when it was known already: nothing happens then."""
    message, is_new = InboundMessage.objects.get_or_create(
        message_sid=payload["MessageSid"],
        defaults={
            "payload": json.dumps(dict(payload), ensure_ascii=False),
            "sender_index": blind_index("whatsapp", payload["From"]),
            "received_at": now,
            "is_back_filled": is_back_filled,
        },
    )
    WEBHOOK_TOTAL.labels("message", "new" if is_new else "repeated").inc()
    if is_new:
        publish(MessageReceived(message.id))
    return is_new


def addresses_in(payload: Mapping[str, str]) -> list[tuple[IdentityKind, str]]:
    """Who wrote, by every name that Twilio gives: `whatsapp:+91…`, or the business-scoped id of one who hides the number."""
    found = []
    for field in ("From", "ExternalUserId"):
        value = payload.get(field, "")
        if value.startswith("whatsapp:+"):
            found.append((IdentityKind.WHATSAPP, value))
        elif value:
            found.append((IdentityKind.BSUID, value))
    return list(dict.fromkeys(found))


@transaction.atomic
def raise_status(*, message_id: UUID, status: str, error_code: str, message_sid: str = "") -> bool:
    """Take a status that Twilio tells when it is further along than the one we have; False when it changes nothing.

    A report may be the first that we hear of Twilio's own id: the worker that handed the message over died before it wrote it
    down. It is then known to be on its way, and is not handed over again.
    """
    message = OutboundMessage.objects.select_for_update().filter(pk=message_id).first()
    if message is None or RANK.get(status, -1) <= RANK[message.status]:
        return False
    message.status = OutboundStatus.QUEUED if status == "accepted" else status
    message.error_code = error_code
    message.message_sid = message.message_sid or message_sid
    message.save(update_fields=["status", "error_code", "message_sid", "updated_at"])
    if message.status in FAILED:
        publish(DeliveryFailed(message.id))
    return True
