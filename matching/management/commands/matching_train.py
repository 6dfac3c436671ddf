"""`manage.py matching_train [--dry-run] [--use VERSION|none]`: learn from what people did, or choose a ranker."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from matching import services
from matching.models import RankerVersion
from msmebazaar.core import clock


class Command(BaseCommand):
    help = "Trains a ranker on feedback and promotes it when it ranks the last month no worse than what is in use."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="train and judge, but promote nothing")
        parser.add_argument("--use", help="put a kept version to use; `none` for the untrained engine")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["use"]:
            try:
                services.use_ranker(version=None if options["use"] == "none" else options["use"])
            except RankerVersion.DoesNotExist as error:
                raise CommandError(f"There is no ranker {options['use']}.") from error
            self.stdout.write(f"in use: {options['use']}")
            return
        trained = services.train_ranker(now=clock.now(), promote=not options["dry_run"])
        self.stdout.write(json.dumps(trained.report, indent=1))
        if not trained.version:
            self.stdout.write(f"{trained.positives} signs are too few to learn from; the engine stays as it is")
        else:
            outcome = "promoted" if trained.is_promoted else "kept, not promoted"
            self.stdout.write(f"{trained.version}: {trained.positives} signs, {trained.examples} pairs, {outcome}")
