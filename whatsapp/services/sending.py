"""Handing messages to Twilio, outside any transaction: one conversation at a time, in the order in which they were written.

Before each hand-over every rule is asked again: STOP, consent, the 24-hour window, the sender's pace. A row goes PENDING →
SENDING → what Twilio says. One that is found SENDING was being handed over when a worker died: a notice is handed over again,
marketing is not (`AT_MOST_ONCE`), unless a delivery report has told meanwhile that Twilio had it.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import Error, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F

from accounts import selectors as people
from accounts import services as accounts
from accounts.types import NotificationChannel, Purpose
from msmebazaar.core import audit, limits
from msmebazaar.core.exceptions import RateLimited
from msmebazaar.core.logging import get_logger
from msmebazaar.core.metrics import WHATSAPP_ALERT, WHATSAPP_SENT
from msmebazaar.core.outbox import publish
from msmebazaar.integrations.errors import VendorError
from msmebazaar.integrations.twilio import SentMessage, messenger
from whatsapp.events import MessagesWritten
from whatsapp.models import Broadcast, Conversation, OutboundMessage, Template
from whatsapp.services import registry
from whatsapp.services.receiving import raise_status
from whatsapp.services.writing import LONGEST_WITH_CHOICES, Letter, letter_of, numbered
from whatsapp.types import (
    AT_MOST_ONCE,
    REMEDIES,
    UNSENT,
    BroadcastState,
    Category,
    OutboundKind,
    OutboundStatus,
    Remedy,
    TemplateState,
)

log = get_logger(__name__)
WINDOW = timedelta(hours=24)  # WhatsApp takes free text only this long after the contact's last message
WINDOW_MARGIN = timedelta(minutes=2)  # what is handed over at the last moment may arrive after it
STATUS_PATH = "/api/v1/whatsapp/status/"
FEW = 3
TOMORROW = timedelta(hours=24)
PATIENCE_S, GLANCE_S = 10, 0.05
NEEDED_CONSENT = {Category.MARKETING: Purpose.MARKETING}


def is_open(conversation: Conversation, now: datetime) -> bool:
    """Whether free text may be sent now."""
    return now - conversation.last_heard_at <= WINDOW - WINDOW_MARGIN


def closes_at(conversation: Conversation) -> datetime:
    return conversation.last_heard_at + WINDOW


@contextmanager
def alone_with(conversation_id: UUID) -> Iterator[None]:
    """Nobody else sends in this conversation meanwhile.

    The lock belongs to a transaction on a connection of its own: what is done meanwhile is committed step by step, PgBouncer in
    transaction mode keeps the lock where it is, and it goes with a worker that dies. The connection is kept for the next time
    as long as Django keeps others: to open one costs a tenth of an answer (11 ms of CPU here and in PostgreSQL).
    """
    own = _lock_connection()
    own.set_autocommit(False)
    try:
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 8))", [str(conversation_id)])
        yield
    finally:
        # It may have died meanwhile, and the lock with it; Django drops what was not put back to autocommit.
        with suppress(Error):
            own.rollback()
            own.set_autocommit(True)
        own.close_if_unusable_or_obsolete()


_kept = threading.local()


def _lock_connection() -> BaseDatabaseWrapper:
    """This thread's own, well and not too old."""
    if not hasattr(_kept, "connection"):
        _kept.connection = connection.copy()
    own: BaseDatabaseWrapper = _kept.connection
    own.close_if_unusable_or_obsolete()
    return own


def send_waiting(*, conversation_id: UUID, now: datetime) -> None:
    """Hand over all that waits in a conversation, oldest first. What went wrong keeps what was written after it waiting.

    Raises:
        VendorError: it may go through later; the outbox plans that.
    """
    with alone_with(conversation_id):
        waiting = OutboundMessage.objects.filter(conversation_id=conversation_id, status__in=UNSENT)
        for message_id in list(waiting.order_by("created_at", "id").values_list("pk", flat=True)):
            # Read one by one: handing over takes time, in which they may write STOP or a report may come.
            message = waiting.select_related("conversation").filter(pk=message_id).first()
            if message is not None:
                _send_one(message, now)


@dataclass(frozen=True)
class _Plan:
    """How a message goes out: as a template or as free text with choices; or why not at all."""

    refusal: str = ""
    template: Template | None = None
    variables: dict[str, str] | None = None


def _send_one(message: OutboundMessage, now: datetime) -> None:
    if message.message_sid:  # taken, and the worker died before it had written that down
        raise_status(message_id=message.id, status="queued", error_code="")
        return
    if message.status == OutboundStatus.SENDING and message.category in AT_MOST_ONCE:
        _finish(message, "unknown_outcome")
        return
    letter = letter_of(message)
    plan = _plan(message, letter, now)
    if plan.refusal:
        _finish(message, plan.refusal)
        return
    _keep_pace()
    claimed = OutboundMessage.objects.filter(pk=message.pk, status__in=UNSENT)
    if not claimed.update(status=OutboundStatus.SENDING, attempts=F("attempts") + 1):
        return
    try:
        sent = _hand_over(message, letter, plan)
    except VendorError as error:
        _remedy(message, error, plan, now)
        return
    _record(message, sent, now)


def _record(message: OutboundMessage, sent: SentMessage, now: datetime) -> None:
    OutboundMessage.objects.filter(pk=message.pk).update(message_sid=sent.sid, sent_at=now)
    raise_status(message_id=message.id, status=sent.status, error_code="")
    WHATSAPP_SENT.labels(message.kind, "accepted").inc()


def _plan(message: OutboundMessage, letter: Letter, now: datetime) -> _Plan:
    """Asked at the moment of sending, whatever was true when the message was written."""
    conversation = message.conversation
    is_reply = message.kind == OutboundKind.REPLY
    if conversation.stopped_at is not None and not (is_reply and message.created_at >= conversation.stopped_at):
        return _Plan("stopped")  # but for the confirmation of STOP itself
    if conversation.unreachable_at is not None and not is_reply:
        return _Plan("unreachable")
    purpose = NEEDED_CONSENT.get(Category(message.category))
    if purpose is not None and not people.has_consent(user_id=conversation.user_id, purpose=purpose):
        return _Plan("no_consent")
    if (
        message.kind == OutboundKind.BROADCAST
        and message.broadcast
        and message.broadcast.state == BroadcastState.STOPPED
    ):
        return _Plan("broadcast_stopped")
    if is_open(conversation, now) and not (letter.template and message.kind == OutboundKind.BROADCAST):
        return _Plan()
    if not letter.template:
        return _Plan("window_closed")
    template = registry.find(letter.template, conversation.language)
    if template is None:
        return _Plan("no_template")
    if set(letter.variables) != set(template.variables):
        return _Plan("template_mismatch")
    return _Plan(template=template, variables=registry.numbered(template, letter.variables))


def _hand_over(message: OutboundMessage, letter: Letter, plan: _Plan) -> SentMessage:
    address = message.conversation.address or ""
    callback = f"{settings.PUBLIC_BASE_URL}{STATUS_PATH}?message={message.id}"
    if plan.template is not None:
        return messenger().send_whatsapp_content(
            address, plan.template.content_sid, plan.variables or {}, status_callback=callback
        )
    if letter.media_url:
        return messenger().send_whatsapp(address, letter.text, status_callback=callback, media_url=letter.media_url)
    fitting = registry.fitting(letter) if letter.choices and len(letter.text) <= LONGEST_WITH_CHOICES else None
    if fitting is not None:
        template, variables = fitting
        return messenger().send_whatsapp_content(address, template.content_sid, variables, status_callback=callback)
    return messenger().send_whatsapp(address, numbered(letter), status_callback=callback)


def _keep_pace() -> None:
    """Wait for a place in the sender's rate, which all workers share; VendorError when there is none for long."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            limits.spend("whatsapp_sender", "all", settings.WHATSAPP_PACE)
        except RateLimited:
            if time.monotonic() > deadline:
                raise VendorError("twilio", "pace", permanent=False) from None
            time.sleep(GLANCE_S)  # noqa: TID251 asked again until the deadline
        else:
            return


# --- errors ----------------------------------------------------------------------------------------------------------


def _remedy(message: OutboundMessage, error: VendorError, plan: _Plan, now: datetime) -> None:
    """What is done about a refusal at the hand-over. Raises the error when the message is to be tried again later."""
    if not error.code and message.category in AT_MOST_ONCE:
        _finish(message, "unknown_outcome")  # it may have been taken; better not at all than twice
        return
    remedy = REMEDIES.get(error.code)
    if remedy is None:
        if not error.permanent:
            _put_back(message)
            raise error
        _finish(message, error.code)
        return
    retries = remedy in (Remedy.RETRY, Remedy.CONFIGURATION)
    retries = retries or (remedy is Remedy.RETRY_FEW and message.attempts + 1 < FEW)
    if remedy is Remedy.CONFIGURATION:
        WHATSAPP_ALERT.labels(error.code).inc()
        log.error("our message account is set up wrong", vendor="twilio", vendor_code=error.code)
    if retries:
        _put_back(message)
        raise error
    if remedy is Remedy.NEXT_DAY:
        _put_back(message)
        with transaction.atomic():
            publish(MessagesWritten(message.conversation_id), not_before=now + TOMORROW)
        raise error
    _finish(message, error.code)
    apply_remedy(message_id=message.id, error_code=error.code, now=now, template=plan.template)


def _put_back(message: OutboundMessage) -> None:
    """Refused for certain, so not taken: it waits again."""
    OutboundMessage.objects.filter(pk=message.pk, status=OutboundStatus.SENDING).update(status=OutboundStatus.PENDING)


@transaction.atomic
def apply_remedy(*, message_id: UUID, error_code: str, now: datetime, template: Template | None = None) -> None:
    """What follows for the contact, the template, the broadcast, when a message failed: at once or by a delivery report."""
    message = OutboundMessage.objects.select_for_update(of=("self",)).select_related("conversation").get(pk=message_id)
    conversation, remedy = message.conversation, REMEDIES.get(error_code)
    if remedy is Remedy.TEMPLATE:
        _send_as_template(message, now)
    elif remedy is Remedy.SUPPRESS:
        if conversation.stopped_at is None:
            Conversation.objects.filter(pk=conversation.pk).update(stopped_at=now)
            accounts.mute_channel(user_id=conversation.user_id, channel=NotificationChannel.WHATSAPP, is_muted=True)
            facts: dict[str, object] = {"vendor_code": error_code}
            audit.record(
                "whatsapp.stopped", subject_type="user", subject_id=conversation.user_id, actor_id=None, facts=facts
            )
    elif remedy is Remedy.UNREACHABLE:
        Conversation.objects.filter(pk=conversation.pk).update(unreachable_at=now, unreachable_because=error_code)
    elif remedy is Remedy.STOP_CAMPAIGN and message.broadcast_id:
        _stop_broadcast(message.broadcast_id, error_code, now)
    elif remedy is Remedy.DISABLE_TEMPLATE:
        key = letter_of(message).template
        rows = (
            Template.objects.filter(pk=template.pk)
            if template
            else Template.objects.filter(key=key, language=conversation.language)
        )
        rows.update(state=TemplateState.DISABLED, disabled_because=error_code)
    if remedy in (Remedy.STOP_CAMPAIGN, Remedy.DISABLE_TEMPLATE, Remedy.OUR_BUG, Remedy.CONFIGURATION):
        WHATSAPP_ALERT.labels(error_code).inc()
        log.error("a message of ours was refused", vendor="twilio", vendor_code=error_code, kind=message.kind)
    if message.fallback_of and remedy not in (Remedy.TEMPLATE, Remedy.SUPPRESS):
        accounts.send_another_way(dispatch_id=message.fallback_of, reason=error_code[:30] or "failed")


def _send_as_template(message: OutboundMessage, now: datetime) -> None:
    """Twilio says that the window has closed: our clock was wrong, so it counts as closed, and the template goes out."""
    closed = now - WINDOW
    Conversation.objects.filter(pk=message.conversation_id, last_heard_at__gt=closed).update(last_heard_at=closed)
    if letter_of(message).template:
        OutboundMessage.objects.filter(pk=message.pk).update(
            status=OutboundStatus.PENDING, message_sid="", error_code=""
        )
        publish(MessagesWritten(message.conversation_id))


def _stop_broadcast(broadcast_id: UUID, error_code: str, now: datetime) -> None:
    begun = (BroadcastState.RUNNING, BroadcastState.DONE)
    Broadcast.objects.filter(pk=broadcast_id, state__in=begun).update(
        state=BroadcastState.STOPPED, ended_at=now, ended_because=error_code
    )


def _finish(message: OutboundMessage, error_code: str) -> None:
    OutboundMessage.objects.filter(pk=message.pk).update(status=OutboundStatus.FAILED, error_code=error_code[:20])
    WHATSAPP_SENT.labels(message.kind, "refused").inc()
    log.warning("message not sent", vendor="twilio", vendor_code=error_code, kind=message.kind)
    if error_code in ("window_closed", "no_template", "template_mismatch", "unreachable") and message.fallback_of:
        accounts.send_another_way(dispatch_id=message.fallback_of, reason=error_code)
