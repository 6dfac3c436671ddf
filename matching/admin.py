from django.contrib import admin

from matching.models import Mandate, Match
from msmebazaar.core.admin import ReadOnlyAdmin


@admin.register(Mandate)
class MandateAdmin(ReadOnlyAdmin):
    list_display = ("name", "kind", "status", "ticket_min_inr", "ticket_max_inr", "created_at")
    list_filter = ("kind", "status")
    search_fields = ("id", "name")
    ordering = ("-created_at",)


@admin.register(Match)
class MatchAdmin(ReadOnlyAdmin):
    list_display = ("score", "mandate", "listing", "engine_version", "updated_at")
    list_filter = ("engine_version",)
    list_select_related = ("mandate", "listing")
    ordering = ("-updated_at",)
