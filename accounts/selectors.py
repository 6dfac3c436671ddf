"""Reads over people and sessions."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q

from accounts.models import Identity, Membership, Session, User
from accounts.types import Contact, IdentityKind, Me, OrganisationOfMe
from msmebazaar.core.actor import Actor
from msmebazaar.core.crypto import blind_index


@dataclass(frozen=True)
class LiveSession:
    """Private to this app: the authentication needs the user's row."""

    user: User
    actor: Actor


def get_live_session(*, session_id: UUID) -> LiveSession | None:
    """The session, its active user and their organisations, in one query; None when it has ended."""
    session = (
        Session.objects.filter(pk=session_id, ended_at__isnull=True, user__is_active=True)
        .select_related("user")
        .annotate(
            organisation_ids=ArrayAgg(
                "user__memberships__organisation_id",
                filter=Q(user__memberships__isnull=False),
                default=[],
            )
        )
        .first()
    )
    if session is None:
        return None
    actor = Actor(session.user_id, frozenset(session.organisation_ids), session.user.is_staff, session.id)
    return LiveSession(session.user, actor)


def actor_of(*, user_id: UUID) -> Actor:
    """The actor of a person who is known by other proof than a token (a signed webhook, the staff's session)."""
    user = User.objects.only("is_staff").get(pk=user_id)
    return Actor(user_id, frozenset(organisation_ids_of(user_id=user_id)), user.is_staff)


def organisation_ids_of(*, user_id: UUID) -> list[UUID]:
    return list(Membership.objects.filter(user_id=user_id).values_list("organisation_id", flat=True))


def personal_organisation_id_of(*, user_id: UUID) -> UUID:
    """The organisation new things go to when none is named: the person's first."""
    membership = Membership.objects.filter(user_id=user_id).order_by("created_at", "id").first()
    assert membership is not None, "every person has a personal organisation from the start"
    return membership.organisation_id


def has_staff(*, username: str) -> bool:
    return User.objects.filter(username=username, is_staff=True).exists()


def get_contact(*, user_id: UUID) -> Contact:
    user = User.objects.only("full_name", "language").get(pk=user_id)
    return Contact(user.id, user.full_name or "", user.language)


def find_user_id(*, kind: IdentityKind, value: str) -> UUID | None:
    """The person an identity belongs to."""
    found = Identity.objects.filter(kind=kind, value_index=blind_index(kind, value)).values_list("user_id", flat=True)
    return found.first()


def address_of(*, user_id: UUID, kind: IdentityKind) -> str | None:
    """A person's newest identity of a kind, in clear: for sending to it, nothing else."""
    identity = Identity.objects.filter(user_id=user_id, kind=kind).order_by("-created_at").first()
    return identity.value if identity else None


def get_me(*, user_id: UUID) -> Me:
    user = User.objects.prefetch_related("memberships__organisation").get(pk=user_id)
    organisations = tuple(
        OrganisationOfMe(row.organisation_id, row.organisation.name, row.organisation.kind, row.role)
        for row in user.memberships.all()
    )
    phone = address_of(user_id=user_id, kind=IdentityKind.PHONE)
    return Me(user.id, user.full_name or "", user.language, phone, user.is_staff, organisations)
