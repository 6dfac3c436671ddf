from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from accounts import channels, handlers, holders, keepers, schema, staff  # noqa: F401 - registered by import
        from accounts.personal_data import AccountsHolder
        from accounts.services import senders
        from accounts.types import NotificationChannel

        holders.register("accounts", AccountsHolder())
        channels.register(NotificationChannel.EMAIL, senders.by_email)
        channels.register(NotificationChannel.SMS, senders.by_sms)
