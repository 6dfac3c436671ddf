"""One way to tell a person something: in the product, live to whoever listens, and through the channels they want."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation

from accounts import selectors
from accounts.channels import Told, Unreachable, sender_of
from accounts.events import DispatchWritten
from accounts.exceptions import NotificationNotFound
from accounts.kinds import kind as kind_of
from accounts.models import Dispatch, Notification, NotificationSettings, User
from accounts.selectors.notifications import count_sent_since
from accounts.types import DispatchState, NotificationChannel
from msmebazaar.core import live, replica
from msmebazaar.core.clock import INDIA
from msmebazaar.core.logging import get_logger
from msmebazaar.core.outbox import publish
from msmebazaar.integrations.errors import VendorError

log = get_logger(__name__)


def live_channel(user_id: UUID) -> str:
    """The pub/sub channel of a person's news."""
    return f"notifications:{user_id}"


@transaction.atomic
def notify(*, user_ids: Iterable[UUID], kind: str, now: datetime, params: Mapping[str, Any] | None = None) -> None:
    """Tell people something, in the transaction of what happened.

    Args:
        params: fill the kind's sentences; ids, states, names of organisations, no personal data of others.
    """
    told = kind_of(kind)
    people = _living(user_ids)
    replica.note_change_after_commit(people)
    for user_id in people:
        notification = Notification.objects.create(user_id=user_id, kind=kind, params=dict(params or {}))
        transaction.on_commit(partial(live.announce, live_channel(user_id), {"id": str(notification.id)}), robust=True)
        wishes = selectors.settings_of(user_id=user_id)
        for channel in wishes.choices.get(kind, told.channels):
            if channel in wishes.muted_channels:
                continue
            dispatch = Dispatch.objects.create(notification=notification, channel=channel)
            wait_until = None if told.is_urgent else end_of_quiet(wishes, now)
            publish(DispatchWritten(dispatch.id), not_before=wait_until)


def _living(user_ids: Iterable[UUID]) -> list[UUID]:
    """The people who are there to be told: the survivor for a merged contact, nobody for an erased one."""
    found: dict[UUID, None] = {}
    for user_id in user_ids:
        user = User.objects.select_related("merged_into").get(pk=user_id)
        while user.merged_into is not None:
            user = user.merged_into
        if user.is_active:
            found[user.pk] = None
    return list(found)


def end_of_quiet(wishes: NotificationSettings, now: datetime) -> datetime | None:
    """When the person's quiet hours end, in Indian time; None outside of them."""
    here = now.astimezone(INDIA)
    start, end = wishes.quiet_from, wishes.quiet_until
    at = here.time()
    is_quiet = start <= at < end if start <= end else at >= start or at < end
    if start == end or not is_quiet:
        return None
    finish = datetime.combine(here.date(), end, INDIA)
    return finish if finish > here else finish + timedelta(days=1)


def dispatch(*, dispatch_id: UUID, now: datetime) -> None:
    """Send a notification through its channel, outside any transaction. Every rule is asked again at this moment.

    At least once: one that was being sent when its worker died is sent again.

    Raises:
        VendorError: it may go through later; the outbox plans that.
    """
    row = Dispatch.objects.select_related("notification", "notification__user").get(pk=dispatch_id)
    if row.state not in (DispatchState.PENDING, DispatchState.SENDING):
        return
    user, told = row.notification.user, kind_of(row.notification.kind)
    wishes = selectors.settings_of(user_id=user.pk)
    wait_until = None if told.is_urgent else end_of_quiet(wishes, now)
    if wait_until is not None:
        with transaction.atomic():
            publish(DispatchWritten(row.id), not_before=wait_until)
        return
    refusal = _why_not(row, user, wishes, now)
    sender = sender_of(row.channel)
    if refusal or sender is None:
        _finish(row, DispatchState.REFUSED, refusal or "no_channel")
        return
    Dispatch.objects.filter(pk=row.pk, state=DispatchState.PENDING).update(state=DispatchState.SENDING)
    with translation.override(user.language):
        shown = selectors.as_shown(row.notification)
    try:
        notification = row.notification
        told_as = Told(row.id, notification.kind, notification.params, shown["title"], shown["body"])
        sender(user_id=user.pk, told=told_as)
    except Unreachable as error:
        _finish(row, DispatchState.REFUSED, error.reason)
    except VendorError as error:
        if not error.permanent:
            raise
        _finish(row, DispatchState.FAILED, error.code[:30])
    else:
        Dispatch.objects.filter(pk=row.pk).update(state=DispatchState.SENT, sent_at=now, reason="")


def _why_not(row: Dispatch, user: User, wishes: NotificationSettings, now: datetime) -> str:
    """The rule that forbids this send, or ""."""
    told = kind_of(row.notification.kind)
    if not user.is_active:
        return "gone"
    if told.purpose is not None and not selectors.has_consent(user_id=user.pk, purpose=told.purpose):
        return "no_consent"
    if row.channel in wishes.muted_channels:
        return "muted"
    midnight = datetime.combine(now.astimezone(INDIA).date(), time(0), INDIA)
    if not told.is_urgent:
        sent = count_sent_since(user_id=user.pk, channel=row.channel, since=midnight)
        if sent >= wishes.daily_cap:
            return "daily_cap"
    return ""


@transaction.atomic
def send_another_way(*, dispatch_id: UUID, reason: str) -> bool:
    """A channel took a notification and could not deliver it: SMS instead, unless that was chosen anyhow or is muted.

    Returns:
        whether it goes out by SMS now. Saying it again changes nothing.
    """
    row = Dispatch.objects.select_for_update(of=("self",)).select_related("notification").filter(pk=dispatch_id).first()
    if row is None:
        return False
    _finish(row, DispatchState.FAILED, reason)
    wishes = selectors.settings_of(user_id=row.notification.user_id)
    if NotificationChannel.SMS in wishes.muted_channels:
        return False
    other, is_new = Dispatch.objects.get_or_create(notification=row.notification, channel=NotificationChannel.SMS)
    if is_new:
        publish(DispatchWritten(other.id))
    return is_new


def _finish(row: Dispatch, state: DispatchState, reason: str) -> None:
    Dispatch.objects.filter(pk=row.pk).update(state=state, reason=reason)
    log.info("notification not sent", channel=row.channel, outcome=reason)


def mark_read(*, user_id: UUID, notification_id: UUID, now: datetime) -> Notification:
    """Mark one as read; reading it again keeps the first time."""
    Notification.objects.filter(pk=notification_id, user_id=user_id, read_at__isnull=True).update(read_at=now)
    found = Notification.objects.filter(pk=notification_id, user_id=user_id).first()
    if found is None:
        raise NotificationNotFound
    return found


def mark_all_read(*, user_id: UUID, now: datetime) -> int:
    """Returns how many were unread."""
    return Notification.objects.filter(user_id=user_id, read_at__isnull=True).update(read_at=now)


@transaction.atomic
def update_notification_settings(
    *,
    user_id: UUID,
    quiet_from: time | None = None,
    quiet_until: time | None = None,
    daily_cap: int | None = None,
    muted_channels: list[str] | None = None,
    choices: Mapping[str, list[str]] | None = None,
) -> NotificationSettings:
    """Change one's wishes; None leaves a part as it is, `choices` replaces only the kinds it names."""
    User.objects.select_for_update().get(pk=user_id)
    wishes = selectors.settings_of(user_id=user_id)
    given = {
        "quiet_from": quiet_from,
        "quiet_until": quiet_until,
        "daily_cap": daily_cap,
        "muted_channels": muted_channels,
    }
    for name, value in given.items():
        if value is not None:
            setattr(wishes, name, value)
    wishes.choices = {**wishes.choices, **(choices or {})}
    wishes.save()
    return wishes


@transaction.atomic
def mute_channel(*, user_id: UUID, channel: NotificationChannel, is_muted: bool) -> None:
    """STOP and START of a channel."""
    User.objects.select_for_update().get(pk=user_id)
    others = [name for name in selectors.settings_of(user_id=user_id).muted_channels if name != channel]
    update_notification_settings(user_id=user_id, muted_channels=[*others, channel] if is_muted else others)
