from django.apps import AppConfig


class WhatsappConfig(AppConfig):
    name = "whatsapp"
    verbose_name = "WhatsApp"

    def ready(self) -> None:
        from accounts import channels, holders
        from accounts.types import NotificationChannel
        from whatsapp import handlers, keepers, services, staff  # noqa: F401 - registered by import
        from whatsapp.personal_data import WhatsappHolder

        holders.register("whatsapp", WhatsappHolder())
        channels.register(NotificationChannel.WHATSAPP, services.send_notification)
