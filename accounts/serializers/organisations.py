"""Shapes of organisations, members, invitations, advisor mandates, badges."""

from rest_framework import serializers

from accounts.masking import masked
from accounts.models import AdvisorMandate, Badge, Invitation, Membership, Organisation, VerificationRequest
from accounts.serializers.login import AddressWrite
from accounts.types import AdvisorMandateState, InvitationState, MarketRole, MemberRole, RequestState, Tier
from msmebazaar.core.actor import Scope
from msmebazaar.core.http.serializers import Base

SCOPES = [(scope.value, scope.value) for scope in Scope]
ASKABLE_TIERS = [(tier.value, tier.label) for tier in (Tier.T2_DOCUMENTS, Tier.T3_FUNDS)]


class OrganisationAnswer(serializers.ModelSerializer[Organisation]):
    roles = serializers.ListField(child=serializers.ChoiceField(choices=MarketRole.choices))

    class Meta:
        model = Organisation
        fields = ("id", "name", "kind", "roles", "created_at")


class OrganisationWrite(Base):
    name = serializers.CharField(max_length=120)
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=MarketRole.choices),
        allow_empty=False,
        help_text="What the organisation is on the market.",
    )


class OrganisationChange(Base):
    name = serializers.CharField(max_length=120, required=False)
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=MarketRole.choices), allow_empty=False, required=False
    )


class MemberAnswer(serializers.ModelSerializer[Membership]):
    full_name = serializers.SerializerMethodField()
    role = serializers.ChoiceField(choices=MemberRole.choices)

    class Meta:
        model = Membership
        fields = ("user_id", "full_name", "role", "created_at")

    def get_full_name(self, membership: Membership) -> str:
        """Empty where the person has not told it."""
        return membership.user.full_name or ""


class MemberChange(Base):
    role = serializers.ChoiceField(choices=MemberRole.choices)


class InvitationWrite(AddressWrite):
    role = serializers.ChoiceField(choices=MemberRole.choices, default=MemberRole.MEMBER)


class InvitationAnswer(serializers.ModelSerializer[Invitation]):
    """An invitation as its sender sees it; the address is masked."""

    address = serializers.SerializerMethodField()
    role = serializers.ChoiceField(choices=MemberRole.choices)
    state = serializers.ChoiceField(choices=InvitationState.choices)

    class Meta:
        model = Invitation
        fields = ("id", "kind", "address", "role", "state", "expires_at", "created_at")

    def get_address(self, invitation: Invitation) -> str:
        return masked(invitation.kind, invitation.address or "")


class InvitationToMe(serializers.ModelSerializer[Invitation]):
    """An invitation as the invited person sees it."""

    organisation_name = serializers.CharField(source="organisation.name")
    role = serializers.ChoiceField(choices=MemberRole.choices)

    class Meta:
        model = Invitation
        fields = ("id", "organisation_id", "organisation_name", "role", "expires_at", "created_at")


class AdvisorMandateWrite(AddressWrite):
    """What an advisor proposes to the owner at this address."""

    organisation_id = serializers.UUIDField(help_text="The advisor's organisation; it needs the role `advisor`.")
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=SCOPES), allow_empty=False)
    valid_from = serializers.DateField()
    valid_until = serializers.DateField()
    tail_months = serializers.IntegerField(
        min_value=0, max_value=24, default=0, help_text="How long after the end a deal still counts as the advisor's."
    )


class AdvisorMandateAnswer(serializers.ModelSerializer[AdvisorMandate]):
    address = serializers.SerializerMethodField()
    advisor_name = serializers.CharField(source="advisor_organisation.name")
    owner_name = serializers.CharField(source="owner_organisation.name", default="")
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=SCOPES))
    state = serializers.ChoiceField(choices=AdvisorMandateState.choices)

    class Meta:
        model = AdvisorMandate
        fields = (
            "id",
            "advisor_organisation_id",
            "advisor_name",
            "owner_organisation_id",
            "owner_name",
            "kind",
            "address",
            "scopes",
            "valid_from",
            "valid_until",
            "tail_months",
            "state",
            "answered_at",
            "ended_at",
            "created_at",
        )

    def get_address(self, mandate: AdvisorMandate) -> str:
        return masked(mandate.kind, mandate.address or "")


class AdvisorMandateAccept(Base):
    organisation_id = serializers.UUIDField(help_text="The owner's organisation that the advisor may act for.")


class BadgeAnswer(serializers.ModelSerializer[Badge]):
    tier = serializers.ChoiceField(choices=Tier.choices)
    name = serializers.CharField(source="get_tier_display")

    class Meta:
        model = Badge
        fields = ("tier", "name", "evidence", "reviewer_id", "granted_at", "expires_at", "ended_at", "ended_because")


class VerificationWrite(Base):
    tier = serializers.ChoiceField(choices=ASKABLE_TIERS)
    statement = serializers.CharField(max_length=2000, help_text="What you can show, and where we find it.")


class VerificationAnswer(serializers.ModelSerializer[VerificationRequest]):
    tier = serializers.ChoiceField(choices=Tier.choices)
    state = serializers.ChoiceField(choices=RequestState.choices)

    class Meta:
        model = VerificationRequest
        fields = ("id", "tier", "state", "reason", "created_at", "answered_at")
