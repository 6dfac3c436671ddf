"""People and their identities: found, made, joined when two of them turn out to be one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import selectors
from accounts.events import ContactsMerged
from accounts.exceptions import CannotMerge, IdentityNotFound, LastIdentity
from accounts.models import (
    DataRequest,
    Identity,
    Membership,
    Notification,
    NotificationSettings,
    Organisation,
    Session,
    User,
)
from accounts.services.notifications import notify
from accounts.services.otp import check_code, use_challenge
from accounts.services.verification import grant_badge
from accounts.types import (
    ChallengePurpose,
    Contact,
    IdentityKind,
    MarketRole,
    Me,
    MemberRole,
    OrganisationKind,
    Tier,
)
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor
from msmebazaar.core.crypto import blind_index
from msmebazaar.core.logging import get_logger
from msmebazaar.core.outbox import publish

log = get_logger(__name__)
Address = tuple[IdentityKind, str]


def log_in_by_code(*, challenge_id: UUID, code: str, language: str, now: datetime) -> UUID:
    """The person whose phone the code went to; made on their first log-in.

    Raises:
        what `check_code` and `use_challenge` raise.
    """
    challenge = check_code(challenge_id=challenge_id, code=code, purpose=ChallengePurpose.LOG_IN, user_id=None, now=now)
    with transaction.atomic():
        use_challenge(challenge, now=now)
        contact = find_or_create_contact(
            kind=IdentityKind.PHONE, value=challenge.address or "", language=language, verified_at=now
        )
    return contact.user_id


def find_or_create_contact(
    *, kind: IdentityKind, value: str, language: str, verified_at: datetime | None, full_name: str = ""
) -> Contact:
    """The person of an identity, with a personal organisation; made when nobody has it yet.

    Two at once for the same new identity end with one person: the loser of the unique constraint reads the winner's.
    A phone's WhatsApp address and the phone itself lead to the same person.
    """
    known = _verified_contact(kind, value, verified_at)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            user_id = _same_person_elsewhere(kind, value) or _create_person(language, full_name)
            _add_identity(user_id, kind, value, verified_at)
    except IntegrityError:
        winners = _verified_contact(kind, value, verified_at)
        if winners is None:
            raise
        return winners
    return selectors.get_contact(user_id=user_id)


def _add_identity(user_id: UUID, kind: IdentityKind, value: str, verified_at: datetime | None) -> Identity:
    identity = Identity.objects.create(
        user_id=user_id, kind=kind, value=value, value_index=blind_index(kind, value), verified_at=verified_at
    )
    if verified_at is not None:
        _grant_phone_badge(identity, verified_at)
    return identity


def _grant_phone_badge(identity: Identity, verified_at: datetime) -> None:
    """T0 of the person's own organisation: a phone that was proven, by a code or by WhatsApp."""
    if identity.kind in (IdentityKind.PHONE, IdentityKind.WHATSAPP):
        grant_badge(
            organisation_id=selectors.personal_organisation_id_of(user_id=identity.user_id),
            tier=Tier.T0_PHONE,
            evidence={"identity_id": str(identity.id)},
            reviewer_id=None,
            now=verified_at,
        )


def _verified_contact(kind: IdentityKind, value: str, verified_at: datetime | None) -> Contact | None:
    """The person who has this identity, which counts as verified from now on if it was not."""
    user_id = selectors.find_user_id(kind=kind, value=value)
    if user_id is None:
        return None
    if verified_at is not None:
        unproven = Identity.objects.filter(kind=kind, value_index=blind_index(kind, value), verified_at__isnull=True)
        for identity in unproven:
            with transaction.atomic():
                Identity.objects.filter(pk=identity.pk).update(verified_at=verified_at)
                _grant_phone_badge(identity, verified_at)
    return selectors.get_contact(user_id=user_id)


def _same_person_elsewhere(kind: IdentityKind, value: str) -> UUID | None:
    """`whatsapp:+91…` carries a phone that WhatsApp has verified, and a phone has one WhatsApp address."""
    if kind == IdentityKind.WHATSAPP:
        return selectors.find_user_id(kind=IdentityKind.PHONE, value=value.removeprefix("whatsapp:"))
    if kind == IdentityKind.PHONE:
        return selectors.find_user_id(kind=IdentityKind.WHATSAPP, value=f"whatsapp:{value}")
    return None


@transaction.atomic
def recognise(*, addresses: Sequence[Address], language: str, now: datetime) -> Contact:
    """The one person behind several addresses that a trusted channel tells together, the most telling first.

    WhatsApp may name a person by phone, by a business-scoped id, or by both. Whoever was known by one of them only becomes
    one contact with whoever was known by the other; history is kept. One who is suspended stays apart.
    """
    (kind, value), *others = addresses
    contact = find_or_create_contact(kind=kind, value=value, language=language, verified_at=now)
    for kind, value in others:
        try:
            with transaction.atomic():
                attach_identity(user_id=contact.user_id, kind=kind, value=value, now=now)
        except CannotMerge:
            log.warning("contacts not merged", outcome="suspended or staff")
    return contact


@transaction.atomic
def attach_identity(*, user_id: UUID, kind: IdentityKind, value: str, now: datetime) -> UUID:
    """Give a person one more proven address. Whoever had it is the same person, and is merged into this one.

    Returns:
        the identity's id.
    Raises:
        CannotMerge: it belongs to staff.
    """
    owner_id = selectors.find_user_id(kind=kind, value=value) or _same_person_elsewhere(kind, value)
    if owner_id is not None and owner_id != user_id:
        merge_contacts(survivor_id=user_id, absorbed_id=owner_id, now=now)
    identity = Identity.objects.filter(kind=kind, value_index=blind_index(kind, value)).first()
    if identity is None:
        identity = _add_identity(user_id, kind, value, now)
        _audit("accounts.identity_added", user_id, {"kind": kind.value})
    else:
        _verified_contact(kind, value, now)
    return identity.id


@transaction.atomic
def merge_contacts(*, survivor_id: UUID, absorbed_id: UUID, now: datetime) -> None:
    """Two contacts are one person: all that the absorbed one has becomes the survivor's.

    The absorbed row stays, inactive, pointing to the survivor; consent ledger, audit and immutable results keep naming it
    and are found through that pointer. The apps above move what is theirs when they hear `ContactsMerged`.

    Raises:
        CannotMerge: one of them is staff, or gone.
    """
    rows = {
        row.pk: row for row in User.objects.select_for_update().filter(pk__in=(survivor_id, absorbed_id)).order_by("id")
    }
    survivor, absorbed = rows[survivor_id], rows[absorbed_id]
    if any(row.is_staff or not row.is_active for row in rows.values()):
        raise CannotMerge
    absorbed.identities.update(user=survivor)
    _move_memberships(survivor, absorbed)
    Session.objects.filter(user=absorbed, ended_at__isnull=True).update(ended_at=now, ended_because="merged")
    Notification.objects.filter(user=absorbed).update(user=survivor)
    DataRequest.objects.filter(user=absorbed).update(user=survivor)
    if NotificationSettings.objects.filter(user=survivor).exists():
        NotificationSettings.objects.filter(user=absorbed).delete()
    NotificationSettings.objects.filter(user=absorbed).update(user=survivor)
    if not survivor.full_name and absorbed.full_name:
        survivor.full_name = absorbed.full_name
        survivor.save(update_fields=["full_name", "updated_at"])
    absorbed.is_active, absorbed.merged_into = False, survivor
    absorbed.save(update_fields=["is_active", "merged_into", "updated_at"])
    _audit("accounts.contacts_merged", survivor_id, {"absorbed_id": str(absorbed_id)})
    notify(user_ids=[survivor_id], kind="accounts.contacts_merged", now=now)
    publish(ContactsMerged(survivor_id, absorbed_id))


STRENGTH = {MemberRole.VIEWER: 0, MemberRole.MEMBER: 1, MemberRole.ADMIN: 2}


def _move_memberships(survivor: User, absorbed: User) -> None:
    """In an organisation of both, the stronger role holds."""
    own = {row.organisation_id: row for row in survivor.memberships.all()}
    for membership in absorbed.memberships.all():
        kept = own.get(membership.organisation_id)
        if kept is None:
            membership.user = survivor
            membership.save(update_fields=["user", "updated_at"])
            continue
        if STRENGTH[MemberRole(membership.role)] > STRENGTH[MemberRole(kept.role)]:
            kept.role = membership.role
            kept.save(update_fields=["role", "updated_at"])
        membership.delete()


def confirm_identity(*, user_id: UUID, challenge_id: UUID, code: str, now: datetime) -> UUID:
    """Add the address that a code was sent to, now that the code came back. Returns the identity's id.

    Raises:
        what `check_code` and `use_challenge` raise; CannotMerge.
    """
    challenge = check_code(challenge_id=challenge_id, code=code, purpose=ChallengePurpose.ADD, user_id=user_id, now=now)
    with transaction.atomic():
        use_challenge(challenge, now=now)
        return attach_identity(
            user_id=user_id, kind=IdentityKind(challenge.kind), value=challenge.address or "", now=now
        )


@transaction.atomic
def remove_identity(*, user_id: UUID, identity_id: UUID) -> None:
    """Take an address away. The last phone stays: nobody could log in without it."""
    rows = Identity.objects.select_for_update().filter(user_id=user_id).order_by("id")
    identity = next((row for row in rows if row.pk == identity_id), None)
    if identity is None:
        raise IdentityNotFound
    if identity.kind == IdentityKind.PHONE and sum(row.kind == IdentityKind.PHONE for row in rows) == 1:
        raise LastIdentity
    identity.delete()
    _audit("accounts.identity_removed", user_id, {"kind": identity.kind})


@transaction.atomic
def create_staff(*, username: str, password: str) -> UUID:
    """A colleague with every right in the admin. A second factor is asked for at the first log-in."""
    user = User.objects.create_superuser(username, password)
    _give_organisation(user, [MarketRole.STAFF])
    audit.record("accounts.staff_created", subject_type="user", subject_id=user.id, actor_id=None)
    return user.id


def _create_person(language: str, full_name: str) -> UUID:
    user = User(language=language, full_name=full_name)
    user.set_unusable_password()
    user.save()
    _give_organisation(user)
    _audit("accounts.person_created", user.id, {})
    return user.id


def _give_organisation(user: User, roles: list[str] | None = None) -> None:
    chosen = {"roles": roles} if roles else {}
    organisation = Organisation.objects.create(kind=OrganisationKind.PERSONAL, **chosen)
    Membership.objects.create(user=user, organisation=organisation, role=MemberRole.ADMIN)


@transaction.atomic
def update_me(*, user_id: UUID, full_name: str | None, language: str | None) -> Me:
    """Change one's own name or language; None leaves a field as it is."""
    user = User.objects.select_for_update().get(pk=user_id)
    if full_name is not None:
        user.full_name = full_name
    if language is not None:
        user.language = language
    user.save(update_fields=["full_name", "language", "updated_at"])
    _audit("accounts.me_updated", user_id, {})
    return selectors.get_me(user_id=user_id)


def record_reveal(*, actor: Actor, subject_type: str, subject_id: UUID) -> None:
    """Somebody asked to see personal data in clear; who and when is kept."""
    audit.record("accounts.revealed", subject_type=subject_type, subject_id=subject_id, actor_id=actor.user_id)


def _audit(action: str, user_id: UUID, facts: dict[str, object]) -> None:
    audit.record(action, subject_type="user", subject_id=user_id, actor_id=user_id, facts=facts)
