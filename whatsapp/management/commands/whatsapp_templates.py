"""Bring the templates at Twilio in step with `whatsapp/reference/templates.toml`, and our registry with WhatsApp's decisions."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from msmebazaar.integrations.errors import VendorError
from whatsapp import services
from whatsapp.models import Template


class Command(BaseCommand):
    help = "Make templates at Twilio, ask WhatsApp to approve them, note what it decided. Run it again until all are approved."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = services.sync_templates()
        except VendorError as error:
            raise CommandError(f"Twilio refused or did not answer: {error}") from error
        self.stdout.write(
            f"{done.known} templates, {done.made} made, {done.submitted} sent to be approved, {done.usable} can be used."
        )
        for row in Template.objects.order_by("key", "language"):
            self.stdout.write(f"  {row.key:12} {row.language}  {row.get_state_display()}")
