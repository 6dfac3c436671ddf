"""`manage.py valuation_add_pack CHANGES.json`: a new pack from the current one, such as each quarter's market data."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from valuation.learning.sets import comparables_of, read_rows
from valuation.packs import HERE, current_pack, models, packs
from valuation.packs.writing import as_text, changed_pack, sha256_of, write_new


class Command(BaseCommand):
    help = (
        "Writes a new pack: the current one with the figures, tables and models of a JSON file laid over it. Every figure "
        "needs value, kind (data, measured, house), source and date. Existing packs are never changed. Restart after it; "
        "`valuation_revalue` then makes new valuations."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("changes", type=Path)
        parser.add_argument("--base", default=None, help="id of the pack to start from (the current one)")
        parser.add_argument("--comparables", type=Path, help="a CSV of SME listings to make the comparables from")
        parser.add_argument("--into", type=Path, default=HERE, help="the folder of the file (the shipped ones)")

    def handle(self, *args: Any, **options: Any) -> None:
        base = packs().get(options["base"]) if options["base"] else current_pack()
        if base is None:
            raise CommandError(f"There is no pack {options['base']}.")
        hashes = {name: model.sha256 for name, model in models().items()}
        try:
            changes = json.loads(options["changes"].read_text(encoding="utf-8"))
            if options["comparables"]:
                changes.setdefault("tables", {})["comparables"]["rows"] = comparables_of(
                    read_rows(options["comparables"])
                )
            content = changed_pack(base.content, changes, hashes)
            text = as_text(content)
            write_new(options["into"] / f"{content['id']}.json", text)
        except (ValueError, KeyError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{content['id']} from {base.id}, SHA-256 {sha256_of(text)}")
