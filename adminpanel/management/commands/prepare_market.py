"""`manage.py prepare_market`: migrate, load reference data, seed the demonstration market once. One process for `make run`."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from msmebazaar.integrations.twilio import VENDOR_URL


class Command(BaseCommand):
    help = "Bring a database up to this release and give it a demonstration market."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0, stdout=self.stdout)
        call_command("load_reference_data", stdout=self.stdout)
        call_command("seed_demo", stdout=self.stdout)
        call_command("refresh_market", stdout=self.stdout)
        if settings.TWILIO is not None and settings.TWILIO.api_base_url != VENDOR_URL:
            call_command("whatsapp_templates", stdout=self.stdout)  # at the stand-in; with a real account by hand
