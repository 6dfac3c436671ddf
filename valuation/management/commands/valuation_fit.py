"""`manage.py valuation_fit SET --data DIR --id ID`: fit a coefficient file on the rows of DIR/SET_train.csv."""

from argparse import ArgumentParser
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from valuation.learning.fit import fit, sample_of
from valuation.learning.score import cross_validate, score
from valuation.learning.sets import SETS, read_rows
from valuation.packs import MODELS
from valuation.packs.writing import as_text, sha256_of, write_new


class Command(BaseCommand):
    help = "Fits a regression and writes its coefficient file; existing files are never changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("set", choices=sorted(SETS))
        parser.add_argument("--data", type=Path, required=True, help="where SET_train.csv lies")
        parser.add_argument("--id", required=True, help="of the new file, such as sme-ipo-2026-11")
        parser.add_argument("--source", required=True, help="where the rows come from, with dates")
        parser.add_argument("--into", type=Path, default=MODELS, help="the folder of the file (the shipped ones)")

    def handle(self, *args: Any, **options: Any) -> None:
        data = SETS[options["set"]]
        path = options["data"] / f"{data.name}_train.csv"
        if not path.exists():
            raise CommandError(f"There is no {path}.")
        rows = read_rows(path)
        found = score(cross_validate(data, rows), {row["row_id"]: Decimal(row["target"]) for row in rows})
        content = {
            "id": options["id"],
            "target": data.target_name,
            "source": options["source"],
            "fitted_on": len(rows),
            "out_of_fold": {
                "MdAPE": f"{found.mdape:.4f}",
                "log_rmse": f"{found.log_rmse:.4f}",
                "coverage80": f"{found.coverage:.4f}",
            },
            **fit(sample_of(data, rows), data.recipe),
        }
        text = as_text(content)
        try:
            write_new(options["into"] / f"{options['id']}.json", text)
        except FileExistsError as error:
            raise CommandError(f"{options['id']} is there already; files are never changed.") from error
        self.stdout.write(f"{options['id']}: {len(rows)} rows, {content['out_of_fold']}, SHA-256 {sha256_of(text)}")
