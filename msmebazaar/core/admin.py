"""Read-only admin pages, and the kernel's own: audit, outbox with replay of dead deliveries."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from msmebazaar.core import clock
from msmebazaar.core.models import AuditEntry, Delivery
from msmebazaar.core.outbox import relay


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that only services write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "action", "subject_type", "subject_id", "actor_id", "request_id")
    list_filter = ("action", "subject_type")
    search_fields = ("subject_id", "actor_id", "request_id")
    ordering = ("-at",)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("event", "handler", "queue", "state", "attempts", "due_at", "last_error")
    list_filter = ("state", "queue", "handler")
    list_select_related = ("event",)
    ordering = ("-due_at",)
    actions = ("replay_dead",)

    @admin.action(description="Try dead deliveries again", permissions=["view"])
    def replay_dead(self, request: HttpRequest, chosen: "QuerySet[Any]") -> None:
        count = relay.replay(list(chosen.values_list("id", flat=True)), now=clock.now())
        messages.info(request, _("%(count)s dead deliveries wait to be tried again.") % {"count": count})
