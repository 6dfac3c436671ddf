from django.contrib import admin

from msmebazaar.core.admin import ReadOnlyAdmin
from valuation.models import Valuation


@admin.register(Valuation)
class ValuationAdmin(ReadOnlyAdmin):
    list_display = ("id", "business", "status", "point_inr", "low80_inr", "high80_inr", "pack_id", "completed_at")
    list_filter = ("status", "pack_id", "engine_version")
    search_fields = ("id", "input_sha256")
    list_select_related = ("business",)
    ordering = ("-created_at",)
