"""Conversations, what came in, what goes out, people who step in. Addresses, texts and what is remembered are encrypted."""

from django.db import models
from django.db.models import Q

from msmebazaar.core.crypto import EncryptedTextField
from msmebazaar.core.history import tracked
from msmebazaar.core.models import TimeStamped
from whatsapp.types import (
    BroadcastState,
    Category,
    HandoverReason,
    MediaState,
    OutboundKind,
    OutboundStatus,
    TemplateState,
)


class Conversation(TimeStamped):
    """A contact's chat with the bot.

    `last_heard_at` opens the 24-hour window; `stopped_at`: they want to hear nothing; `unreachable_at`: WhatsApp cannot deliver.
    `dialogue` is what the flow engine remembers, as JSON; `flow` and `step` say where that is, for counting.
    """

    user = models.OneToOneField("accounts.User", on_delete=models.CASCADE, related_name="+")
    address = EncryptedTextField()
    language = models.CharField(max_length=2)
    last_heard_at = models.DateTimeField()
    last_message_sid = models.CharField(max_length=64, blank=True, default="", db_default="")
    stopped_at = models.DateTimeField(null=True)
    unreachable_at = models.DateTimeField(null=True)
    unreachable_because = models.CharField(max_length=20, blank=True, default="", db_default="")
    dialogue = EncryptedTextField(null=True)
    flow = models.CharField(max_length=20, blank=True, default="", db_default="")
    flow_version = models.PositiveSmallIntegerField(default=0, db_default=0)
    step = models.CharField(max_length=30, blank=True, default="", db_default="")
    nudges_sent = models.PositiveSmallIntegerField(default=0, db_default=0)
    nudge_due_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["nudge_due_at"], condition=Q(nudge_due_at__isnull=False), name="whatsapp_nudge_due")
        ]

    def __str__(self) -> str:
        return f"conversation {self.id}"


class InboundMessage(TimeStamped):
    """A webhook, kept as it came. Twilio may send it twice, late or never: the SID is unique, and a list of theirs fills gaps.

    `user` is known once a worker has recognised the sender. `sender_index` keeps the messages of one sender in order of
    arrival. `is_back_filled`: the webhook never came. `is_unclear`: a language model is asked what was meant.
    """

    message_sid = models.CharField(max_length=64, unique=True)
    sender_index = models.CharField(max_length=64, blank=True, default="", db_default="")
    user = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    payload = EncryptedTextField()
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    is_back_filled = models.BooleanField(default=False, db_default=False)
    is_unclear = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["sender_index", "received_at", "id"],
                condition=Q(handled_at__isnull=True),
                name="whatsapp_inbound_unhandled",
            ),
            models.Index(fields=["user", "-received_at"], name="whatsapp_inbound_of_user"),
        ]

    def __str__(self) -> str:
        return self.message_sid


class InboundMedia(TimeStamped):
    """A file in a message: fetched by its ids, looked at, put with the papers of a business, and deleted at Twilio."""

    message = models.ForeignKey(InboundMessage, on_delete=models.CASCADE, related_name="media")
    media_sid = models.CharField(max_length=64)
    content_type = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=MediaState.choices, default=MediaState.AWAITED)
    reason = models.CharField(max_length=30, blank=True)
    business = models.ForeignKey("msme.Business", on_delete=models.CASCADE, null=True, related_name="+")
    document = models.ForeignKey("msme.Document", on_delete=models.SET_NULL, null=True, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name_plural = "inbound media"
        constraints = [models.UniqueConstraint(fields=["media_sid"], name="whatsapp_inboundmedia_sid_once")]

    def __str__(self) -> str:
        return self.media_sid


@tracked("state", "content_sid", "disabled_because")
class Template(TimeStamped):
    """A text at Twilio under its ContentSid: one WhatsApp has approved, or buttons and lists for open conversations.

    `variables` names what it is filled with, in order. `fingerprint` is that of its definition: another text is another row's.
    """

    key = models.CharField(max_length=40)
    language = models.CharField(max_length=5)
    category = models.CharField(max_length=10, choices=Category.choices)
    state = models.CharField(max_length=10, choices=TemplateState.choices, default=TemplateState.DRAFT)
    content_sid = models.CharField(max_length=64, blank=True)
    fingerprint = models.CharField(max_length=16)
    variables = models.JSONField(default=list)
    body = models.TextField()
    disabled_because = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "language"], name="whatsapp_template_once_per_language")]

    def __str__(self) -> str:
        return f"{self.key} ({self.language})"


@tracked("state", "most", "written", "ended_because")
class Broadcast(TimeStamped):
    """One template to many people who agreed to hear such things. `segment` says to whom, `most` caps how many."""

    template_key = models.CharField(max_length=40)
    variables = models.JSONField(default=dict)
    segment = models.JSONField(default=dict)
    most = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=BroadcastState.choices, default=BroadcastState.DRAFT)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    written = models.PositiveIntegerField(default=0)
    last_conversation_id = models.UUIDField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=30, blank=True)

    def __str__(self) -> str:
        return f"{self.template_key} {self.state}"


class OutboundMessage(TimeStamped):
    """A message to send once. `dedupe_key` makes writing it repeatable, `status` sending it.

    `extras` is JSON: choices to tap, a file, a template with its variables to use when the window has closed. `fallback_of` is
    the notification that goes another way when WhatsApp cannot deliver.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="outbound")
    dedupe_key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10, choices=OutboundKind.choices, default=OutboundKind.REPLY, db_default="reply")
    category = models.CharField(max_length=10, choices=Category.choices, default=Category.SERVICE, db_default="service")
    body = EncryptedTextField()
    extras = EncryptedTextField(null=True)
    status = models.CharField(max_length=12, choices=OutboundStatus.choices, default=OutboundStatus.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    message_sid = models.CharField(max_length=64, blank=True)
    error_code = models.CharField(max_length=20, blank=True)
    sent_at = models.DateTimeField(null=True)
    broadcast = models.ForeignKey(Broadcast, on_delete=models.PROTECT, null=True, related_name="messages")
    fallback_of = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message_sid"], condition=~Q(message_sid=""), name="whatsapp_outboundmessage_sid_once"
            )
        ]
        indexes = [models.Index(fields=["conversation", "-created_at"], name="whatsapp_outbound_of_chat")]

    def __str__(self) -> str:
        return f"{self.status} {self.dedupe_key}"


@tracked("reason", "taken_by", "closed_at")
class Handover(TimeStamped):
    """A person of ours has, or is to have, the chat: the bot is silent until it is closed."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="handovers")
    reason = models.CharField(max_length=10, choices=HandoverReason.choices)
    opened_at = models.DateTimeField()
    taken_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(closed_at__isnull=True), name="whatsapp_handover_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.opened_at:%Y-%m-%d %H:%M}"


class StaffNote(TimeStamped):
    """What staff write down about a conversation; the person does not see it, but gets it with a copy of their data."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="notes")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    text = EncryptedTextField()

    def __str__(self) -> str:
        return f"note of {self.created_at:%Y-%m-%d}"


class CannedReply(TimeStamped):
    """A sentence that staff send often."""

    title = models.CharField(max_length=60, unique=True)
    text_en = models.TextField(max_length=1000)
    text_hi = models.TextField(max_length=1000)

    class Meta:
        verbose_name_plural = "canned replies"

    def __str__(self) -> str:
        return self.title


class Reconciliation(TimeStamped):
    """One comparison with Twilio's list of messages: what it had that we had not, and what was done about it."""

    since = models.DateTimeField()
    until = models.DateTimeField()
    seen = models.PositiveIntegerField(default=0)
    back_filled = models.PositiveIntegerField(default=0)
    statuses_mended = models.PositiveIntegerField(default=0)
    unknown_outbound = models.PositiveIntegerField(default=0)
    differences = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d %H:%M} to {self.until:%H:%M}"
