"""Our admin site: work first, then numbers, then tables; rights by duty and region."""

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from adminpanel import roles
from adminpanel.navigation import navigation
from adminpanel.signin import has_second_factor, owns_second_factor
from msmebazaar.core import context, history
from msmebazaar.core.actor import Actor

NOT_ON_THE_MENU = frozenset({"account", "socialaccount", "mfa", "auth"})


class BazaarAdminSite(AdminSite):
    site_header = _("MSMEBazaar staff")
    site_title = "MSMEBazaar"
    index_title = _("Today")
    enable_nav_sidebar = False  # the menu is ours
    site_url = None
    empty_value_display = "–"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Tables of the sign-in package stay off the menu: they are changed through its own pages and rules."""
        models = model_or_iterable if isinstance(model_or_iterable, (list, tuple)) else [model_or_iterable]
        shown = [model for model in models if model._meta.app_label not in NOT_ON_THE_MENU]
        super().register(shown, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff, active, and past the second factor. From here on the request carries its actor."""
        allowed = super().has_permission(request) and has_second_factor(request)
        if allowed:
            self.actor(request)
        return allowed

    def actor(self, request: HttpRequest) -> Actor:
        """Who of staff asks, with duties and regions; read once a request."""
        found: Actor | None = getattr(request, "actor", None)
        if found is None:
            assert request.user.pk is not None, "admin_view refuses anonymous requests"
            found = people.actor_of(user_id=request.user.pk)
            request.actor = found  # type: ignore[attr-defined]
            context.bind_actor(str(found.user_id))
            history.acting(found.user_id)
        return found

    def may_view(self, request: HttpRequest, model: type[Model]) -> bool:
        return request.user.is_authenticated and roles.may_view(self.actor(request), model)

    def visible(self, request: HttpRequest, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        return roles.visible(self.actor(request), rows)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        found: dict[str, Any] = super().each_context(request)
        if self.has_permission(request):
            found["desk"] = navigation(self.actor(request))
        return found

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
        from adminpanel.pages import PAGES

        own = [path(route, self.admin_view(view), name=name) for route, view, name in PAGES]
        return [*own, *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from adminpanel.pages.home import today

        return super().index(request, {**(extra_context or {}), **today(self.actor(request))})
