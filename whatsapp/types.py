"""States of messages, what may be sent when, and what Twilio's errors mean."""

import enum
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _


class OutboundStatus(models.TextChoices):
    """`PENDING` and `SENDING` are ours; the rest Twilio tells."""

    PENDING = "pending", _("Waiting")
    SENDING = "sending", _("Being handed over")
    QUEUED = "queued", _("Accepted")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    READ = "read", _("Read")
    UNDELIVERED = "undelivered", _("Not delivered")
    FAILED = "failed", _("Failed")


# Not known to be with the vendor yet: they wait, or are being handed over.
UNSENT = (OutboundStatus.PENDING, OutboundStatus.SENDING)

# Callbacks arrive in any order: a status is taken only when its rank is higher. The failures are final.
RANK = {
    "pending": 0,
    "sending": 1,
    "accepted": 2,
    "queued": 2,
    "sent": 3,
    "delivered": 4,
    "read": 5,
    "undelivered": 9,
    "failed": 9,
}


class OutboundKind(models.TextChoices):
    """Why something is sent, and so by which rules."""

    REPLY = "reply", _("Answer of the bot")
    STAFF = "staff", _("Written by staff")
    NOTICE = "notice", _("Notice")
    NUDGE = "nudge", _("Reminder to go on")
    BROADCAST = "broadcast", _("Broadcast")


class Category(models.TextChoices):
    """WhatsApp's own names for what a message is about."""

    SERVICE = "service", _("Service")
    UTILITY = "utility", _("Utility")
    MARKETING = "marketing", _("Marketing")


# Never twice, rather not at all: when it is not known whether the vendor took one, it is not sent again.
AT_MOST_ONCE = frozenset({Category.MARKETING})


class TemplateState(models.TextChoices):
    DRAFT = "draft", _("Not sent to WhatsApp")
    SUBMITTED = "submitted", _("Being reviewed")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    SESSION = "session", _("For open conversations only")
    DISABLED = "disabled", _("Switched off")


class MediaState(models.TextChoices):
    AWAITED = "awaited", _("To be fetched")
    KEPT = "kept", _("Kept")
    REFUSED = "refused", _("Refused")


class HandoverReason(models.TextChoices):
    ASKED = "asked", _("Asked for a person")
    STUCK = "stuck", _("Not understood three times")
    STAFF = "staff", _("Opened by staff")


class BroadcastState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RUNNING = "running", _("Being sent")
    STOPPED = "stopped", _("Stopped")
    DONE = "done", _("Done")


class Remedy(enum.Enum):
    """What is done about an error of Twilio's."""

    TEMPLATE = "the window has closed: send the template instead"
    RETRY = "wait and try again"
    RETRY_FEW = "try again three times"
    NEXT_DAY = "try again tomorrow"
    DEVELOPER = "the sandbox was not joined: for us, not for the contact"
    UNREACHABLE = "this person is not on WhatsApp: use another channel"
    SUPPRESS = "they do not want messages: treat as STOP"
    LEAVE = "WhatsApp does not deliver this one: do not try again"
    STOP_CAMPAIGN = "stop the broadcast and alert"
    OUR_BUG = "our message was wrong: dead, and an error in the log"
    MEDIA = "the file was wrong: dead, the text stands"
    DISABLE_TEMPLATE = "switch the template off and alert"
    CONFIGURATION = "our account is set up wrong: page somebody, keep the message"


# PRODUCT.md d.5. A code that is not here is left to `VendorError.permanent`.
REMEDIES: dict[str, Remedy] = {
    code: remedy
    for codes, remedy in [
        ("63016", Remedy.TEMPLATE),
        ("63018 20429 63017", Remedy.RETRY),
        ("63009 63010 63012", Remedy.RETRY_FEW),
        ("63038", Remedy.NEXT_DAY),
        ("63015", Remedy.DEVELOPER),
        ("63003 63024 21211", Remedy.UNREACHABLE),
        ("21610 63014 63033", Remedy.SUPPRESS),
        ("63032 63049", Remedy.LEAVE),
        ("63013 63026", Remedy.STOP_CAMPAIGN),
        ("63005 63006 63021 63030 21602 21617", Remedy.OUR_BUG),
        ("63019 63034 63037 21620 12300", Remedy.MEDIA),
        ("63027 63028 63040 63041 21655 21656", Remedy.DISABLE_TEMPLATE),
        ("63001 63002 63007 63008 20003", Remedy.CONFIGURATION),
    ]
    for code in codes.split()
}


@dataclass(frozen=True)
class ChatLine:
    """A line of a conversation as staff see it."""

    at: datetime
    is_theirs: bool
    text: str
    note: str


@dataclass(frozen=True)
class Waiting:
    """A conversation in the queue of staff. `closes_at`: until when free text can be sent."""

    handover_id: UUID
    conversation_id: UUID
    name: str
    language: str
    reason: str
    opened_at: datetime
    closes_at: datetime
    taken_by: str
    last_text: str


@dataclass(frozen=True)
class Reach:
    """Whom a broadcast would go to: all of the segment, and those that fall away, by why."""

    segment: int
    without_consent: int
    stopped: int
    reached: int


@dataclass(frozen=True)
class ChatShown:
    """A conversation as staff see it. `closes_at`: until when free text can be sent; `taken_by`: who of us has it, "" nobody."""

    conversation_id: UUID
    name: str
    language: str
    closes_at: datetime
    is_open: bool
    is_stopped: bool
    is_with_human: bool
    taken_by: str
    lines: tuple[ChatLine, ...]
    notes: tuple[tuple[str, datetime, str], ...]


@dataclass(frozen=True)
class BroadcastShown:
    """A broadcast: its text, whom it reaches now, and how far it is, by status."""

    broadcast_id: UUID
    template_key: str
    text: str
    state: str
    state_name: str
    most: int
    written: int
    reach: Reach
    statuses: tuple[tuple[str, int], ...]
    ended_because: str
    can_be_stopped: bool
