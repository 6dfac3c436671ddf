"""Reads over notifications."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.kinds import kind
from accounts.models import Dispatch, Notification, NotificationSettings
from accounts.types import DispatchState
from msmebazaar.core.http.problems import translated

MOST_REPLAYED = 100
# Rows commit in another order than their ids were made in; what is replayed begins a little before the last one seen.
REPLAY_OVERLAP = timedelta(seconds=5)


def notifications_of(*, user_id: UUID, unread_only: bool = False) -> QuerySet[Notification]:
    found = Notification.objects.filter(user_id=user_id)
    return found.filter(read_at__isnull=True) if unread_only else found


def count_unread(*, user_id: UUID) -> int:
    return notifications_of(user_id=user_id, unread_only=True).count()


def notifications_since(*, user_id: UUID, last_seen: UUID | None, opened_at: datetime) -> list[Notification]:
    """What a listener may have missed, oldest first; some of it may be known already.

    Args:
        last_seen: the last one the listener knows; None for one that begins now, at `opened_at`.
    """
    newer = Notification.objects.filter(user_id=user_id)
    if last_seen is None:
        newer = newer.filter(created_at__gte=opened_at)
    elif seen := newer.filter(pk=last_seen).first():
        newer = newer.filter(created_at__gt=seen.created_at - REPLAY_OVERLAP).exclude(pk=last_seen)
    return list(reversed(newer.order_by("-id")[:MOST_REPLAYED]))


def as_shown(notification: Notification) -> dict[str, Any]:
    """A notification in the reader's language, as the API and the live stream give it."""
    told = kind(notification.kind)
    return {
        "id": str(notification.id),
        "kind": notification.kind,
        "title": translated(told.title, notification.params),
        "body": translated(told.body, notification.params),
        "params": notification.params,
        "is_urgent": told.is_urgent,
        "created_at": notification.created_at,
        "read_at": notification.read_at,
    }


def settings_of(*, user_id: UUID) -> NotificationSettings:
    """A person's wishes, or the defaults as an unsaved row."""
    return NotificationSettings.objects.filter(user_id=user_id).first() or NotificationSettings(user_id=user_id)


def count_sent_since(*, user_id: UUID, channel: str, since: datetime) -> int:
    return Dispatch.objects.filter(
        notification__user_id=user_id, channel=channel, state=DispatchState.SENT, sent_at__gte=since
    ).count()
