from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from msmebazaar.core.admin import ReadOnlyAdmin
from valuation.models import (
    ListingValuation,
    Narrative,
    ObservedPrice,
    Oddity,
    Override,
    RevaluationRun,
    ShareLink,
    SignOff,
    Valuation,
)


@admin.register(Valuation)
class ValuationAdmin(ReadOnlyAdmin):
    list_display = ("id", "business", "status", "point_inr", "low80_inr", "high80_inr", "quality", "pack_id", "desk")
    list_filter = ("status", "purpose")
    search_fields = ("id", "input_sha256", "pack_id", "engine_version")
    list_select_related = ("business",)
    ordering = ("-id",)

    @admin.display(description=_("Desk"))
    def desk(self, row: Valuation) -> SafeString:
        """Where staff run it again, override it or record a sign-off."""
        return format_html('<a href="{}">{}</a>', reverse("admin:valuation-desk", args=[row.pk]), _("Open"))


@admin.register(Override)
class OverrideAdmin(ReadOnlyAdmin):
    list_display = ("valuation", "state", "point_inr", "low80_inr", "high80_inr", "decided_at", "created_at")
    list_filter = ("state",)
    list_select_related = ("valuation",)
    ordering = ("-id",)


@admin.register(SignOff)
class SignOffAdmin(ReadOnlyAdmin):
    list_display = ("valuation", "valuer_name", "registration_number", "created_at")
    search_fields = ("registration_number",)
    list_select_related = ("valuation",)
    ordering = ("-id",)


@admin.register(RevaluationRun)
class RevaluationRunAdmin(ReadOnlyAdmin):
    list_filter = ("state",)
    list_display = ("engine_version", "pack_id", "state", "done", "total", "made", "created_at", "finished_at")
    ordering = ("-id",)


@admin.register(ObservedPrice)
class ObservedPriceAdmin(ReadOnlyAdmin):
    list_display = ("kind", "amount_inr", "share_pct", "listing_id", "valuation", "observed_at")
    list_filter = ("kind",)
    list_select_related = ("valuation",)
    ordering = ("-id",)


@admin.register(ListingValuation)
class ListingValuationAdmin(ReadOnlyAdmin):
    list_display = ("listing", "valuation", "shows", "updated_at")
    list_filter = ("shows",)
    list_select_related = ("listing", "valuation")
    ordering = ("-id",)


@admin.register(ShareLink)
class ShareLinkAdmin(ReadOnlyAdmin):
    list_filter = ("language",)
    list_select_related = ("valuation",)
    list_display = ("valuation", "language", "expires_at", "revoked_at", "opened", "last_opened_at")
    exclude = ("token_sha256", "label")
    ordering = ("-id",)


@admin.register(Oddity)
class OddityAdmin(ReadOnlyAdmin):
    list_display = ("valuation", "reasons", "looked_at", "created_at")
    list_select_related = ("valuation",)
    search_fields = ("valuation__id",)
    ordering = ("-id",)


@admin.register(Narrative)
class NarrativeAdmin(ReadOnlyAdmin):
    list_display = ("valuation", "language", "source", "completed_at")
    list_filter = ("language", "source")
    list_select_related = ("valuation",)
    search_fields = ("valuation__id",)
    ordering = ("-id",)
