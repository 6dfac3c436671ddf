from django.apps import AppConfig


class ValuationConfig(AppConfig):
    name = "valuation"
    verbose_name = "Valuation"

    def ready(self) -> None:
        from valuation import handlers  # noqa: F401 - subscribes to events
