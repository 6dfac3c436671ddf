"""Reads over organisations, members, invitations, advisor mandates. Rights are decided here and in the services."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.exceptions import AdvisorMandateNotFound, InvitationNotFound, OrganisationNotFound, RoleMissing
from accounts.models import AdvisorMandate, Invitation, Membership, Organisation
from accounts.selectors.people import verified_indexes_of
from accounts.types import InvitationState, MarketRole, MemberRole
from msmebazaar.core.actor import Actor


def own_organisations(*, actor: Actor) -> QuerySet[Organisation]:
    return Organisation.objects.filter(pk__in=actor.organisation_ids)


def get_own_organisation(*, actor: Actor, organisation_id: UUID) -> Organisation:
    organisation = own_organisations(actor=actor).filter(pk=organisation_id).first()
    if organisation is None:
        raise OrganisationNotFound
    return organisation


def own_members(*, actor: Actor, organisation_id: UUID) -> QuerySet[Membership]:
    """Members of an own organisation."""
    organisation = get_own_organisation(actor=actor, organisation_id=organisation_id)
    return Membership.objects.filter(organisation=organisation).select_related("user")


def list_member_ids(*, organisation_id: UUID, admins_only: bool = False) -> list[UUID]:
    """Who is told when something happens to an organisation."""
    rows = Membership.objects.filter(organisation_id=organisation_id, user__is_active=True)
    if admins_only:
        rows = rows.filter(role=MemberRole.ADMIN)
    return list(rows.order_by("created_at").values_list("user_id", flat=True))


def list_member_names(*, organisation_id: UUID) -> list[str]:
    """Names of an organisation's people, for checks of what it publishes."""
    rows = Membership.objects.filter(organisation_id=organisation_id).select_related("user")
    return [row.user.full_name for row in rows if row.user.full_name]


def organisations_of_same_people(*, organisation_id: UUID) -> list[UUID]:
    """Other organisations with a member of this one: the same person, so the same phone."""
    members = Membership.objects.filter(organisation_id=organisation_id).values("user_id")
    rows = Membership.objects.filter(user_id__in=members).exclude(organisation_id=organisation_id)
    return list(rows.values_list("organisation_id", flat=True).distinct())


def sent_invitations(*, actor: Actor, organisation_id: UUID) -> QuerySet[Invitation]:
    """Invitations to an own organisation; its administrators see them."""
    organisation = get_own_organisation(actor=actor, organisation_id=organisation_id)
    actor.require_admin(organisation.id)
    return Invitation.objects.filter(organisation=organisation)


def my_invitations(*, actor: Actor) -> QuerySet[Invitation]:
    """Open invitations to an address the person has proven."""
    indexes = verified_indexes_of(user_id=actor.user_id)
    found = Invitation.objects.filter(address_index__in=indexes, state=InvitationState.OPEN)
    return found.select_related("organisation")


def get_my_invitation(*, actor: Actor, invitation_id: UUID) -> Invitation:
    indexes = verified_indexes_of(user_id=actor.user_id)
    found = Invitation.objects.filter(pk=invitation_id, address_index__in=indexes).select_for_update(of=("self",))
    invitation = found.select_related("organisation").first()
    if invitation is None:
        raise InvitationNotFound
    return invitation


def visible_advisor_mandates(*, actor: Actor) -> QuerySet[AdvisorMandate]:
    """Mandates of the actor's organisations, on either side, and those proposed to an address of theirs."""
    indexes = verified_indexes_of(user_id=actor.user_id)
    return AdvisorMandate.objects.filter(
        Q(advisor_organisation_id__in=actor.organisation_ids)
        | Q(owner_organisation_id__in=actor.organisation_ids)
        | Q(address_index__in=indexes, owner_organisation__isnull=True)
    ).select_related("advisor_organisation", "owner_organisation")


def get_visible_advisor_mandate(*, actor: Actor, mandate_id: UUID) -> AdvisorMandate:
    mandate = visible_advisor_mandates(actor=actor).filter(pk=mandate_id).first()
    if mandate is None:
        raise AdvisorMandateNotFound
    return mandate


def require_market_role(*, organisation_id: UUID, role: MarketRole) -> None:
    """RoleMissing unless the organisation is this on the market."""
    if not Organisation.objects.filter(pk=organisation_id, roles__contains=[role]).exists():
        raise RoleMissing(role=str(role.label))


def display_names(*, organisation_ids: Iterable[UUID]) -> dict[UUID, str]:
    """What an organisation is called to somebody who may know it; of a personal one, its person's name."""
    rows = Membership.objects.filter(organisation_id__in=list(organisation_ids), user__is_active=True)
    found: dict[UUID, str] = {}
    for row in rows.select_related("organisation", "user").order_by("created_at"):
        name = row.organisation.name or row.user.full_name or ""
        if name and not found.get(row.organisation_id):
            found[row.organisation_id] = name
    return found
