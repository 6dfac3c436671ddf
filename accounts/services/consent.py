"""Giving and withdrawing consent: the same call, the same number of steps."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import reference, selectors
from accounts.exceptions import NoticeUnknown
from accounts.models import ConsentEntry, User
from accounts.selectors.consent import ConsentState
from accounts.types import ConsentChannel, Purpose
from msmebazaar.core.clock import INDIA


@transaction.atomic
def record_consent(
    *,
    user_id: UUID,
    purpose: Purpose,
    is_given: bool,
    notice_version: str,
    language: str,
    channel: ConsentChannel,
    evidence: str,
    now: datetime,
) -> ConsentState:
    """Add an entry to the ledger; saying the same again adds none.

    Raises:
        NoticeUnknown: consent to another version than the one that is shown now. Withdrawing names none.
    """
    User.objects.select_for_update().get(pk=user_id)
    current = reference.current_notices(now.astimezone(INDIA).date())[purpose]
    if is_given and notice_version != current.version:
        raise NoticeUnknown
    before = next(state for state in selectors.list_consents(user_id=user_id) if state.purpose == purpose)
    version = current.version if is_given else before.notice_version
    if before.at is not None and (before.is_given, before.notice_version) == (is_given, version):
        return before
    entry = ConsentEntry.objects.create(
        user_id=user_id,
        purpose=purpose,
        is_given=is_given,
        notice_version=version,
        language=language,
        channel=channel,
        evidence=evidence,
        at=now,
    )
    return ConsentState(entry.purpose, entry.is_given, entry.notice_version, entry.at)
