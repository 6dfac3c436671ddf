from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"
    verbose_name = "Matching"

    def ready(self) -> None:
        from accounts import holders
        from matching import handlers  # noqa: F401 - subscribes to events
        from matching.personal_data import MatchingHolder

        holders.register("matching", MatchingHolder())
