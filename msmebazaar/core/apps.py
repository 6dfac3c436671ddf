from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "msmebazaar.core"
    label = "core"
    verbose_name = "Kernel"

    def ready(self) -> None:
        from msmebazaar.core import checks, keepers, lookups, metrics  # noqa: F401 - registered by import

        lookups.register()
