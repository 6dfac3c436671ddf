"""`manage.py valuation_recompute ID`: calculate a stored valuation again and compare the hash of the result."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from valuation import canonical
from valuation.engine import ENGINE_VERSION, evaluate
from valuation.models import Valuation
from valuation.packs import packs


class Command(BaseCommand):
    help = "Recalculate a valuation; fails when the result differs from the stored one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("valuation_id", type=UUID)

    def handle(self, *args: Any, **options: Any) -> None:
        row = Valuation.objects.filter(pk=options["valuation_id"]).first()
        if row is None or row.output is None:
            raise CommandError("There is no such completed valuation.")
        if row.engine_version != ENGINE_VERSION:
            raise CommandError(f"It was made by engine {row.engine_version}; this release has {ENGINE_VERSION}.")
        again = canonical.sha256_of(
            canonical.output_of(evaluate(canonical.figures_of(row.input), packs()[row.pack_id]))
        )
        if again != row.output_sha256:
            raise CommandError(f"The result differs: {again} instead of {row.output_sha256}.")
        self.stdout.write(f"the same result, byte for byte: {again}")
