"""Staff see that messages moved, not what they say: texts and addresses are on the desk's pages only, where reading is noted."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path

from msmebazaar.core.admin import ReadOnlyAdmin, StaffAdmin
from whatsapp import desk
from whatsapp.models import (
    Broadcast,
    CannedReply,
    Conversation,
    Handover,
    InboundMedia,
    InboundMessage,
    OutboundMessage,
    Reconciliation,
    StaffNote,
    Template,
)


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin):
    list_display = ("id", "user", "language", "flow", "step", "last_heard_at", "stopped_at", "unreachable_at")
    search_fields = ("id", "user__id", "flow", "step")
    list_select_related = ("user",)
    exclude = ("address", "dialogue")
    ordering = ("-id",)


@admin.register(Handover)
class HandoverAdmin(ReadOnlyAdmin):
    """Also where the desk's pages have their addresses."""

    list_display = ("conversation", "reason", "opened_at", "taken_by", "closed_at")
    list_filter = ("reason",)
    list_select_related = ("conversation", "taken_by")
    ordering = ("-id",)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("inbox/", wrap(desk.inbox), name="whatsapp-inbox"),
            path("open/<uuid:handover_id>/", wrap(desk.open_handover), name="whatsapp-handover-open"),
            path("chat/<uuid:conversation_id>/", wrap(desk.chat), name="whatsapp-chat"),
            path("broadcasts/new/", wrap(desk.plan_broadcast), name="whatsapp-broadcast-new"),
            path("broadcasts/<uuid:broadcast_id>/", wrap(desk.broadcast), name="whatsapp-broadcast"),
        ]
        return [*own, *super().get_urls()]


@admin.register(InboundMessage)
class InboundMessageAdmin(ReadOnlyAdmin):
    list_display = ("message_sid", "received_at", "handled_at", "is_back_filled", "is_unclear")
    list_filter = ("is_back_filled", "is_unclear")
    search_fields = ("message_sid",)
    exclude = ("payload",)
    ordering = ("-id",)


@admin.register(InboundMedia)
class InboundMediaAdmin(ReadOnlyAdmin):
    list_display = ("media_sid", "content_type", "state", "reason", "created_at")
    list_filter = ("state",)
    search_fields = ("media_sid",)
    ordering = ("-id",)


@admin.register(OutboundMessage)
class OutboundMessageAdmin(ReadOnlyAdmin):
    list_display = ("dedupe_key", "kind", "category", "status", "attempts", "message_sid", "error_code", "sent_at")
    list_filter = ("status", "kind", "category")
    search_fields = ("message_sid", "dedupe_key")
    exclude = ("body", "extras")
    ordering = ("-id",)


@admin.register(Template)
class TemplateAdmin(ReadOnlyAdmin):
    list_display = ("key", "language", "category", "state", "content_sid", "disabled_because")
    list_filter = ("state", "category", "language")
    search_fields = ("key", "content_sid")
    ordering = ("key", "language")


@admin.register(Broadcast)
class BroadcastAdmin(ReadOnlyAdmin):
    list_display = ("template_key", "state", "written", "most", "by", "started_at", "ended_at", "ended_because")
    list_filter = ("state",)
    list_select_related = ("by",)
    ordering = ("-id",)


@admin.register(Reconciliation)
class ReconciliationAdmin(ReadOnlyAdmin):
    list_display = ("since", "until", "seen", "back_filled", "statuses_mended", "unknown_outbound")
    list_filter = ("until",)
    ordering = ("-until",)


@admin.register(CannedReply)
class CannedReplyAdmin(StaffAdmin):
    """The one table here that staff write themselves, those of the chat."""

    list_display = ("title", "text_en", "text_hi")
    search_fields = ("title",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.has_view_permission(request)


@admin.register(StaffNote)
class StaffNoteAdmin(ReadOnlyAdmin):
    list_display = ("conversation", "by", "created_at")
    list_select_related = ("conversation", "by")
    search_fields = ("conversation__id",)
    exclude = ("text",)
    ordering = ("-id",)
