"""Taking messages in, answering them, sending the answers."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation

from accounts import selectors as people
from accounts import services as accounts
from accounts.channels import Unreachable
from accounts.types import IdentityKind, NotificationChannel
from matching import selectors as matching
from matching import services as introductions
from matching.types import MandateKind, Move
from msme import selectors as listings
from msme.types import ListingStatus
from msmebazaar.core import audit, clock
from msmebazaar.core.actor import Scope
from msmebazaar.core.exceptions import AppError
from msmebazaar.core.http.problems import translated
from msmebazaar.core.logging import get_logger
from msmebazaar.core.metrics import WEBHOOK_TOTAL
from msmebazaar.core.outbox import publish
from msmebazaar.core.types import Money
from msmebazaar.integrations.errors import VendorError
from msmebazaar.integrations.twilio import messenger
from valuation import selectors as valuations
from valuation.types import ValuationStatus
from whatsapp.events import MessageReceived, ReplyWritten
from whatsapp.flow import Ask, Heard, Verdict, decide, say
from whatsapp.models import Conversation, InboundMessage, OutboundMessage
from whatsapp.types import RANK, OutboundStatus

log = get_logger(__name__)
WINDOW = timedelta(hours=24)  # WhatsApp takes free text only this long after the contact's last message
LONGEST_BODY = 1600
MOST_TOLD = 5
STATUS_PATH = "/api/v1/whatsapp/status/"


@transaction.atomic
def take_in(*, payload: Mapping[str, str], now: datetime) -> bool:
    """Keep an inbound message and wake a worker. False when it was known already: nothing happens then."""
    message, is_new = InboundMessage.objects.get_or_create(
        message_sid=payload["MessageSid"],
        defaults={"payload": json.dumps(dict(payload), ensure_ascii=False), "received_at": now},
    )
    WEBHOOK_TOTAL.labels("message", "new" if is_new else "repeated").inc()
    if is_new:
        publish(MessageReceived(message.id))
    return is_new


@transaction.atomic
def answer(*, message_id: UUID, now: datetime) -> None:
    """Decide what to say to a message and write it; the sending is another handler's."""
    message = InboundMessage.objects.select_for_update().get(pk=message_id)
    if message.handled_at is not None:
        return
    payload: dict[str, str] = json.loads(message.payload or "{}")
    contact = accounts.recognise(addresses=addresses_in(payload), language="en", now=message.received_at)
    conversation = Conversation.objects.select_for_update().filter(user_id=contact.user_id).first()
    decision = decide(
        Heard(
            text=payload.get("Body", ""),
            language=conversation.language if conversation else None,
            is_stopped=bool(conversation and conversation.stopped_at),
        )
    )
    if conversation is None:
        conversation = Conversation(user_id=contact.user_id, last_heard_at=message.received_at)
    conversation.address = payload["From"]
    conversation.language = decision.language
    conversation.last_heard_at = max(conversation.last_heard_at, message.received_at)
    if decision.stop or decision.start:
        conversation.stopped_at = now if decision.stop else None
        accounts.mute_channel(
            user_id=contact.user_id, channel=NotificationChannel.WHATSAPP, is_muted=bool(decision.stop)
        )
        action = "whatsapp.stopped" if decision.stop else "whatsapp.started"
        audit.record(action, subject_type="user", subject_id=contact.user_id, actor_id=contact.user_id)
    conversation.save()
    texts = [say(key, decision.language) for key in decision.say]
    if decision.ask:
        texts.append(_facts(decision.ask, contact.user_id, decision.language))
    if decision.verdict:
        texts.append(_answer_introduction(decision.verdict, contact.user_id, decision.language, now))
    if texts:
        _write(conversation, "\n\n".join(texts), dedupe_key=f"reply:{message.id}")
    message.handled_at, message.user_id = now, contact.user_id
    message.save(update_fields=["handled_at", "user", "updated_at"])


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


def send_notification(*, user_id: UUID, dispatch_id: UUID, title: str, body: str) -> None:
    """The sender of the WhatsApp channel: free text in an open conversation. Templates for closed ones come with issue 7.

    Raises:
        Unreachable: no conversation, STOP, or the 24-hour window has closed.
    """
    with transaction.atomic():
        conversation = Conversation.objects.select_for_update().filter(user_id=user_id).first()
        if conversation is None:
            raise Unreachable("no_address")
        if conversation.stopped_at is not None:
            raise Unreachable("stopped")
        if clock.now() - conversation.last_heard_at > WINDOW:
            raise Unreachable("window_closed")
        key = f"notification:{dispatch_id}"
        if not OutboundMessage.objects.filter(dedupe_key=key).exists():
            _write(conversation, f"*{title}*\n{body}", dedupe_key=key)


@transaction.atomic
def move_conversation(*, survivor_id: UUID, absorbed_id: UUID) -> None:
    """Two contacts are one: one conversation, with the later address and all messages."""
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
    if absorbed.last_heard_at > kept.last_heard_at:
        kept.address, kept.last_heard_at = absorbed.address, absorbed.last_heard_at
    kept.stopped_at = kept.stopped_at or absorbed.stopped_at
    kept.save()
    absorbed.delete()


def _facts(ask: Ask, user_id: UUID, language: str) -> str:
    """The answer to a choice of the menu, from the app that knows it."""
    organisations = people.organisation_ids_of(user_id=user_id)
    if ask is Ask.LISTINGS:
        count = listings.count_own_listings(organisation_ids=organisations)
        drafts = count.get(ListingStatus.DRAFT, 0) + count.get(ListingStatus.CHANGES_ASKED, 0)
        live, waiting = count.get(ListingStatus.LIVE, 0), count.get(ListingStatus.SUBMITTED, 0)
        return say("listings", language, live=live, waiting=waiting, drafts=drafts)
    if ask is Ask.MATCHES:
        counts = matching.count_matches(actor=people.actor_of(user_id=user_id))
        return "\n\n".join([say("matches", language, **vars(counts)), *_waiting(organisations, language)])
    found = valuations.latest_summary(organisation_ids=organisations)
    if found is None:
        return say("valuation_none", language)
    if found.status == ValuationStatus.REFUSED:
        return say("valuation_refused", language)
    amounts = {"point": found.point_inr, "low": found.low80_inr, "high": found.high80_inr}
    words = {name: Money(amount).rounded().short(language) for name, amount in amounts.items() if amount is not None}
    return say("valuation_ready" if found.point_inr is not None else "valuation_range", language, **words)


def _waiting(organisation_ids: Iterable[UUID], language: str) -> list[str]:
    """Requests for an introduction that wait for an answer, a paragraph each."""
    waiting = matching.waiting_introductions(organisation_ids=organisation_ids)
    if not waiting:
        return []
    told = [say("introductions_waiting", language, count=len(waiting))]
    for row in waiting[:MOST_TOLD]:
        with translation.override(language):
            kind = str(MandateKind(row.seeker_kind).label)
        amount = Money(row.ticket_max_about_inr).short(language) if row.ticket_max_about_inr is not None else "?"
        until = row.due_at.astimezone(clock.INDIA).strftime("%d-%m %H:%M")
        told.append(
            say(
                "introduction_waiting",
                language,
                code=row.code,
                kind=kind,
                tier=row.seeker_tier,
                amount=amount,
                title=row.listing_title,
                until=until,
            )
        )
    return told


def _answer_introduction(verdict: Verdict, user_id: UUID, language: str, now: datetime) -> str:
    """Carry out what the owner decided; what stands against it is said in their language."""
    actor = people.actor_of(user_id=user_id)
    waiting = matching.waiting_introductions(organisation_ids=actor.readable(Scope.LISTING))
    found = [row for row in waiting if row.code == verdict.code]
    if len(found) != 1:
        return say("introduction_unknown", language, code=verdict.code)
    move = Move.APPROVE if verdict.is_yes else Move.DECLINE
    try:
        introductions.move_introduction(actor=actor, introduction_id=found[0].introduction_id, move=move, now=now)
    except AppError as refused:
        with translation.override(language):
            return say("introduction_refused", language, why=translated(refused.detail, refused.params))
    key = "introduction_approved" if verdict.is_yes else "introduction_declined"
    return say(key, language, **({"title": found[0].listing_title} if verdict.is_yes else {}))


def _write(conversation: Conversation, body: str, *, dedupe_key: str) -> None:
    message = OutboundMessage.objects.create(conversation=conversation, dedupe_key=dedupe_key, body=body[:LONGEST_BODY])
    publish(ReplyWritten(message.id))


def send(*, message_id: UUID, now: datetime) -> None:
    """Hand a message to the vendor, outside any transaction.

    A reply is at-least-once: one that was being handed over when its worker died is handed over again. Nothing is sent
    after the window has closed, and after STOP only the confirmation of it.

    Raises:
        VendorError: it may go through later; the outbox plans that.
    """
    message = OutboundMessage.objects.select_related("conversation").get(pk=message_id)
    if message.status not in (OutboundStatus.PENDING, OutboundStatus.SENDING):
        return
    if now - message.conversation.last_heard_at > WINDOW:
        _finish(message, OutboundStatus.FAILED, error_code="window_closed")
        return
    OutboundMessage.objects.filter(pk=message.pk, status=OutboundStatus.PENDING).update(status=OutboundStatus.SENDING)
    callback = f"{settings.PUBLIC_BASE_URL}{STATUS_PATH}?message={message.id}"
    try:
        sent = messenger().send_whatsapp(message.conversation.address, message.body, status_callback=callback)
    except VendorError as error:
        if not error.permanent:
            raise
        _finish(message, OutboundStatus.FAILED, error_code=error.code)
        return
    OutboundMessage.objects.filter(pk=message.pk).update(message_sid=sent.sid, sent_at=now)
    raise_status(message_id=message.id, status=sent.status, error_code="")


def _finish(message: OutboundMessage, status: OutboundStatus, *, error_code: str) -> None:
    OutboundMessage.objects.filter(pk=message.pk).update(status=status, error_code=error_code)
    log.warning("message not sent", vendor="twilio", vendor_code=error_code)


@transaction.atomic
def raise_status(*, message_id: UUID, status: str, error_code: str) -> bool:
    """Take a status that Twilio tells when it is further along than the one we have; False when it changes nothing."""
    message = OutboundMessage.objects.select_for_update().filter(pk=message_id).first()
    if message is None or RANK.get(status, -1) <= RANK[message.status]:
        return False
    message.status = OutboundStatus.QUEUED if status == "accepted" else status
    message.error_code = error_code
    message.save(update_fields=["status", "error_code", "updated_at"])
    return True
