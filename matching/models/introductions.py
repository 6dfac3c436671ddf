"""Two sides who agree to know each other: every step, what was said, signed and offered on the way."""

import pgtrigger
from django.db import models
from django.db.models import Q

from matching.models.mandates import Mandate
from matching.types import IntroductionState, LetterState, ReportReason, ReportState, Side
from msmebazaar.core.crypto import EncryptedTextField
from msmebazaar.core.history import tracked
from msmebazaar.core.models import TimeStamped
from msmebazaar.core.uuid7 import uuid7

OPEN_STATES = [state.value for state in IntroductionState if state.is_open]


class NdaText(TimeStamped):
    """A version of an agreement. `organisation` None: the platform's own; else the owner's, for their listings."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, null=True, related_name="+")
    number = models.PositiveIntegerField()
    language = models.CharField(max_length=2)
    text = models.TextField(max_length=30000)
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number", "language"],
                nulls_distinct=False,
                name="matching_ndatext_once",
            )
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"NDA {self.number} {self.language}"


@tracked("state", "version", "opened_room_at", "due_at")
class Introduction(TimeStamped):
    """A seeker asks to be introduced to the owner of a listing. `services.introductions` has the table of its moves."""

    mandate = models.ForeignKey(Mandate, on_delete=models.SET_NULL, null=True, related_name="+")
    listing = models.ForeignKey("msme.Listing", on_delete=models.CASCADE, related_name="+")
    seeker = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    asked_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=IntroductionState.choices)
    version = models.PositiveIntegerField(default=1)
    note = EncryptedTextField(blank=True)
    kind = models.CharField(max_length=10)
    due_at = models.DateTimeField(null=True, help_text="When an unanswered request expires.")
    remind_at = models.DateTimeField(null=True)
    opened_room_at = models.DateTimeField(null=True, help_text="When the owner opened the data room to the seeker.")
    nda_text = models.ForeignKey(NdaText, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seeker", "listing"], condition=Q(state__in=OPEN_STATES), name="matching_introduction_once"
            ),
            models.CheckConstraint(condition=~Q(seeker=models.F("owner")), name="matching_introduction_two_sides"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="asked"), name="matching_introduction_due"),
            models.Index(fields=["remind_at"], condition=Q(state="asked"), name="matching_introduction_remind"),
        ]

    def __str__(self) -> str:
        return f"{self.state} introduction {self.id}"


class IntroductionMove(models.Model):
    """One step of an introduction, for ever: who moved it from where to where."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    introduction = models.ForeignKey(Introduction, on_delete=models.CASCADE, related_name="moves")
    number = models.PositiveIntegerField()
    move = models.CharField(max_length=15)
    side = models.CharField(max_length=8, choices=Side.choices)
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10)
    reason = models.CharField(max_length=20, blank=True)
    user_id = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["introduction", "number"], name="matching_introductionmove_once")
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class Message(TimeStamped):
    """What one side wrote to the other. `shown` is what the other side reads: masked as long as nobody is introduced."""

    introduction = models.ForeignKey(Introduction, on_delete=models.CASCADE, related_name="messages")
    side = models.CharField(max_length=8, choices=Side.choices)
    user_id = models.UUIDField()
    written = EncryptedTextField()
    shown = EncryptedTextField()
    warnings = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"message {self.id}"


@tracked("message", "reason", "state", "decided_by_id")
class MessageReport(TimeStamped):
    """Somebody tells us that a message of the other side is not as it should be; staff decide."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reports")
    by_id = models.UUIDField()
    reason = models.CharField(max_length=12, choices=ReportReason.choices)
    text = EncryptedTextField(blank=True)
    state = models.CharField(max_length=10, choices=ReportState.choices, default=ReportState.OPEN)
    decided_by_id = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "by_id"], name="matching_messagereport_once")]
        indexes = [models.Index(fields=["created_at"], condition=Q(state="open"), name="matching_report_open")]

    def __str__(self) -> str:
        return f"{self.reason} {self.state}"


class NdaSignature(TimeStamped):
    """A signature by one-time code: who, which text, when, from where; its PDF lies in the object store."""

    introduction = models.OneToOneField(Introduction, on_delete=models.CASCADE, related_name="signature")
    nda_text = models.ForeignKey(NdaText, on_delete=models.PROTECT, related_name="+")
    user_id = models.UUIDField()
    signer = EncryptedTextField()
    sha256 = models.CharField(max_length=64, help_text="Of the text that was signed.")
    challenge_id = models.UUIDField(unique=True)
    network = EncryptedTextField()
    signed_at = models.DateTimeField()

    class Meta:
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"signature of {self.introduction_id}"


@tracked("state", "price_inr", "stake_pct", "valid_until")
class Letter(TimeStamped):
    """A letter of intent: what the seeker would pay. One accepted letter a listing freezes all other introductions."""

    introduction = models.ForeignKey(Introduction, on_delete=models.CASCADE, related_name="letters")
    listing_id = models.UUIDField()
    price_inr = models.DecimalField(max_digits=18, decimal_places=2)
    stake_pct = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    conditions = EncryptedTextField(blank=True)
    valid_until = models.DateField()
    state = models.CharField(max_length=10, choices=LetterState.choices, default=LetterState.SENT)
    user_id = models.UUIDField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["introduction"], condition=Q(state="sent"), name="matching_letter_one_open"
            ),
            models.UniqueConstraint(
                fields=["listing_id"], condition=Q(state="accepted"), name="matching_letter_one_accepted"
            ),
            models.CheckConstraint(condition=Q(price_inr__gt=0), name="matching_letter_price"),
        ]

    def __str__(self) -> str:
        return f"{self.state} letter {self.id}"
