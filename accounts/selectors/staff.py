"""Colleagues, what two of them decide, and people as staff see them: addresses masked, each look written down."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from accounts.exceptions import ColleagueNotFound, NotAPerson, OrganisationNotFound, ProposalNotFound
from accounts.masking import masked
from accounts.models import (
    Badge,
    ContactMerge,
    Identity,
    Membership,
    Organisation,
    Proposal,
    StaffProfile,
    User,
    VerificationRequest,
)
from accounts.selectors.consent import list_consents
from accounts.selectors.people import live_sessions
from accounts.types import (
    Colleague,
    IdentityKind,
    IdentityOfMe,
    KycBadge,
    KycRequest,
    KycStatus,
    MergeShown,
    OrganisationOfMe,
    PersonFound,
    PersonShown,
    ProposalKind,
    ProposalShown,
    ProposalState,
    Purpose,
    Tier,
)
from msmebazaar.core import clock
from msmebazaar.core.actor import LOOKING, Actor, Duty
from msmebazaar.core.crypto import blind_index
from msmebazaar.core.exceptions import InvalidValue
from msmebazaar.core.models import AuditEntry
from msmebazaar.core.types import Phone

MOST_FOUND = 30
MOST_TOUCHED = 100_000


def list_colleagues(*, duty: Duty | None = None) -> list[Colleague]:
    """Active staff; with a duty: those whose profile has it, which superusers have only where it says so."""
    rows = User.objects.filter(is_staff=True, is_active=True).select_related("staff_profile").order_by("username")
    found = []
    for row in rows.filter(staff_profile__duties__contains=[duty]) if duty else rows:
        profile = getattr(row, "staff_profile", None) or StaffProfile(user=row)
        found.append(
            Colleague(
                row.id,
                row.get_username(),
                frozenset(profile.duties),
                frozenset(profile.regions),
                frozenset(profile.languages),
                profile.is_away,
                row.is_superuser,
            )
        )
    return found


def colleague_name(*, user_id: UUID | None) -> str:
    if user_id is None:
        return ""
    return str(User.objects.filter(pk=user_id).values_list("username", flat=True).first() or "")


def names_of_actors(*, user_ids: Iterable[str]) -> dict[str, str]:
    """Id → what the audit calls them: user name of staff, "person 123abc" of others."""
    return {str(row.pk): str(row) for row in User.objects.only("id", "username").filter(pk__in=set(user_ids))}


def require_colleague(*, user_id: UUID | None = None, username: str = "") -> UUID:
    """The colleague's id. Raises: ColleagueNotFound."""
    rows = User.objects.filter(is_staff=True)
    found = rows.filter(pk=user_id) if user_id else rows.filter(username=username)
    key: UUID | None = found.values_list("pk", flat=True).first()
    if key is None:
        raise ColleagueNotFound
    return key


def require_person(*, user_id: UUID) -> None:
    """Raises: NotAPerson."""
    if not User.objects.filter(pk=user_id, is_staff=False).exists():
        raise NotAPerson


def people_among(*, user_ids: Iterable[UUID]) -> list[UUID]:
    """Those of these ids that are people of the market."""
    return list(User.objects.filter(pk__in=set(user_ids), is_staff=False).values_list("pk", flat=True))


def people_touched_by(*, colleague_id: UUID, since: datetime, until: datetime) -> list[UUID]:
    """People whose data an account of staff looked at or changed, after the audit: themselves, or their organisations."""
    entries = AuditEntry.objects.filter(actor_id=colleague_id, at__range=(since, until))
    subjects = list(entries.values_list("subject_id", flat=True).distinct()[:MOST_TOUCHED])
    members = Membership.objects.filter(organisation_id__in=subjects).values_list("user_id", flat=True)
    return people_among(user_ids=[*subjects, *members])


def get_proposal(*, actor: Actor, proposal_id: UUID) -> ProposalShown:
    """An open proposal. Raises: Forbidden, ProposalNotFound."""
    row = Proposal.objects.select_related("person", "proposed_by").filter(pk=proposal_id).first()
    if row is None or row.state != ProposalState.PROPOSED:
        raise ProposalNotFound
    actor.require_duty(Duty.STAFFING if row.kind == ProposalKind.DUTIES else Duty.PRIVACY)
    profile = StaffProfile.objects.filter(user_id=row.person_id).first() or StaffProfile()
    content = tuple(
        (name, ", ".join(getattr(profile, name)) or "–", ", ".join(wanted) or "–")
        for name, wanted in row.content.items()
    )
    return ProposalShown(
        row.id,
        row.kind,
        str(ProposalKind(row.kind).label),
        str(row.person),
        row.person_id,
        content,
        row.reason or "",
        str(row.proposed_by),
        row.created_at,
        row.proposed_by_id == actor.user_id,
    )


def own_proposals(*, actor: Actor) -> list[tuple[UUID, str, str, datetime]]:
    """What the actor proposed and nobody has decided: id, kind, person, when."""
    rows = Proposal.objects.filter(proposed_by_id=actor.user_id, state=ProposalState.PROPOSED).select_related("person")
    return [(row.id, str(ProposalKind(row.kind).label), str(row.person), row.created_at) for row in rows]


def get_person(*, actor: Actor, user_id: UUID) -> PersonShown:
    """Raises: Forbidden, NotAPerson."""
    actor.require_duty(*LOOKING)
    row = User.objects.filter(pk=user_id, is_staff=False).first()
    if row is None:
        raise NotAPerson
    identities = Identity.objects.filter(user=row).order_by("created_at")
    memberships = Membership.objects.filter(user=row).select_related("organisation").order_by("created_at")
    badges = Badge.objects.filter(
        organisation__memberships__user=row, ended_at__isnull=True, expires_at__gt=clock.now()
    ).order_by("tier")
    return PersonShown(
        row.id,
        row.full_name or "",
        row.language,
        row.created_at,
        row.is_active,
        row.is_staff,
        row.erased_at is not None,
        row.merged_into_id,
        tuple(
            IdentityOfMe(each.id, str(each.get_kind_display()), masked(each.kind, each.value or ""), each.verified_at)
            for each in identities
        ),
        tuple(
            OrganisationOfMe(
                each.organisation_id,
                str(each.organisation),
                each.organisation.kind,
                tuple(each.organisation.roles),
                each.role,
            )
            for each in memberships
        ),
        tuple(str(Tier(tier).label) for tier in dict.fromkeys(badges.values_list("tier", flat=True))),
        tuple((str(Purpose(each.purpose).label), each.is_given) for each in list_consents(user_id=row.id)),
        live_sessions(user_id=row.id).count(),
    )


def merges_of(*, user_id: UUID) -> list[MergeShown]:
    """What was merged into this person and can be taken back."""
    rows = ContactMerge.objects.filter(survivor_id=user_id, undone_at__isnull=True).order_by("-created_at")
    return [
        MergeShown(row.id, row.absorbed_id, row.created_at, sum(len(moved) for moved in row.moved.values()))
        for row in rows
    ]


def search_people(*, actor: Actor, text: str) -> list[PersonFound]:
    """By phone, email or WhatsApp address (exactly), by id, or by a part of their organisation's name.

    Names and addresses are encrypted, so that no part of them can be searched.

    Raises:
        Forbidden.
    """
    actor.require_duty(*LOOKING)
    text = text.strip()
    if not text:
        return []
    wanted = Q(value_index__in=_indexes(text))
    ids = set(Identity.objects.filter(wanted).values_list("user_id", flat=True))
    try:
        ids.add(UUID(text))
    except ValueError:
        named = Organisation.objects.filter(name__icontains=text).values_list("pk", flat=True)[:MOST_FOUND]
        ids.update(Membership.objects.filter(organisation_id__in=list(named)).values_list("user_id", flat=True))
    rows = User.objects.filter(pk__in=ids, is_staff=False).prefetch_related("memberships__organisation")
    return [
        PersonFound(
            row.id,
            row.full_name or "",
            row.language,
            ", ".join(each.organisation.name for each in row.memberships.all() if each.organisation.name),
            row.is_active,
        )
        for row in rows.order_by("-created_at")[:MOST_FOUND]
    ]


def _indexes(text: str) -> list[str]:
    found = [blind_index(kind, text) for kind in (IdentityKind.EMAIL, IdentityKind.BSUID)]
    found.append(blind_index(IdentityKind.EMAIL, text.lower()))
    try:
        phone = str(Phone.parse(text))
    except InvalidValue:
        return found
    return [*found, blind_index(IdentityKind.PHONE, phone), blind_index(IdentityKind.WHATSAPP, f"whatsapp:{phone}")]


def kyc_of(*, actor: Actor, organisation_id: UUID) -> KycStatus:
    """For staff. Raises: Forbidden, OrganisationNotFound."""
    actor.require_duty(Duty.REVIEW, Duty.REPORTS)
    row = Organisation.objects.filter(pk=organisation_id).first()
    if row is None:
        raise OrganisationNotFound
    badges = Badge.objects.filter(organisation=row, ended_at__isnull=True, expires_at__gt=clock.now()).order_by("tier")
    asked = VerificationRequest.objects.filter(organisation=row).order_by("-created_at")[:MOST_FOUND]
    return KycStatus(
        row.id,
        str(row),
        tuple(KycBadge(badge.tier, badge.granted_at, badge.expires_at) for badge in badges),
        tuple(KycRequest(each.id, each.tier, each.state, each.created_at) for each in asked),
    )
