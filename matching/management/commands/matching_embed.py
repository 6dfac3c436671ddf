"""`manage.py matching_embed`: vectors of all texts that lack one, by today's model."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from matching import services
from matching.models import ListingProfile, Mandate
from msmebazaar.integrations.errors import VendorError


class Command(BaseCommand):
    help = (
        "Makes the vectors that are missing, such as after a change of the model. Stop it and run it again as you like: "
        "what is made "
        "is kept, by text and model."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        total = ListingProfile.objects.count() + Mandate.objects.exclude(thesis="").count()
        with tqdm(total=total, unit=" texts", disable=options["verbosity"] == 0) as bar:
            try:
                made = services.embed_everything(bar.update)
            except VendorError as error:
                raise CommandError(f"The model is away ({error}). What was made is kept; run it again.") from error
        self.stdout.write(f"{made} vectors made")
