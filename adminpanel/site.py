"""Our admin site: queues first, then tables."""

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from adminpanel.signin import has_second_factor, owns_second_factor
from msme import selectors as listings
from msmebazaar.core import clock
from msmebazaar.core.outbox import selectors as outbox

NOT_ON_THE_MENU = frozenset({"account", "socialaccount", "mfa"})


class BazaarAdminSite(AdminSite):
    site_header = _("MSMEBazaar staff")
    site_title = "MSMEBazaar"
    index_title = _("Today")
    enable_nav_sidebar = True
    site_url = "/api/docs/"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Tables of the sign-in package stay off the menu: they are changed through its own pages and rules."""
        models = model_or_iterable if isinstance(model_or_iterable, (list, tuple)) else [model_or_iterable]
        shown = [model for model in models if model._meta.app_label not in NOT_ON_THE_MENU]
        super().register(shown, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff, active, and past the second factor."""
        return super().has_permission(request) and has_second_factor(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """To whichever step of the sign-in is missing, and back."""
        back = request.GET.get("next") or reverse("admin:index")
        if not request.user.is_authenticated:
            step = "account_login"
        elif not request.user.is_staff:
            raise PermissionDenied
        else:
            step = "mfa_reauthenticate" if owns_second_factor(request) else "mfa_index"
        return redirect(f"{reverse(step)}?{urlencode({'next': back})}")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        from adminpanel import views

        own = [
            path("review/listings/", self.admin_view(views.review_queue), name="review-listings"),
            path("review/listings/<uuid:listing_id>/", self.admin_view(views.review_listing), name="review-listing"),
            path("review/tiers/", self.admin_view(views.tier_queue), name="review-tiers"),
            path("review/tiers/<uuid:request_id>/", self.admin_view(views.review_tier), name="review-tier"),
            path("review/duplicates/", self.admin_view(views.duplicates), name="review-duplicates"),
            path("valuations/<uuid:valuation_id>/", self.admin_view(views.valuation_desk), name="valuation-desk"),
            path("documents/<uuid:document_id>/", self.admin_view(views.open_document), name="open-document"),
            path("desk/", self.admin_view(views.data_desk), name="data-desk"),
            path("desk/<uuid:request_id>/", self.admin_view(views.data_request), name="data-request"),
            path("desk/<uuid:request_id>/export/", self.admin_view(views.export_for), name="data-request-export"),
        ]
        return [*own, *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        depth = outbox.outbox_depth(now=clock.now())
        today = {
            "waiting_listings": listings.count_review_items(),
            "waiting_tiers": people.open_verification_requests().count(),
            "open_pairs": listings.count_open_pairs(),
            "open_requests": people.open_data_requests().count(),
            "outbox": depth,
        }
        return super().index(request, {**(extra_context or {}), **today})
