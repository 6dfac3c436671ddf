"""People and their identities."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import selectors
from accounts.models import Identity, Membership, Organisation, User
from accounts.types import Contact, IdentityKind, Me, OrganisationKind, Role
from msmebazaar.core import audit
from msmebazaar.core.crypto import blind_index


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
            Identity.objects.create(
                user_id=user_id,
                kind=kind,
                value=value,
                value_index=blind_index(kind, value),
                verified_at=verified_at,
            )
    except IntegrityError:
        winners = _verified_contact(kind, value, verified_at)
        if winners is None:
            raise
        return winners
    return selectors.get_contact(user_id=user_id)


def _verified_contact(kind: IdentityKind, value: str, verified_at: datetime | None) -> Contact | None:
    """The person who has this identity, which counts as verified from now on if it was not."""
    user_id = selectors.find_user_id(kind=kind, value=value)
    if user_id is None:
        return None
    if verified_at is not None:
        identity = Identity.objects.filter(kind=kind, value_index=blind_index(kind, value), verified_at__isnull=True)
        identity.update(verified_at=verified_at)
    return selectors.get_contact(user_id=user_id)


def _same_person_elsewhere(kind: IdentityKind, value: str) -> UUID | None:
    """`whatsapp:+91…` carries a phone that WhatsApp has verified, and a phone has one WhatsApp address."""
    if kind == IdentityKind.WHATSAPP and value.startswith("whatsapp:+"):
        return selectors.find_user_id(kind=IdentityKind.PHONE, value=value.removeprefix("whatsapp:"))
    if kind == IdentityKind.PHONE:
        return selectors.find_user_id(kind=IdentityKind.WHATSAPP, value=f"whatsapp:{value}")
    return None


@transaction.atomic
def create_staff(*, username: str, password: str) -> UUID:
    """A colleague with every right in the admin, who logs in by name and password."""
    user = User.objects.create_superuser(username, password)
    _give_organisation(user)
    audit.record("accounts.staff_created", subject_type="user", subject_id=user.id, actor_id=None)
    return user.id


def _create_person(language: str, full_name: str) -> UUID:
    user = User(language=language, full_name=full_name)
    user.set_unusable_password()
    user.save()
    _give_organisation(user)
    audit.record("accounts.person_created", subject_type="user", subject_id=user.id, actor_id=user.id)
    return user.id


def _give_organisation(user: User) -> None:
    organisation = Organisation.objects.create(kind=OrganisationKind.PERSONAL)
    Membership.objects.create(user=user, organisation=organisation, role=Role.OWNER)


@transaction.atomic
def update_me(*, user_id: UUID, full_name: str | None, language: str | None) -> Me:
    """Change one's own name or language; None leaves a field as it is."""
    user = User.objects.select_for_update().get(pk=user_id)
    if full_name is not None:
        user.full_name = full_name
    if language is not None:
        user.language = language
    user.save(update_fields=["full_name", "language", "updated_at"])
    audit.record("accounts.me_updated", subject_type="user", subject_id=user_id, actor_id=user_id)
    return selectors.get_me(user_id=user_id)
