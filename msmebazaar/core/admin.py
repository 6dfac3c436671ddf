"""Read-only admin pages, and the kernel's own: audit, outbox with replay of dead deliveries."""

from typing import Any, Protocol, cast

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from msmebazaar.core import clock
from msmebazaar.core.models import AuditEntry, AuditLink, Delivery, OperationRun, OutboxEvent, WorkerHeartbeat
from msmebazaar.core.outbox import relay
from msmebazaar.core.types.states import STATES


class StaffSite(Protocol):
    """What the admin site says about rights; the table of them is adminpanel's."""

    def may_view(self, request: HttpRequest, model: type[Model]) -> bool:
        """Whether this colleague's duties open the lists of a model."""

    def visible(self, request: HttpRequest, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """Those rows that lie in the colleague's regions."""


class StaffAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows by duty and region. Pages of 50; the number of all rows is not counted twice.

    Lists are ordered by key, which is by time (UUIDv7), and filtered by choices: asking a large table for all values of a column,
    or sorting it by one without an index, costs more than the page. Everything else is found by search.
    """

    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False

    @property
    def _site(self) -> StaffSite:
        return cast(StaffSite, self.admin_site)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self._site.may_view(request, self.model)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        return self._site.visible(request, super().get_queryset(request))


def state_filter(path: str) -> type[admin.SimpleListFilter]:
    """By state of India, from the table of states: asking a hundred thousand rows which there are costs more than the page."""

    class StateFilter(admin.SimpleListFilter):
        title = gettext_lazy("state")
        parameter_name = path

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            language = get_language() or "en"
            return [(state.letters, state.name(language)) for state in STATES]

        def queryset(self, request: HttpRequest, rows: "QuerySet[Any]") -> "QuerySet[Any]":
            return rows.filter(**{path: self.value()}) if self.value() else rows

    return StateFilter


class ReadOnlyAdmin(StaffAdmin):
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
    search_fields = ("action", "subject_type", "subject_id", "actor_id", "request_id")
    ordering = ("-id",)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("event", "handler", "queue", "state", "attempts", "due_at", "last_error")
    list_filter = ("state",)
    search_fields = ("handler", "queue", "event__name", "event__request_id")
    list_select_related = ("event",)
    ordering = ("-id",)
    actions = ("replay_dead",)

    @admin.action(description="Try dead deliveries again", permissions=["view"])
    def replay_dead(self, request: HttpRequest, chosen: "QuerySet[Any]") -> None:
        count = relay.replay(list(chosen.values_list("id", flat=True)), now=clock.now())
        messages.info(request, _("%(count)s dead deliveries wait to be tried again.") % {"count": count})


@admin.register(OutboxEvent)
class OutboxEventAdmin(ReadOnlyAdmin):
    list_display = ("occurred_at", "name", "version", "request_id")
    search_fields = ("name", "request_id")
    ordering = ("-id",)


@admin.register(WorkerHeartbeat)
class WorkerHeartbeatAdmin(ReadOnlyAdmin):
    list_display = ("queue", "at")
    search_fields = ("queue",)
    ordering = ("queue",)


@admin.register(OperationRun)
class OperationRunAdmin(ReadOnlyAdmin):
    list_display = ("kind", "ended_at", "is_good")
    list_filter = ("kind", "is_good")
    search_fields = ("kind",)
    ordering = ("-ended_at",)


@admin.register(AuditLink)
class AuditLinkAdmin(ReadOnlyAdmin):
    """`manage.py verify_audit` recalculates them."""

    list_display = ("position", "source", "row_id", "hash")
    search_fields = ("row_id", "hash")
    ordering = ("-id",)
