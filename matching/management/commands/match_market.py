"""`manage.py match_market [--processes N] [--no-embed]`: the nightly sweep."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from matching import services
from matching.models import Mandate
from msmebazaar.core import clock


class Command(BaseCommand):
    help = (
        "Refreshes all profiles and vectors, takes the market's snapshot and matches every mandate anew. Run it nightly; it can "
        "be stopped at any time and leaves every list whole."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--processes", type=int, default=1)
        parser.add_argument("--no-embed", action="store_true", help="leave texts without a vector as they are")

    def handle(self, *args: Any, **options: Any) -> None:
        with tqdm(total=Mandate.objects.count(), unit=" mandates", disable=options["verbosity"] == 0) as bar:
            swept = services.sweep(
                now=clock.now(),
                processes=options["processes"],
                embed=not options["no_embed"],
                progress=bar.update,
            )
        stages = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in swept.seconds.items())
        self.stdout.write(
            f"{swept.listings} listings, {swept.mandates} mandates, {swept.matches} matches: {stages}; "
            f"{swept.most_memory / 2**20:.0f} MiB at most"
        )
