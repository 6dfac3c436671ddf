"""Notifications: list, count, read, wishes, and the place of the live stream."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors, services
from accounts.exceptions import StreamElsewhere
from accounts.kinds import all_kinds
from accounts.models import NotificationSettings
from accounts.serializers import notifications as shapes
from msmebazaar.core import clock
from msmebazaar.core.http.envelope import Answer
from msmebazaar.core.http.problems import translated
from msmebazaar.core.http.views import ApiView


class NotificationList(ApiView):
    @extend_schema(
        operation_id="notifications_list",
        parameters=[shapes.NotificationFilter],
        responses=shapes.NotificationAnswer(many=True),
    )
    def get(self, request: Request) -> Response:
        """The newest first, in the language asked for."""
        chosen = shapes.NotificationFilter(data=request.query_params)
        chosen.is_valid(raise_exception=True)
        rows = selectors.notifications_of(
            user_id=self.actor(request).user_id, unread_only=chosen.validated_data["unread"]
        )
        paginator = self.pagination_class()
        found = [selectors.as_shown(row) for row in paginator.paginate_queryset(rows, request, self) or []]
        return paginator.get_paginated_response(shapes.NotificationAnswer(found, many=True).data)


class UnreadCount(ApiView):
    @extend_schema(operation_id="notifications_unread", responses=shapes.UnreadAnswer)
    def get(self, request: Request) -> Response:
        return Answer({"unread": selectors.count_unread(user_id=self.actor(request).user_id)})


class NotificationRead(ApiView):
    @extend_schema(operation_id="notifications_read", request=None, responses=shapes.NotificationAnswer)
    def post(self, request: Request, notification_id: UUID) -> Response:
        """Marks one as read; again changes nothing."""
        found = services.mark_read(
            user_id=self.actor(request).user_id, notification_id=notification_id, now=clock.now()
        )
        return Answer(shapes.NotificationAnswer(selectors.as_shown(found)).data)


class NotificationReadAll(ApiView):
    @extend_schema(operation_id="notifications_read_all", request=None, responses=shapes.MarkedAnswer)
    def post(self, request: Request) -> Response:
        return Answer({"marked": services.mark_all_read(user_id=self.actor(request).user_id, now=clock.now())})


class NotificationStream(ApiView):
    """Documented here, served by `accounts/stream.py` in a process of its own: a listener must not hold a web worker."""

    @extend_schema(
        operation_id="notifications_stream",
        responses={(200, "text/event-stream"): OpenApiTypes.STR},
        parameters=[
            OpenApiParameter(
                "Last-Event-ID", OpenApiTypes.UUID, OpenApiParameter.HEADER, description="Go on after this one."
            )
        ],
        description="Server-sent events, one `notification` for each, `id` its id, `data` as in the list. A comment every 15 "
        "seconds keeps the connection. After a break, send the last id: what was missed comes first, and the last few may "
        "come twice. The stream ends when the session does.",
    )
    def get(self, request: Request) -> Response:
        raise StreamElsewhere


class NotificationSettingsDetail(ApiView):
    @extend_schema(operation_id="me_notification_settings", responses=shapes.SettingsAnswer)
    def get(self, request: Request) -> Response:
        return Answer(_shown(selectors.settings_of(user_id=self.actor(request).user_id)))

    @extend_schema(
        operation_id="me_notification_settings_update",
        request=shapes.SettingsChange,
        responses=shapes.SettingsAnswer,
    )
    def patch(self, request: Request) -> Response:
        """Changes what is named, leaves the rest."""
        changed = services.update_notification_settings(
            user_id=self.actor(request).user_id, **self.validated(shapes.SettingsChange, request)
        )
        return Answer(_shown(changed), gettext("Saved."))


def _shown(wishes: NotificationSettings) -> Any:
    kinds = [
        {
            "kind": kind.name,
            "name": translated(kind.title),
            "purpose": kind.purpose,
            "is_urgent": kind.is_urgent,
            "channels": wishes.choices.get(kind.name, list(kind.channels)),
        }
        for kind in all_kinds()
    ]
    own = ("quiet_from", "quiet_until", "daily_cap", "muted_channels")
    return shapes.SettingsAnswer({**{name: getattr(wishes, name) for name in own}, "kinds": kinds}).data
