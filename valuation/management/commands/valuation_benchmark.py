"""`manage.py valuation_benchmark --data DIR --out DIR [--cv]`: fit and predict by the shipped code."""

import csv
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from valuation.engine.v2.regression import Regression
from valuation.learning.fit import fit, sample_of
from valuation.learning.score import Predicted, Score, cross_validate, predict, score
from valuation.learning.sets import SETS, read_rows

COLUMNS = ("MdAPE", "log-RMSE", "<=20 %", "<=35 %", "<=50 %", "cover", "width", "IS", "cover small/middle/large")


class Command(BaseCommand):
    help = (
        "Writes smeipo.csv, main.csv and nse.csv (row_id, point, low80, high80) to --out. With --cv it also scores itself and a "
        "ridge by five folds of the train files."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--data", type=Path, required=True, help="where NAME_train.csv and NAME_test_features.csv lie"
        )
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--cv", action="store_true")
        parser.add_argument("--sets", nargs="*", choices=sorted(SETS), default=sorted(SETS))

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["data"]
        missing = [name for name in options["sets"] if not (folder / f"{name}_train.csv").exists()]
        if missing:
            raise CommandError(
                f"The data of {', '.join(missing)} is not in {folder}; it does not come with the project."
            )
        options["out"].mkdir(parents=True, exist_ok=True)
        if options["cv"]:
            self.stdout.write("| set | method | " + " | ".join(COLUMNS) + " |\n" + "|---" * (len(COLUMNS) + 2) + "|")
        for name in options["sets"]:
            data, rows = SETS[name], read_rows(folder / f"{name}_train.csv")
            if options["cv"]:
                targets = {row["row_id"]: Decimal(row["target"]) for row in rows}
                self._show(name, "shipped", score(cross_validate(data, rows), targets))
                ridge = replace(data, recipe=replace(data.recipe, landmarks=0, huber=1e9, mixing={}))
                self._show(name, "ridge in logs", score(cross_validate(ridge, rows), targets))
            test = folder / f"{name}_test_features.csv"
            if test.exists():
                regression = Regression(fit(sample_of(data, rows), data.recipe))
                found = predict(data, regression, read_rows(test))
                self._write(options["out"] / f"{name}.csv", found)

    def _show(self, name: str, method: str, found: Score) -> None:
        shares = " | ".join(
            f"{share:.0%}" for share in (found.within20, found.within35, found.within50, found.coverage)
        )
        by_size = " / ".join(f"{share:.0%}" for share in found.coverage_by_size)
        self.stdout.write(
            f"| {name} | {method} | {found.mdape:.3f} | {found.log_rmse:.3f} | {shares} | {found.width:.2f} | "
            f"{found.interval_score:.2f} | {by_size} |"
        )

    def _write(self, path: Path, rows: Sequence[Predicted]) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("row_id", "point", "low80", "high80"))
            for row in rows:
                writer.writerow((row.row_id, *(f"{value:.4f}" for value in (row.point, row.low80, row.high80))))
        self.stderr.write(f"{path}: {len(rows)} rows")
