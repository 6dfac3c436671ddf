"""What was checked about an organisation, by whom, on what evidence, until when."""

from django.db import models
from django.db.models import Q

from accounts.models.organisations import Organisation
from accounts.models.people import User
from accounts.types import RequestState, Tier
from msmebazaar.core.crypto import EncryptedTextField
from msmebazaar.core.history import tracked
from msmebazaar.core.models import TimeStamped


@tracked("organisation", "tier", "reviewer", "granted_at", "expires_at", "ended_at", "ended_because")
class Badge(TimeStamped):
    """A tier that holds from `granted_at` to `expires_at`. `evidence` holds ids and facts, no personal data."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="badges")
    tier = models.PositiveSmallIntegerField(choices=Tier.choices)
    evidence = models.JSONField()
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "tier"], condition=Q(ended_at__isnull=True), name="accounts_badge_one_live"
            ),
            models.CheckConstraint(
                condition=Q(tier__lt=2) | Q(reviewer__isnull=False), name="accounts_badge_high_tier_has_reviewer"
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(ended_at__isnull=True), name="accounts_badge_expiry")
        ]

    def __str__(self) -> str:
        return f"T{self.tier} of {self.organisation_id}"


@tracked("organisation", "tier", "state", "reviewer", "answered_at")
class VerificationRequest(TimeStamped):
    """An organisation asks staff for a tier. `statement` says what it can show."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="verification_requests")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    tier = models.PositiveSmallIntegerField(choices=Tier.choices)
    statement = EncryptedTextField()
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.OPEN)
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "tier"], condition=Q(state="open"), name="accounts_verificationrequest_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.state} T{self.tier} for {self.organisation_id}"
