from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"
    verbose_name = "Matching"

    def ready(self) -> None:
        from accounts import holders
        from matching import checks, handlers, keepers, kinds, selectors, staff  # noqa: F401 - registered by import
        from matching.personal_data import MatchingHolder
        from msme import closeness

        holders.register("matching", MatchingHolder())
        closeness.register(lambda actor, listing_ids: selectors.levels_of(actor=actor, listing_ids=listing_ids))
