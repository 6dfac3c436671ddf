"""Organisations, members and invitations."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts import selectors
from accounts.exceptions import (
    InvitationClosed,
    InvitationKnown,
    InvitationNotFound,
    LastAdmin,
    MemberNotFound,
)
from accounts.models import Invitation, Membership, Organisation
from accounts.selectors.organisations import get_my_invitation
from accounts.services.notifications import notify
from accounts.types import IdentityKind, InvitationState, MarketRole, MemberRole, OrganisationKind
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor
from msmebazaar.core.crypto import blind_index
from msmebazaar.core.exceptions import N_, FieldFault, InvalidInput


@transaction.atomic
def create_organisation(*, actor: Actor, name: str, roles: list[str]) -> Organisation:
    """A company; who makes it administers it."""
    _check_roles(roles)
    organisation = Organisation.objects.create(name=name, kind=OrganisationKind.COMPANY, roles=sorted(set(roles)))
    Membership.objects.create(user_id=actor.user_id, organisation=organisation, role=MemberRole.ADMIN)
    _audit("accounts.organisation_created", organisation.id, actor, {"roles": organisation.roles})
    return organisation


@transaction.atomic
def update_organisation(
    *, actor: Actor, organisation_id: UUID, name: str | None, roles: list[str] | None
) -> Organisation:
    """Rename it, or say anew what it is on the market; None leaves a part as it is."""
    organisation = _own_locked(actor, organisation_id)
    actor.require_admin(organisation.id)
    if name is not None:
        organisation.name = name
    if roles is not None:
        _check_roles(roles)
        organisation.roles = sorted(set(roles))
    organisation.save()
    _audit("accounts.organisation_updated", organisation.id, actor, {"roles": organisation.roles})
    return organisation


def _check_roles(roles: list[str]) -> None:
    if MarketRole.STAFF in roles:
        message = N_("This role is given by us, not chosen.")
        raise InvalidInput(errors=(FieldFault("roles", "reserved", message),))


def _own_locked(actor: Actor, organisation_id: UUID) -> Organisation:
    """An own organisation, held until the transaction ends."""
    selectors.get_own_organisation(actor=actor, organisation_id=organisation_id)
    return Organisation.objects.select_for_update().get(pk=organisation_id)


@transaction.atomic
def change_member(*, actor: Actor, organisation_id: UUID, user_id: UUID, role: MemberRole) -> Membership:
    """Give a member another role.

    Raises:
        OrganisationNotFound, Forbidden, MemberNotFound, LastAdmin.
    """
    organisation = _own_locked(actor, organisation_id)
    actor.require_admin(organisation.id)
    membership = _member(organisation, user_id)
    if role != MemberRole.ADMIN:
        _keep_an_admin(organisation, membership)
    membership.role = role
    membership.save(update_fields=["role", "updated_at"])
    _audit("accounts.member_changed", organisation.id, actor, {"user_id": str(user_id), "role": role.value})
    return membership


@transaction.atomic
def remove_member(*, actor: Actor, organisation_id: UUID, user_id: UUID) -> None:
    """An administrator removes somebody, or a member leaves. What they could see is gone with their next request."""
    organisation = _own_locked(actor, organisation_id)
    if user_id != actor.user_id:
        actor.require_admin(organisation.id)
    membership = _member(organisation, user_id)
    _keep_an_admin(organisation, membership)
    membership.delete()
    _audit("accounts.member_removed", organisation.id, actor, {"user_id": str(user_id)})


def _member(organisation: Organisation, user_id: UUID) -> Membership:
    membership = Membership.objects.filter(organisation=organisation, user_id=user_id).select_related("user").first()
    if membership is None:
        raise MemberNotFound
    return membership


def _keep_an_admin(organisation: Organisation, leaving: Membership) -> None:
    admins = Membership.objects.filter(organisation=organisation, role=MemberRole.ADMIN)
    if leaving.role == MemberRole.ADMIN and not admins.exclude(pk=leaving.pk).exists():
        raise LastAdmin


@transaction.atomic
def invite(
    *, actor: Actor, organisation_id: UUID, kind: IdentityKind, address: str, role: MemberRole, now: datetime
) -> Invitation:
    """Keep a place for whoever proves to have this address. Known and unknown addresses get the same answer.

    Raises:
        OrganisationNotFound, Forbidden, InvitationKnown.
    """
    organisation = _own_locked(actor, organisation_id)
    actor.require_admin(organisation.id)
    index = blind_index(kind, address)
    Invitation.objects.filter(
        organisation=organisation, address_index=index, state=InvitationState.OPEN, expires_at__lte=now
    ).update(state=InvitationState.CANCELLED, answered_at=now)
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                organisation=organisation,
                invited_by_id=actor.user_id,
                kind=kind,
                address=address,
                address_index=index,
                role=role,
                expires_at=now + settings.INVITATION_LIFETIME,
            )
    except IntegrityError as error:
        raise InvitationKnown from error
    _audit("accounts.invited", organisation.id, actor, {"invitation_id": str(invitation.id), "role": role.value})
    known = selectors.find_user_id(kind=kind, value=address)
    if known is not None:
        notify(user_ids=[known], kind="accounts.invited", now=now, params={"organisation": str(organisation)})
    return invitation


@transaction.atomic
def cancel_invitation(*, actor: Actor, organisation_id: UUID, invitation_id: UUID, now: datetime) -> None:
    rows = selectors.sent_invitations(actor=actor, organisation_id=organisation_id)
    invitation = rows.select_for_update().filter(pk=invitation_id).first()
    if invitation is None:
        raise InvitationNotFound
    _answer(invitation, InvitationState.CANCELLED, now)
    _audit("accounts.invitation_cancelled", organisation_id, actor, {"invitation_id": str(invitation_id)})


@transaction.atomic
def accept_invitation(*, actor: Actor, invitation_id: UUID, now: datetime) -> Organisation:
    """Join. Who is a member already keeps their role.

    Raises:
        InvitationNotFound: it is not for a proven address of the actor.
        InvitationClosed.
    """
    invitation = get_my_invitation(actor=actor, invitation_id=invitation_id)
    _answer(invitation, InvitationState.ACCEPTED, now)
    Membership.objects.get_or_create(
        user_id=actor.user_id, organisation=invitation.organisation, defaults={"role": invitation.role}
    )
    _audit("accounts.invitation_accepted", invitation.organisation_id, actor, {"invitation_id": str(invitation_id)})
    return invitation.organisation


@transaction.atomic
def decline_invitation(*, actor: Actor, invitation_id: UUID, now: datetime) -> None:
    invitation = get_my_invitation(actor=actor, invitation_id=invitation_id)
    _answer(invitation, InvitationState.DECLINED, now)
    _audit("accounts.invitation_declined", invitation.organisation_id, actor, {"invitation_id": str(invitation_id)})


def _answer(invitation: Invitation, state: InvitationState, now: datetime) -> None:
    if invitation.state != InvitationState.OPEN or invitation.expires_at <= now:
        raise InvitationClosed
    invitation.state, invitation.answered_at = state, now
    invitation.save(update_fields=["state", "answered_at", "updated_at"])


def _audit(action: str, organisation_id: UUID, actor: Actor, facts: dict[str, object]) -> None:
    audit.record(action, subject_type="organisation", subject_id=organisation_id, actor_id=actor.user_id, facts=facts)
