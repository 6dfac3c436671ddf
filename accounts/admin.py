"""Staff see who exists, not how to reach them: identities stay encrypted on this screen."""

from django.contrib import admin

from accounts.models import Organisation, Session, User
from msmebazaar.core.admin import ReadOnlyAdmin


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ("id", "username", "language", "is_active", "is_staff", "created_at")
    list_filter = ("is_staff", "is_active", "language")
    search_fields = ("id", "username")
    ordering = ("-created_at",)
    fields = ("id", "username", "language", "is_active", "is_staff", "is_superuser", "created_at", "last_login")


@admin.register(Organisation)
class OrganisationAdmin(ReadOnlyAdmin):
    list_display = ("id", "name", "kind", "created_at")
    list_filter = ("kind",)
    search_fields = ("id", "name")
    ordering = ("-created_at",)


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    list_display = ("id", "user", "last_used_at", "ended_at", "ended_because")
    list_filter = ("ended_because",)
    list_select_related = ("user",)
    ordering = ("-created_at",)
