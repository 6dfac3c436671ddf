"""How whatsapp carries out the rules of retention."""

from datetime import datetime

from msmebazaar.core.retention import count_or_delete, keeper
from whatsapp.models import InboundMessage, OutboundMessage


@keeper("whatsapp.inbound_message")
def inbound_messages(cutoff: datetime, dry_run: bool) -> int:
    return count_or_delete(InboundMessage.objects.filter(received_at__lt=cutoff), dry_run)


@keeper("whatsapp.outbound_message")
def outbound_messages(cutoff: datetime, dry_run: bool) -> int:
    return count_or_delete(OutboundMessage.objects.filter(created_at__lt=cutoff), dry_run)
