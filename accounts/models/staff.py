"""Colleagues: what they are there for, and what needs two of them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models.people import User
from accounts.types import Language, ProposalKind, ProposalState
from msmebazaar.core.actor import Duty
from msmebazaar.core.crypto import EncryptedTextField
from msmebazaar.core.history import tracked
from msmebazaar.core.models import TimeStamped

DUTIES = [(duty.value, duty.value) for duty in Duty]


@tracked("user", "duties", "regions", "languages", "is_away")
class StaffProfile(TimeStamped):
    """A colleague's duties, the states they are there for (none: the whole country), the languages they answer in."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="staff_profile")
    duties = ArrayField(models.CharField(max_length=12, choices=DUTIES), default=list, blank=True)
    regions = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    languages = ArrayField(models.CharField(max_length=2, choices=Language.choices), default=list, blank=True)
    is_away = models.BooleanField(default=False, help_text="Gets no work assigned.")

    def __str__(self) -> str:
        return f"duties of {self.user_id}"


@tracked("kind", "person", "content", "state", "proposed_by", "decided_by", "decided_at")
class Proposal(TimeStamped):
    """What one colleague asks for and another one has to agree to: duties, a copy of somebody's data, an erasure."""

    kind = models.CharField(max_length=10, choices=ProposalKind.choices)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField(default=dict)
    reason = EncryptedTextField()
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.PROPOSED)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="accounts_proposal_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at__isnull=True) | Q(decided_at__isnull=False),
                name="accounts_proposal_decided_has_time",
            ),
            models.UniqueConstraint(
                fields=["kind", "person"], condition=Q(state="proposed"), name="accounts_proposal_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
