"""What people are told, through which channels, and what they want to hear."""

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models.people import User
from accounts.types import DispatchState, NotificationChannel
from msmebazaar.core.models import TimeStamped


class Notification(TimeStamped):
    """Something a person should know. `params` fill the kind's sentences, which are made in the reader's language."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-id"], name="accounts_notification_list"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="accounts_notification_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class Dispatch(TimeStamped):
    """A notification's way through one channel outside the product. `reason` says why it was not sent."""

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="dispatches")
    channel = models.CharField(max_length=10, choices=NotificationChannel.choices)
    state = models.CharField(max_length=10, choices=DispatchState.choices, default=DispatchState.PENDING)
    reason = models.CharField(max_length=30, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notification", "channel"], name="accounts_dispatch_once_per_channel")
        ]
        verbose_name_plural = "dispatches"

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"


class NotificationSettings(TimeStamped):
    """A person's wishes. No row: the defaults. `choices` maps a kind to the channels wanted for it."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="notification_settings")
    quiet_from = models.TimeField(default=time(21))
    quiet_until = models.TimeField(default=time(8))
    daily_cap = models.PositiveSmallIntegerField(default=5)
    muted_channels = ArrayField(models.CharField(max_length=10, choices=NotificationChannel.choices), default=list)
    choices = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "notification settings"

    def __str__(self) -> str:
        return f"settings of {self.user_id}"
