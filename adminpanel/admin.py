"""The desk's own tables, read only."""

from django.contrib import admin

from adminpanel.models import Breach, BreachAffected, Claim, Decision, Rollup, RollupRun, SavedView, Sheet, Task
from msmebazaar.core.admin import ReadOnlyAdmin


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    list_display = ("queue", "item_id", "assigned_to", "claimed_by", "claimed_until")
    list_filter = ("queue",)
    list_select_related = ("assigned_to", "claimed_by")
    search_fields = ("item_id",)
    ordering = ("-updated_at",)


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "queue", "what", "title", "by", "waited_s", "undone_at")
    list_filter = ("queue", "what")
    list_select_related = ("by",)
    search_fields = ("item_id", "title")
    ordering = ("-id",)


@admin.register(Task)
class TaskAdmin(ReadOnlyAdmin):
    list_display = ("person", "owner", "made_by", "due_at", "state")
    list_filter = ("state",)
    list_select_related = ("person", "owner", "made_by")
    search_fields = ("person__id",)
    exclude = ("text",)
    ordering = ("-due_at",)


@admin.register(SavedView)
class SavedViewAdmin(ReadOnlyAdmin):
    list_display = ("name", "model", "owner", "is_shared", "created_at")
    list_filter = ("is_shared",)
    list_select_related = ("owner",)
    search_fields = ("name", "model")
    ordering = ("model", "name")


@admin.register(Sheet)
class SheetAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "model", "format", "made_by", "state", "done", "size")
    list_filter = ("state", "format")
    list_select_related = ("made_by",)
    search_fields = ("model",)
    ordering = ("-id",)


@admin.register(Rollup)
class RollupAdmin(ReadOnlyAdmin):
    list_display = ("measure", "day", "split", "key", "value")
    list_filter = ("split",)
    search_fields = ("measure", "key")
    ordering = ("-day", "measure")


@admin.register(RollupRun)
class RollupRunAdmin(ReadOnlyAdmin):
    list_display = ("measure", "counted_at", "since", "took_ms")
    search_fields = ("measure",)
    ordering = ("measure",)


@admin.register(Breach)
class BreachAdmin(ReadOnlyAdmin):
    list_display = ("title", "kind", "known_at", "certin_told_at", "board_told_at", "people_told_at", "state")
    list_filter = ("state", "kind")
    search_fields = ("title",)
    exclude = ("what_happened", "consequences", "measures")
    ordering = ("-known_at",)


@admin.register(BreachAffected)
class BreachAffectedAdmin(ReadOnlyAdmin):
    list_display = ("breach", "person", "because", "told_at")
    list_select_related = ("breach", "person")
    search_fields = ("person__id",)
    ordering = ("-id",)
