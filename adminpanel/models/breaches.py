"""Breaches of personal data, with the clocks of the law."""

from django.db import models
from django.db.models import F, Q

from adminpanel.types import BreachKind, BreachState
from msmebazaar.core.crypto import EncryptedTextField
from msmebazaar.core.models import TimeStamped


class Breach(TimeStamped):
    """An incident: when we knew of it, what happened when, who was told when. The clocks run from `known_at`."""

    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=BreachKind.choices)
    what_happened = EncryptedTextField()
    consequences = EncryptedTextField(blank=True)
    measures = EncryptedTextField(blank=True)
    happened_from = models.DateTimeField()
    happened_until = models.DateTimeField()
    known_at = models.DateTimeField()
    certin_due_at = models.DateTimeField()
    board_due_at = models.DateTimeField()
    certin_told_at = models.DateTimeField(null=True)
    board_told_at = models.DateTimeField(null=True)
    people_told_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=BreachState.choices, default=BreachState.OPEN)
    opened_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "breaches"
        constraints = [
            models.CheckConstraint(
                condition=Q(happened_until__gte=F("happened_from")), name="adminpanel_breach_dates_in_order"
            )
        ]

    def __str__(self) -> str:
        return self.title


class BreachAffected(TimeStamped):
    """A person whose data a breach concerns, why we think so, and whether they were told."""

    breach = models.ForeignKey(Breach, on_delete=models.CASCADE, related_name="affected")
    person = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    because = models.CharField(max_length=80)
    told_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "people affected by breaches"
        constraints = [models.UniqueConstraint(fields=["breach", "person"], name="adminpanel_breachaffected_once")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.breach_id}"
