"""Our admin site: queues first, then tables."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext_lazy as _

from msme import selectors as listings
from msmebazaar.core import clock
from msmebazaar.core.outbox import selectors as outbox


class BazaarAdminSite(AdminSite):
    site_header = _("MSMEBazaar staff")
    site_title = "MSMEBazaar"
    index_title = _("Today")
    enable_nav_sidebar = True
    site_url = "/api/docs/"

    def get_urls(self) -> list[URLPattern | URLResolver]:
        from adminpanel import views

        own = [
            path("review/listings/", self.admin_view(views.review_queue), name="review-listings"),
            path("review/listings/<uuid:listing_id>/", self.admin_view(views.review_listing), name="review-listing"),
        ]
        return [*own, *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        depth = outbox.outbox_depth(now=clock.now())
        today = {"waiting_listings": listings.count_review_items(), "outbox": depth}
        return super().index(request, {**(extra_context or {}), **today})
