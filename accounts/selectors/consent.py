"""Reads over the consent ledger."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts import reference
from accounts.models import ConsentEntry
from accounts.reference import Notice, Recipient
from accounts.selectors.people import ids_of
from accounts.types import Purpose


@dataclass(frozen=True)
class ConsentState:
    """What holds now for a purpose. `at` None: never asked, so not given."""

    purpose: str
    is_given: bool
    notice_version: str
    at: datetime | None


def consent_history(*, user_id: UUID) -> QuerySet[ConsentEntry]:
    """Every entry of a person, those of merged contacts included."""
    return ConsentEntry.objects.filter(user_id__in=ids_of(user_id=user_id))


def current_notices(*, on: date) -> dict[str, Notice]:
    """The notice in force on a day, by purpose."""
    return reference.current_notices(on)


def list_recipients() -> tuple[Recipient, ...]:
    """Whom personal data is shared with."""
    return reference.recipients()


def has_consent(*, user_id: UUID, purpose: Purpose) -> bool:
    """Whether a live consent exists; asked at the moment of each send."""
    newest = consent_history(user_id=user_id).filter(purpose=purpose).order_by("-at", "-id").first()
    return newest is not None and newest.is_given


def users_with_consent(*, user_ids: Iterable[UUID], purpose: Purpose) -> set[UUID]:
    """Those of many people who agree now. History of contacts that were merged into them is asked one by one, where it counts:
    at the moment of sending."""
    rows = ConsentEntry.objects.filter(user__any_of=user_ids, purpose=purpose)
    newest = rows.order_by("user_id", "-at", "-id").distinct("user_id").values_list("user_id", "is_given")
    return {user_id for user_id, is_given in newest if is_given}


def list_consents(*, user_id: UUID) -> list[ConsentState]:
    newest = {
        entry.purpose: entry
        for entry in consent_history(user_id=user_id).order_by("purpose", "-at", "-id").distinct("purpose")
    }
    return [
        ConsentState(purpose, entry.is_given, entry.notice_version, entry.at)
        if (entry := newest.get(purpose))
        else ConsentState(purpose, False, "", None)
        for purpose in Purpose.values
    ]
