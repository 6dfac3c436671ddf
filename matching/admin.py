from django.contrib import admin

from matching.models import (
    Acceptance,
    EquityApproach,
    Feedback,
    Introduction,
    IntroductionMove,
    Letter,
    ListingProfile,
    LoanComparison,
    LoanProduct,
    Mandate,
    MarketSnapshot,
    Match,
    Message,
    MessageReport,
    NdaSignature,
    NdaText,
    RankerVersion,
)
from msmebazaar.core.admin import ReadOnlyAdmin, state_filter


@admin.register(Mandate)
class MandateAdmin(ReadOnlyAdmin):
    list_display = ("name", "kind", "status", "ticket_min_inr", "ticket_max_inr", "created_at")
    list_filter = ("kind", "status")
    search_fields = ("id", "name")
    ordering = ("-id",)


@admin.register(Match)
class MatchAdmin(ReadOnlyAdmin):
    """`score` with both sides of it."""

    list_display = ("score", "seeker_score", "owner_score", "mandate", "listing", "engine_version", "updated_at")
    search_fields = ("mandate__id", "listing__id")
    list_select_related = ("mandate", "listing")
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(ListingProfile)
class ListingProfileAdmin(ReadOnlyAdmin):
    list_display = ("listing_id", "intent", "division", "state", "ask_inr", "tier", "exposure", "published_at")
    list_filter = ("intent", state_filter("state"))
    search_fields = ("listing_id",)
    ordering = ("-exposure",)


@admin.register(Feedback)
class FeedbackAdmin(ReadOnlyAdmin):
    list_display = ("kind", "reason", "mandate", "listing_id", "shown_rank", "ranker", "at")
    list_filter = ("kind", "reason")
    list_select_related = ("mandate",)
    ordering = ("-id",)


@admin.register(Introduction)
class IntroductionAdmin(ReadOnlyAdmin):
    list_display = ("id", "state", "kind", "listing", "seeker", "owner", "due_at", "created_at")
    list_filter = ("state",)
    list_select_related = ("listing", "seeker", "owner")
    search_fields = ("id", "listing__id")
    exclude = ("note",)
    ordering = ("-id",)


@admin.register(IntroductionMove)
class IntroductionMoveAdmin(ReadOnlyAdmin):
    list_display = ("introduction", "number", "move", "side", "before", "after", "at")
    list_filter = ("side",)
    list_select_related = ("introduction",)
    ordering = ("-id",)


@admin.register(Letter)
class LetterAdmin(ReadOnlyAdmin):
    list_display = ("id", "state", "price_inr", "valid_until", "created_at")
    list_filter = ("state",)
    search_fields = ("id", "listing_id")
    exclude = ("conditions",)
    ordering = ("-id",)


@admin.register(NdaText)
class NdaTextAdmin(ReadOnlyAdmin):
    list_display = ("number", "language", "organisation", "sha256", "created_at")
    list_filter = ("language",)
    list_select_related = ("organisation",)


@admin.register(NdaSignature)
class NdaSignatureAdmin(ReadOnlyAdmin):
    list_display = ("introduction", "sha256", "signed_at")
    list_select_related = ("introduction",)
    search_fields = ("introduction__id",)
    exclude = ("signer", "network")


@admin.register(LoanProduct)
class LoanProductAdmin(ReadOnlyAdmin):
    list_display = ("name", "lender_name", "rate_pct", "fee_pct", "is_active", "updated_at")
    list_filter = ("is_active",)
    search_fields = ("name", "lender_name")


@admin.register(LoanComparison)
class LoanComparisonAdmin(ReadOnlyAdmin):
    list_display = ("listing", "method", "at")
    list_filter = ("method",)
    list_select_related = ("listing",)
    ordering = ("-at",)


@admin.register(EquityApproach)
class EquityApproachAdmin(ReadOnlyAdmin):
    list_display = ("issuer_id", "fiscal_year", "number", "investor_id", "at")
    list_filter = ("fiscal_year",)
    search_fields = ("issuer_id", "investor_id")


@admin.register(RankerVersion)
class RankerVersionAdmin(ReadOnlyAdmin):
    list_display = ("version", "is_in_use", "positives", "examples", "made_at")
    list_filter = ("is_in_use",)
    exclude = ("content",)


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """That something was written; what, is read only where it was reported."""

    list_display = ("introduction", "side", "warnings", "created_at")
    list_filter = ("side",)
    list_select_related = ("introduction",)
    search_fields = ("introduction__id",)
    exclude = ("written", "shown")
    ordering = ("-id",)


@admin.register(MessageReport)
class MessageReportAdmin(ReadOnlyAdmin):
    list_display = ("message", "reason", "state", "created_at", "decided_at")
    list_filter = ("state", "reason")
    list_select_related = ("message",)
    search_fields = ("message__id",)
    exclude = ("text",)
    ordering = ("-id",)


@admin.register(Acceptance)
class AcceptanceAdmin(ReadOnlyAdmin):
    list_display = ("listing", "kinds", "tier", "share_pct")
    list_select_related = ("listing",)
    search_fields = ("listing__id",)
    ordering = ("-listing_id",)


@admin.register(MarketSnapshot)
class MarketSnapshotAdmin(ReadOnlyAdmin):
    """When it was taken; the content is compressed and read by the engine."""

    list_display = ("id", "taken_at", "embedding_model")
    search_fields = ("embedding_model",)
    exclude = ("content",)
    ordering = ("-id",)
