"""Reads over people, their identities and sessions."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from accounts.masking import masked
from accounts.models import AdvisorMandate, Identity, Membership, Session, User
from accounts.types import (
    AdvisorMandateState,
    Contact,
    IdentityKind,
    IdentityOfMe,
    Me,
    MemberRole,
    OrganisationOfMe,
)
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor
from msmebazaar.core.crypto import blind_index


@dataclass(frozen=True)
class LiveSession:
    """Private to this app: the authentication needs the user's row."""

    user: User
    actor: Actor


def get_live_session(*, session_id: UUID) -> LiveSession | None:
    """The session, its active user and all their rights, in one query; None when it has ended."""
    session = (
        Session.objects.filter(pk=session_id, ended_at__isnull=True, user__is_active=True)
        .select_related("user")
        .annotate(
            memberships=ArraySubquery(_memberships_of(OuterRef("user_id"))),
            delegations=ArraySubquery(_delegations_of(OuterRef("user_id"))),
        )
        .first()
    )
    if session is None:
        return None
    return LiveSession(session.user, _actor(session.user, session.memberships, session.delegations, session.id))


def actor_of(*, user_id: UUID) -> Actor:
    """The actor of a person who is known by other proof than a token (a signed webhook, the staff's session)."""
    user = User.objects.only("is_staff").get(pk=user_id)
    memberships = [row["right"] for row in _memberships_of(user_id)]
    delegations = [row["right"] for row in _delegations_of(user_id)]
    return _actor(user, memberships, delegations, None)


def _memberships_of(user_id: Any) -> QuerySet[Membership, Any]:
    found = Membership.objects.filter(user_id=user_id, organisation__erased_at__isnull=True)
    return found.order_by().values(right=JSONObject(organisation=F("organisation_id"), role=F("role")))


def _delegations_of(user_id: Any) -> QuerySet[AdvisorMandate, Any]:
    """Mandates that let the person act for others today. Viewers of the advisor's organisation act for nobody."""
    today = clock.today_in_india()
    found = AdvisorMandate.objects.filter(
        advisor_organisation__memberships__user_id=user_id,
        advisor_organisation__memberships__role__in=(MemberRole.ADMIN, MemberRole.MEMBER),
        state=AdvisorMandateState.ACCEPTED,
        valid_from__lte=today,
        valid_until__gte=today,
        owner_organisation__erased_at__isnull=True,
    )
    return found.order_by().values(right=JSONObject(organisation=F("owner_organisation_id"), scopes=F("scopes")))


def _actor(
    user: User, memberships: list[dict[str, Any]], delegations: list[dict[str, Any]], session_id: UUID | None
) -> Actor:
    roles = {UUID(row["organisation"]): row["role"] for row in memberships}
    delegated: dict[UUID, frozenset[str]] = {}
    for row in delegations:
        owner = UUID(row["organisation"])
        if owner not in roles:
            delegated[owner] = delegated.get(owner, frozenset()) | frozenset(row["scopes"])
    return Actor(
        user_id=user.pk,
        organisation_ids=frozenset(roles),
        is_staff=user.is_staff,
        session_id=session_id,
        viewer_of=frozenset(key for key, role in roles.items() if role == MemberRole.VIEWER),
        admin_of=frozenset(key for key, role in roles.items() if role == MemberRole.ADMIN),
        delegated=delegated,
    )


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


def ids_of(*, user_id: UUID) -> tuple[UUID, ...]:
    """The person's id and those of the contacts merged into them, whose history is theirs."""
    found, layer = [user_id], [user_id]
    while layer:
        layer = list(User.objects.filter(merged_into_id__in=layer).values_list("id", flat=True))
        found += layer
    return tuple(found)


def find_user_id(*, kind: IdentityKind, value: str) -> UUID | None:
    """The person an identity belongs to."""
    found = Identity.objects.filter(kind=kind, value_index=blind_index(kind, value)).values_list("user_id", flat=True)
    return found.first()


def address_of(*, user_id: UUID, kind: IdentityKind) -> str | None:
    """A person's newest verified identity of a kind, in clear: for sending to it, nothing else."""
    identity = (
        Identity.objects.filter(user_id=user_id, kind=kind, verified_at__isnull=False).order_by("-created_at").first()
    )
    return identity.value if identity else None


def list_identities(*, user_id: UUID, reveal: bool) -> list[IdentityOfMe]:
    rows = Identity.objects.filter(user_id=user_id).order_by("created_at", "id")
    return [
        IdentityOfMe(row.id, row.kind, row.value if reveal else masked(row.kind, row.value or ""), row.verified_at)
        for row in rows
    ]


def verified_indexes_of(*, user_id: UUID) -> list[str]:
    """Blind indexes of the addresses a person has proven; invitations are found by them."""
    rows = Identity.objects.filter(user_id=user_id, verified_at__isnull=False)
    return list(rows.values_list("value_index", flat=True))


def get_me(*, user_id: UUID, reveal: bool = False) -> Me:
    user = User.objects.prefetch_related("memberships__organisation").get(pk=user_id)
    organisations = tuple(
        OrganisationOfMe(
            row.organisation_id,
            row.organisation.name,
            row.organisation.kind,
            tuple(row.organisation.roles),
            row.role,
        )
        for row in user.memberships.all()
    )
    phone = address_of(user_id=user_id, kind=IdentityKind.PHONE)
    shown = phone if reveal or phone is None else masked(IdentityKind.PHONE, phone)
    return Me(user.id, user.full_name or "", user.language, shown, user.is_staff, organisations)


def live_sessions(*, user_id: UUID) -> QuerySet[Session]:
    """Devices that are logged in."""
    return Session.objects.filter(user_id=user_id, ended_at__isnull=True)
