"""Staff see that messages moved, not what they say: texts and addresses are left out of these screens."""

from django.contrib import admin

from msmebazaar.core.admin import ReadOnlyAdmin
from whatsapp.models import Conversation, InboundMessage, OutboundMessage


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin):
    list_display = ("id", "user", "language", "last_heard_at", "stopped_at")
    list_filter = ("language",)
    list_select_related = ("user",)
    exclude = ("address",)
    ordering = ("-last_heard_at",)


@admin.register(InboundMessage)
class InboundMessageAdmin(ReadOnlyAdmin):
    list_display = ("message_sid", "received_at", "handled_at")
    search_fields = ("message_sid",)
    exclude = ("payload",)
    ordering = ("-received_at",)


@admin.register(OutboundMessage)
class OutboundMessageAdmin(ReadOnlyAdmin):
    list_display = ("dedupe_key", "status", "message_sid", "error_code", "sent_at")
    list_filter = ("status",)
    search_fields = ("message_sid", "dedupe_key")
    exclude = ("body",)
    ordering = ("-created_at",)
