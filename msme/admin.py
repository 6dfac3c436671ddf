"""Staff look at rows here; they decide on listings in the review queue (adminpanel)."""

from django.contrib import admin

from msme.models import Business, FinancialStatement, Listing, NicCode
from msmebazaar.core.admin import ReadOnlyAdmin


class FinancialStatementInline(admin.TabularInline):  # type: ignore[type-arg]
    model = FinancialStatement
    extra = 0
    can_delete = False
    ordering = ("-fiscal_year",)

    def has_add_permission(self, request: object, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(Business)
class BusinessAdmin(ReadOnlyAdmin):
    list_display = ("legal_name", "constitution", "nic_code", "state", "employees", "created_at")
    list_filter = ("constitution", "state")
    search_fields = ("id", "legal_name", "trade_name")
    exclude = ("gstin", "pan", "udyam", "gstin_index", "pan_index")
    list_select_related = ("organisation",)
    inlines = (FinancialStatementInline,)
    ordering = ("-created_at",)


@admin.register(Listing)
class ListingAdmin(ReadOnlyAdmin):
    list_display = ("title", "intent", "status", "ask_inr", "business", "submitted_at", "published_at")
    list_filter = ("status", "intent", "business__state")
    search_fields = ("id", "title")
    list_select_related = ("business",)
    ordering = ("-created_at",)


@admin.register(NicCode)
class NicCodeAdmin(ReadOnlyAdmin):
    list_display = ("code", "level", "title_en", "title_hi")
    list_filter = ("level", "section")
    search_fields = ("code", "title_en", "title_hi")
    ordering = ("code",)
