"""Staff look at rows here; they decide on listings in the review queue (adminpanel)."""

from django.contrib import admin

from msme.models import (
    AddBack,
    Business,
    BusinessOwner,
    Document,
    DocumentView,
    DuplicatePair,
    FinancialStatement,
    GstRegistration,
    ImportRun,
    Listing,
    ListingVersion,
    MarketEntry,
    Merge,
    NicCode,
    SavedSearch,
)
from msmebazaar.core.admin import ReadOnlyAdmin, state_filter


class FinancialStatementInline(admin.TabularInline):  # type: ignore[type-arg]
    model = FinancialStatement
    extra = 0
    can_delete = False
    ordering = ("-fiscal_year",)
    fields = (
        "fiscal_year",
        "months",
        "source",
        "revenue_inr",
        "pat_inr",
        "net_worth_inr",
        "total_assets_inr",
        "debt_inr",
    )

    def has_add_permission(self, request: object, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(Business)
class BusinessAdmin(ReadOnlyAdmin):
    list_display = ("legal_name", "constitution", "nic_code", "state", "employees", "created_at")
    list_filter = ("constitution", state_filter("state"))
    search_fields = ("id", "legal_name", "trade_name")
    exclude = ("gstin", "pan", "udyam", "address", "gstin_index", "pan_index")
    list_select_related = ("organisation",)
    inlines = (FinancialStatementInline,)
    ordering = ("-id",)


@admin.register(Listing)
class ListingAdmin(ReadOnlyAdmin):
    list_display = ("title", "intent", "status", "ask_inr", "business", "submitted_at", "published_at")
    list_filter = ("status", "intent", state_filter("business__state"))
    search_fields = ("id", "title")
    list_select_related = ("business",)
    ordering = ("-id",)


@admin.register(NicCode)
class NicCodeAdmin(ReadOnlyAdmin):
    list_display = ("code", "level", "title_en", "title_hi")
    list_filter = ("level", "section")
    search_fields = ("code", "title_en", "title_hi")
    ordering = ("code",)


@admin.register(MarketEntry)
class MarketEntryAdmin(ReadOnlyAdmin):
    """What the market may know of a live listing: place and industry as widened."""

    list_display = ("listing", "intent", "state", "district", "division", "ask_inr", "quality", "tier", "published_at")
    list_filter = ("intent", state_filter("state"), "tier")
    search_fields = ("listing__id", "business_id")
    list_select_related = ("listing",)
    exclude = ("words",)
    ordering = ("-published_at",)


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    """Papers by kind and state; what they are called and hold is for the review that needs it."""

    list_display = ("business", "kind", "fiscal_year", "content_type", "size", "level", "state", "scan", "created_at")
    list_filter = ("state", "scan", "kind", "level")
    search_fields = ("id", "business__id", "sha256")
    list_select_related = ("business",)
    exclude = ("name",)
    ordering = ("-id",)


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    list_display = ("business", "state", "is_dry_run", "total", "done", "saved", "created_at", "finished_at")
    list_filter = ("state", "is_dry_run")
    search_fields = ("id", "business__id")
    list_select_related = ("business",)
    exclude = ("rows",)
    ordering = ("-id",)


@admin.register(Merge)
class MergeAdmin(ReadOnlyAdmin):
    list_display = ("kept", "absorbed", "at", "by_id", "undone_at")
    list_filter = ("undone_at",)
    search_fields = ("id", "kept__id", "absorbed__id")
    list_select_related = ("kept", "absorbed")
    ordering = ("-at",)


@admin.register(FinancialStatement)
class FinancialStatementAdmin(ReadOnlyAdmin):
    list_display = ("business", "fiscal_year", "months", "source", "revenue_inr", "pat_inr", "created_at")
    list_filter = ("source",)
    list_select_related = ("business",)
    search_fields = ("business__id", "business__legal_name")
    ordering = ("-id",)


@admin.register(ListingVersion)
class ListingVersionAdmin(ReadOnlyAdmin):
    list_display = ("listing", "number", "ask_inr", "published_at")
    list_select_related = ("listing",)
    search_fields = ("listing__id", "title")
    ordering = ("-id",)


@admin.register(DocumentView)
class DocumentViewAdmin(ReadOnlyAdmin):
    list_display = ("document", "viewer_id", "at")
    list_select_related = ("document",)
    search_fields = ("document__id", "viewer_id")
    exclude = ("copy_key",)
    ordering = ("-id",)


@admin.register(DuplicatePair)
class DuplicatePairAdmin(ReadOnlyAdmin):
    list_display = ("first", "second", "reasons", "state", "created_at", "decided_at")
    list_filter = ("state",)
    list_select_related = ("first", "second")
    search_fields = ("first__id", "second__id")
    ordering = ("-id",)


@admin.register(BusinessOwner)
class BusinessOwnerAdmin(ReadOnlyAdmin):
    list_display = ("business", "share_pct", "is_active", "created_at")
    list_filter = ("is_active",)
    list_select_related = ("business",)
    search_fields = ("business__id",)
    exclude = ("full_name",)
    ordering = ("-id",)


@admin.register(GstRegistration)
class GstRegistrationAdmin(ReadOnlyAdmin):
    list_display = ("business", "state", "created_at")
    list_filter = (state_filter("state"),)
    list_select_related = ("business",)
    search_fields = ("business__id",)
    exclude = ("gstin", "gstin_index")
    ordering = ("-id",)


@admin.register(SavedSearch)
class SavedSearchAdmin(ReadOnlyAdmin):
    """How searches are kept, not whose or what is looked for."""

    list_display = ("id", "frequency", "created_at")
    list_filter = ("frequency",)
    search_fields = ("id",)
    fields = ("id", "frequency", "created_at")
    ordering = ("-id",)


@admin.register(AddBack)
class AddBackAdmin(ReadOnlyAdmin):
    list_display = ("statement", "kind", "amount_inr", "reason", "document")
    list_filter = ("kind",)
    list_select_related = ("statement", "document")
    search_fields = ("statement__business__id",)
    ordering = ("-id",)
