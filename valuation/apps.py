from django.apps import AppConfig


class ValuationConfig(AppConfig):
    name = "valuation"
    verbose_name = "Valuation"

    def ready(self) -> None:
        from accounts import holders
        from valuation import handlers, kinds, staff  # noqa: F401 - registered by import
        from valuation.personal_data import ValuationHolder

        holders.register("valuation", ValuationHolder())
