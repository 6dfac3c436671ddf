"""Where staff work: the Django admin with our name on it, queues, numbers, desks, and the demonstration market."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class BazaarAdminConfig(AdminConfig):
    """Django's admin with our site in the place of its own."""

    default = False
    default_site = "adminpanel.site.BazaarAdminSite"


class AdminpanelConfig(AppConfig):
    name = "adminpanel"
    verbose_name = "Staff"

    def ready(self) -> None:
        from accounts import holders
        from adminpanel import handlers, keepers, kinds, signin, staff, watching  # noqa: F401 - registered by import
        from adminpanel.personal_data import AdminpanelHolder

        holders.register("adminpanel", AdminpanelHolder())
