"""`manage.py verify_audit`: recalculate the chain over the audit; ends with an error that names what does not fit."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from msmebazaar.core import history
from msmebazaar.core.verification import verify


class Command(BaseCommand):
    help = "Recalculates every link of the audit's chain and compares it with the rows as they are now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head", help="position:hash as kept elsewhere; shows whether the end was cut off or rewritten"
        )
        parser.add_argument("--seal", action="store_true", help="seal what has come since, first")

    def handle(self, *_: Any, **options: Any) -> None:
        while options["seal"] and history.seal():
            pass
        result = verify(kept=options["head"] or "")
        for fault in result.faults:
            self.stderr.write(fault)
        self.stdout.write(
            f"{result.checked} links checked, {result.unsealed} wait for their seal, {len(result.faults)} faults; "
            f"head {result.head.position}:{result.head.hash}"
        )
        if result.faults:
            raise CommandError("the audit was tampered with")
