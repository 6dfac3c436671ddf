"""Every address of the product."""

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from msmebazaar.core import health, metrics
from msmebazaar.core.http import pages
from valuation.views import shared_valuation
from whatsapp.pages import notice, own_page

handler400 = pages.bad_request
handler403 = pages.forbidden
handler404 = pages.not_found
handler500 = pages.server_error

# Pages that allauth has for sites where anybody signs up. Staff are made by staff and have no email address here.
CLOSED_STAFF_PAGES = ("signup/", "email/", "confirm-email/", "password/reset/", "password/set/", "login/code/confirm/")

api_v1 = [
    path("", include("accounts.urls")),
    path("", include("msme.urls")),
    path("", include("valuation.urls")),
    path("", include("matching.urls")),
    path("", include("whatsapp.urls")),
    path("", include("adminpanel.urls")),
]

urlpatterns = [
    path("api/v1/", include(api_v1)),
    path("api/schema/", SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[]), name="schema"),
    path(
        "api/docs/",
        csp_update({"style-src": ["'self'", "'unsafe-inline'"]})(  # Swagger UI styles its elements in place
            SpectacularSwaggerSplitView.as_view(url_name="schema", authentication_classes=[], permission_classes=[])
        ),
        name="docs",
    ),
    path("v/<str:token>/", shared_valuation, name="shared-valuation"),
    path("m/<str:token>/", own_page, name="own-page"),
    path("notice/<str:language>/", notice, name="notice"),
    path("admin/", admin.site.urls),
    path("language/", set_language, name="set_language"),
    *[path(f"staff/{closed}", pages.not_here) for closed in CLOSED_STAFF_PAGES],
    path("staff/", include("allauth.urls")),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("health/workers", health.workers, name="health-workers"),
    path("metrics", metrics.export, name="metrics"),
]

if settings.ENVIRONMENT == "local":
    urlpatterns.append(path("dev/", include("msmebazaar.devtools.urls")))
