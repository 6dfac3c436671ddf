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
        from adminpanel import signin  # noqa: F401 - registers receivers and the rotation of secrets
