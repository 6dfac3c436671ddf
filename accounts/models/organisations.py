"""Organisations, their members, invitations to them, and advisors who act for them."""

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models.people import User
from accounts.types import (
    AdvisorMandateState,
    IdentityKind,
    InvitationState,
    MarketRole,
    MemberRole,
    OrganisationKind,
)
from msmebazaar.core.actor import Scope
from msmebazaar.core.crypto import EncryptedTextField
from msmebazaar.core.history import tracked
from msmebazaar.core.models import TimeStamped

SCOPES = [(scope.value, scope.value) for scope in Scope]


def first_roles() -> list[str]:
    """What everybody may do without asking: sell a business of their own, look for one."""
    return [MarketRole.OWNER, MarketRole.BUYER]


@tracked("kind", "roles", "erased_at")
class Organisation(TimeStamped):
    """Who owns businesses, listings and mandates. Every person has a personal one. `roles`: what it is on the market."""

    name = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=10, choices=OrganisationKind.choices, default=OrganisationKind.PERSONAL)
    roles = ArrayField(models.CharField(max_length=10, choices=MarketRole.choices), default=first_roles)
    members = models.ManyToManyField(User, through="Membership", related_name="organisations")
    erased_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name or f"organisation {str(self.id)[-6:]}"


@tracked("user", "organisation", "role")
class Membership(TimeStamped):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=MemberRole.choices, default=MemberRole.ADMIN)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "organisation"], name="accounts_membership_once")]

    def __str__(self) -> str:
        return f"{self.role} of {self.organisation_id}"


class Invitation(TimeStamped):
    """A place in an organisation, kept for whoever proves to have this phone or email. No secret link to be passed on."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=IdentityKind.choices)
    address = EncryptedTextField()
    address_index = models.CharField(max_length=64, db_index=True)
    role = models.CharField(max_length=10, choices=MemberRole.choices)
    state = models.CharField(max_length=10, choices=InvitationState.choices, default=InvitationState.OPEN)
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "address_index"],
                condition=Q(state="open"),
                name="accounts_invitation_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.state} invitation to {self.organisation_id}"


@tracked("state", "scopes", "valid_from", "valid_until", "tail_months")
class AdvisorMandate(TimeStamped):
    """An owner lets an advisor's organisation act for theirs: for these scopes, these dates, until it is ended."""

    advisor_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mandates_as_advisor")
    owner_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="mandates_as_owner"
    )
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=IdentityKind.choices)
    address = EncryptedTextField()
    address_index = models.CharField(max_length=64, db_index=True)
    scopes = ArrayField(models.CharField(max_length=12, choices=SCOPES))
    valid_from = models.DateField()
    valid_until = models.DateField()
    tail_months = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=AdvisorMandateState.choices, default=AdvisorMandateState.PROPOSED)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")), name="accounts_advisormandate_dates_in_order"
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(owner_organisation__isnull=False, answered_at__isnull=False),
                name="accounts_advisormandate_accepted_has_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.id}"

    def concerns(self, organisation_ids: frozenset[UUID]) -> bool:
        return bool({self.advisor_organisation_id, self.owner_organisation_id} & organisation_ids)
