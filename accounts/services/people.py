"""People and their identities: found, made, joined when two of them turn out to be one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts import selectors
from accounts.events import ContactsMerged, ContactsParted
from accounts.exceptions import CannotMerge, ColleagueKnown, IdentityNotFound, LastIdentity, MergeGone
from accounts.models import (
    ContactMerge,
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
from msmebazaar.core.actor import Actor, Duty
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
def merge_contacts(*, survivor_id: UUID, absorbed_id: UUID, now: datetime, by: UUID | None = None) -> ContactMerge:
    """Two contacts are one person: all that the absorbed one has becomes the survivor's.

    The absorbed row stays, inactive, pointing to the survivor; consent ledger, audit and immutable results keep naming it
    and are found through that pointer. The apps above move what is theirs when they hear `ContactsMerged`. What moved is
    kept, so that `undo_contact_merge` can take it back. `by`: the colleague who says so, None when the person proved it.

    Raises:
        CannotMerge: one of them is staff, or gone.
    """
    rows = {
        row.pk: row for row in User.objects.select_for_update().filter(pk__in=(survivor_id, absorbed_id)).order_by("id")
    }
    survivor, absorbed = rows[survivor_id], rows[absorbed_id]
    if any(row.is_staff or not row.is_active for row in rows.values()):
        raise CannotMerge
    moved = {name: _keys(model.objects.filter(user=absorbed)) for name, model in MOVABLE.items()}
    moved["memberships"] = _keys(absorbed.memberships.all())
    moved["organisations"] = [str(key) for key in absorbed.memberships.values_list("organisation_id", flat=True)]
    moved["roles"] = [str(role) for role in absorbed.memberships.values_list("role", flat=True)]
    for model in MOVABLE.values():
        model.objects.filter(user=absorbed).update(user=survivor)
    _move_memberships(survivor, absorbed)
    Session.objects.filter(user=absorbed, ended_at__isnull=True).update(ended_at=now, ended_because="merged")
    if NotificationSettings.objects.filter(user=survivor).exists():
        NotificationSettings.objects.filter(user=absorbed).delete()
    NotificationSettings.objects.filter(user=absorbed).update(user=survivor)
    if not survivor.full_name and absorbed.full_name:
        survivor.full_name = absorbed.full_name
        survivor.save(update_fields=["full_name", "updated_at"])
    absorbed.is_active, absorbed.merged_into = False, survivor
    absorbed.save(update_fields=["is_active", "merged_into", "updated_at"])
    merge = ContactMerge.objects.create(survivor=survivor, absorbed=absorbed, moved=moved, by_id=by)
    _audit("accounts.contacts_merged", survivor_id, {"absorbed_id": str(absorbed_id)}, by or survivor_id)
    notify(user_ids=[survivor_id], kind="accounts.contacts_merged", now=now)
    publish(ContactsMerged(survivor_id, absorbed_id))
    return merge


@transaction.atomic
def merge_people(*, actor: Actor, survivor_id: UUID, absorbed_id: UUID, now: datetime) -> ContactMerge:
    """A colleague says that two contacts are one person.

    Raises:
        Forbidden; CannotMerge: the same one twice, staff, or gone.
    """
    actor.require_duty(Duty.REVIEW)
    if survivor_id == absorbed_id or User.objects.filter(pk__in=(survivor_id, absorbed_id)).count() != 2:
        raise CannotMerge
    return merge_contacts(survivor_id=survivor_id, absorbed_id=absorbed_id, now=now, by=actor.user_id)


@transaction.atomic
def undo_contact_merge(*, actor: Actor, merge_id: UUID, now: datetime) -> None:
    """Make two people of one again: what moved and is still there goes back; sessions stay ended.

    Raises:
        Forbidden; MergeGone: there is none, it was taken back, or one of the two is gone.
    """
    actor.require_duty(Duty.REVIEW)
    merge = ContactMerge.objects.select_for_update().filter(pk=merge_id, undone_at__isnull=True).first()
    if merge is None:
        raise MergeGone
    rows = {
        row.pk: row for row in User.objects.select_for_update().filter(pk__in=(merge.survivor_id, merge.absorbed_id))
    }
    survivor, absorbed = rows[merge.survivor_id], rows[merge.absorbed_id]
    if not survivor.is_active or absorbed.erased_at is not None or absorbed.merged_into_id != survivor.pk:
        raise MergeGone
    for name, model in MOVABLE.items():
        model.objects.filter(pk__in=merge.moved[name], user=survivor).update(user=absorbed)
    shared = set(merge.moved["organisations"]) & set(_of_both(survivor, merge))
    for organisation_id, role in zip(merge.moved["organisations"], merge.moved["roles"], strict=True):
        if organisation_id not in shared:
            survivor.memberships.filter(organisation_id=organisation_id).delete()
        Membership.objects.get_or_create(user=absorbed, organisation_id=organisation_id, defaults={"role": role})
    absorbed.is_active, absorbed.merged_into = True, None
    absorbed.save(update_fields=["is_active", "merged_into", "updated_at"])
    merge.undone_at, merge.undone_by_id = now, actor.user_id
    merge.save(update_fields=["undone_at", "undone_by_id", "updated_at"])
    _audit("accounts.contact_merge_undone", survivor.pk, {"absorbed_id": str(absorbed.pk)}, actor.user_id)
    publish(ContactsParted(survivor.pk, absorbed.pk))


def _of_both(survivor: User, merge: ContactMerge) -> list[str]:
    """Organisations that the survivor was a member of before the merge: their membership is older than it."""
    before = survivor.memberships.filter(created_at__lt=merge.created_at).exclude(pk__in=merge.moved["memberships"])
    return [str(key) for key in before.values_list("organisation_id", flat=True)]


def _keys(rows: "QuerySet[Any]") -> list[str]:
    return [str(key) for key in rows.values_list("pk", flat=True)]


MOVABLE: dict[str, Any] = {"identities": Identity, "notifications": Notification, "data_requests": DataRequest}
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
def add_colleague(*, username: str, password: str) -> UUID:
    """A colleague without any duty.

    Raises:
        ColleagueKnown.
    """
    user = User(username=username, is_staff=True)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise ColleagueKnown from error
    _give_organisation(user, [MarketRole.STAFF])
    return user.id


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


def _audit(action: str, user_id: UUID, facts: dict[str, object], actor_id: UUID | None = None) -> None:
    """By the person themselves where nobody else is named."""
    audit.record(action, subject_type="user", subject_id=user_id, actor_id=actor_id or user_id, facts=facts)
