"""Shapes of notifications and of what people want to hear."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.kinds import all_kinds
from accounts.types import NotificationChannel
from msmebazaar.core.http.serializers import Base


class NotificationFilter(Base):
    unread = serializers.BooleanField(default=False, help_text="Only those not read yet.")


class NotificationAnswer(Base):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    title = serializers.CharField()
    body = serializers.CharField()
    params = serializers.DictField()
    is_urgent = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class UnreadAnswer(Base):
    unread = serializers.IntegerField()


class MarkedAnswer(Base):
    marked = serializers.IntegerField(help_text="How many were unread.")


class KindAnswer(Base):
    kind = serializers.CharField()
    name = serializers.CharField(help_text="In the language asked for.")
    purpose = serializers.CharField(allow_null=True, help_text="The consent it needs; null when it needs none.")
    is_urgent = serializers.BooleanField()
    channels = serializers.ListField(child=serializers.ChoiceField(choices=NotificationChannel.choices))


@extend_schema_field({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$", "example": "21:00"})
class ClockTime(serializers.TimeField):
    """Hours and minutes in Indian time, `21:00`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", input_formats=["%H:%M"], **kwargs)


class SettingsAnswer(Base):
    quiet_from = ClockTime(help_text="Indian time.")
    quiet_until = ClockTime(help_text="Indian time.")
    daily_cap = serializers.IntegerField(help_text="Most messages a day and channel; urgent ones do not count.")
    muted_channels = serializers.ListField(child=serializers.ChoiceField(choices=NotificationChannel.choices))
    kinds = KindAnswer(many=True)


class SettingsChange(Base):
    quiet_from = ClockTime(required=False)
    quiet_until = ClockTime(required=False)
    daily_cap = serializers.IntegerField(min_value=0, max_value=50, required=False)
    muted_channels = serializers.ListField(
        child=serializers.ChoiceField(choices=NotificationChannel.choices), required=False
    )
    choices = serializers.DictField(
        child=serializers.ListField(child=serializers.ChoiceField(choices=NotificationChannel.choices)),
        required=False,
        help_text="Kind → channels wanted for it; an empty list keeps it inside the product.",
    )

    def validate_choices(self, given: dict[str, Any]) -> dict[str, Any]:
        known = {kind.name for kind in all_kinds()}
        unknown = sorted(set(given) - known)
        if unknown:
            message = _("There is no kind of notification called %(kind)s.")
            raise serializers.ValidationError(message % {"kind": unknown[0]}, code="unknown")
        return given
