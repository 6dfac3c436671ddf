"""`manage.py apply_retention [--dry-run]`: remove what is past its time, or say what would go. Beat runs it every day."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from msmebazaar.core import clock, retention


class Command(BaseCommand):
    help = "Carry out the retention rules in force today."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only count.")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = retention.apply(now=clock.now(), dry_run=options["dry_run"])
        days = {rule.what: rule.days for rule in retention.rules_on(clock.now().date())}
        for what, count in sorted(counts.items()):
            self.stdout.write(f"{what:<28} older than {days[what]:>5} days: {count}")
        self.stdout.write("nothing was removed" if options["dry_run"] else "removed")
