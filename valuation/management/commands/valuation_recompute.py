"""`manage.py valuation_recompute ID`: calculate a stored valuation again and compare the hash of the result."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from valuation import canonical
from valuation.engine import ENGINES
from valuation.models import Valuation
from valuation.packs import packs


class Command(BaseCommand):
    help = (
        "Recalculate a valuation, or with --all every completed one; fails when a result differs from the stored one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("valuation_id", type=UUID, nargs="?")
        parser.add_argument("--all", action="store_true", help="every completed valuation")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["valuation_id"]) == options["all"]:
            raise CommandError("Give the id of one valuation, or --all.")
        rows = Valuation.objects.filter(output__isnull=False).order_by("id")
        if options["valuation_id"]:
            rows = rows.filter(pk=options["valuation_id"])
            if not rows.exists():
                raise CommandError("There is no such completed valuation.")
        count = 0
        for row in rows.iterator(chunk_size=200):
            again = recompute(row)
            if again != row.output_sha256:
                raise CommandError(f"The result of {row.id} differs: {again} instead of {row.output_sha256}.")
            count += 1
        last = f": {again}" if count == 1 else ""
        self.stdout.write(f"{count} the same result, byte for byte{last}")


def recompute(row: Valuation) -> str:
    """The hash of the result, made again by the engine and pack that the row names."""
    engine = ENGINES.get(row.engine_version)
    if engine is None:
        raise CommandError(f"It was made by engine {row.engine_version}, which this release does not have.")
    return canonical.sha256_of(engine(row.input, packs()[row.pack_id]))
