"""Comparing with Twilio's own list of messages: webhooks are lost at times, and nobody else would tell."""

from datetime import datetime, timedelta

from django.db import transaction

from msmebazaar.core.logging import get_logger
from msmebazaar.core.metrics import WHATSAPP_BACK_FILLED
from msmebazaar.integrations.twilio import ListedMessage, messenger
from whatsapp.models import InboundMessage, OutboundMessage, Reconciliation
from whatsapp.services.receiving import raise_status, take_in
from whatsapp.types import RANK

log = get_logger(__name__)
FIRST_LOOK = timedelta(hours=24)
OVERLAP = timedelta(minutes=10)  # Twilio tells the second only, and lists late
SETTLE = timedelta(minutes=2)  # a webhook that is on its way is not lost
MOST_TOLD = 200


def reconcile(*, now: datetime) -> Reconciliation:
    """Take in what never reached us, mend delivery reports that were lost, and write down the differences.

    Outside any transaction; a message that is taken in twice is one.

    Raises:
        VendorError: Twilio is away; the next round looks back further.
    """
    last = Reconciliation.objects.order_by("-until").first()
    since = last.until - OVERLAP if last else now - FIRST_LOOK
    until = now - SETTLE
    ours = messenger().whatsapp_address
    found = Reconciliation(since=since, until=until)
    differences: list[list[str]] = []
    for listed in messenger().list_since(since):
        if listed.at and datetime.fromisoformat(listed.at) > until:
            continue
        found.seen += 1
        if listed.direction == "inbound":
            found.back_filled += _back_fill(listed, ours, now, differences)
        elif listed.to.startswith("whatsapp:"):
            _compare(listed, found, differences)
    found.differences = differences[:MOST_TOLD]
    found.save()
    WHATSAPP_BACK_FILLED.inc(found.back_filled)
    if differences:
        log.warning("messages differed from the vendor's list", vendor="twilio", count=len(differences))
    return found


def _back_fill(listed: ListedMessage, ours: str, now: datetime, differences: list[list[str]]) -> bool:
    if InboundMessage.objects.filter(message_sid=listed.sid).exists():
        return False
    payload = {"MessageSid": listed.sid, "From": listed.sender, "To": ours, "Body": listed.body, "NumMedia": "0"}
    differences.append([listed.sid, "inbound_lost"])
    # It counts from when it was written: the 24-hour window began then, not now.
    written_at = min(datetime.fromisoformat(listed.at), now) if listed.at else now
    return take_in(payload=payload, now=written_at, is_back_filled=True)


def _compare(listed: ListedMessage, found: Reconciliation, differences: list[list[str]]) -> None:
    """What we sent: unknown to us (codes, which have no row here, aside), or further along than we know."""
    row = OutboundMessage.objects.filter(message_sid=listed.sid).first()
    if row is None:
        found.unknown_outbound += 1
        return
    if RANK.get(listed.status, -1) > RANK[row.status]:
        with transaction.atomic():
            is_mended = raise_status(message_id=row.id, status=listed.status, error_code=listed.error_code)
        if is_mended:
            found.statuses_mended += 1
            differences.append([listed.sid, "report_lost"])
