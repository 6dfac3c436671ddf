from django.apps import AppConfig


class MsmeConfig(AppConfig):
    name = "msme"
    verbose_name = "Businesses and listings"

    def ready(self) -> None:
        from accounts import holders
        from msme import handlers, keepers, kinds, staff  # noqa: F401 - registered by import
        from msme.personal_data import MsmeHolder

        holders.register("msme", MsmeHolder())
