"""Fitting and scoring, on rows made up by a known rule; and the commands that write packs and coefficient files."""

import csv
import json
import random
from dataclasses import replace
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from valuation.engine import load_pack
from valuation.engine.v2.regression import Regression
from valuation.learning.fit import fit, sample_of
from valuation.learning.score import cross_validate, predict, score
from valuation.learning.sets import SETS, comparables_of
from valuation.packs import models, packs

Rows = list[dict[str, str]]


def invented_issues(count: int, seed: int) -> Rows:
    """SME issues priced by a rule: price to sales 1 at a margin of 8 %, with elasticity 0.5 to the margin, and noise of 0.3."""
    chance = random.Random(seed)
    rows = []
    for number in range(count):
        revenue = 10 ** chance.uniform(1, 2.6)
        margin = 0.08 * 2 ** chance.uniform(-2, 2)
        log = (Decimal(margin) / Decimal("0.08")).ln() / 2 + Decimal(chance.gauss(0, 0.3))
        rows.append(
            {
                "row_id": f"{seed}-{number}",
                "sector_guess": chance.choice(["metal_engineering", "it_software"]),
                "ipo_year": "2025",
                "months": "12",
                "revenue_cr": f"{revenue:.2f}",
                "pat_cr": f"{revenue * margin:.4f}",
                "net_worth_cr": f"{revenue * chance.uniform(0.1, 0.6):.2f}",
                "total_assets_cr": f"{revenue * chance.uniform(0.4, 1.2):.2f}",
                "debt_cr": "",
                "target": f"{Decimal(revenue) * log.exp():.3f}",
            }
        )
    return rows


@pytest.fixture(scope="module")
def fitted() -> dict[str, Any]:
    data = SETS["smeipo"]
    return fit(sample_of(data, invented_issues(250, 1)), replace(data.recipe, landmarks=60, repeats=1))


def targets_of(rows: Rows) -> dict[str, Decimal]:
    return {row["row_id"]: Decimal(row["target"]) for row in rows}


def test_a_known_rule_is_found_again(fitted: dict[str, Any]) -> None:
    unseen = invented_issues(200, 2)

    found = score(predict(SETS["smeipo"], Regression(fitted), unseen), targets_of(unseen))

    assert found.log_rmse < 0.36  # the noise alone is 0.3
    assert 0.72 < found.coverage < 0.92
    assert found.n == 200


def test_the_same_rows_give_the_same_file_in_any_order(fitted: dict[str, Any]) -> None:
    data = SETS["smeipo"]
    rows = invented_issues(250, 1)

    again = fit(sample_of(data, rows), replace(data.recipe, landmarks=60, repeats=1))

    assert again == fitted


def test_without_landmarks_it_is_a_plain_formula() -> None:
    data = SETS["smeipo"]
    content = fit(sample_of(data, invented_issues(120, 3)), replace(data.recipe, landmarks=0, repeats=1))

    assert content["landmarks"]["rows"] == []
    terms = dict(Regression(content).predict(data.features(invented_issues(1, 4)[0])).terms)
    assert "similar_cases" not in terms
    assert content["features"][1]["name"] == "ln_margin"
    assert float(content["features"][1]["coefficient"]) > 0


def test_cross_validation_predicts_every_row_once() -> None:
    data = replace(SETS["smeipo"], recipe=replace(SETS["smeipo"].recipe, landmarks=20, repeats=1))
    rows = invented_issues(60, 5)

    found = cross_validate(data, rows)

    assert sorted(row.row_id for row in found) == sorted(row["row_id"] for row in rows)
    assert all(row.low80 <= row.point <= row.high80 for row in found)


def write_rows(folder: Path, name: str, rows: Rows) -> None:
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_the_benchmark_writes_predictions_and_scores_itself(tmp_path: Path) -> None:
    rows = invented_issues(80, 6)
    write_rows(tmp_path, "smeipo_train.csv", rows)
    write_rows(tmp_path, "smeipo_test_features.csv", [{**row, "target": ""} for row in invented_issues(10, 7)])
    out = StringIO()

    call_command(
        "valuation_benchmark",
        data=tmp_path,
        out=tmp_path / "out",
        cv=True,
        sets=["smeipo"],
        stdout=out,
        stderr=StringIO(),
    )

    with (tmp_path / "out" / "smeipo.csv").open() as file:
        made = list(csv.DictReader(file))
    assert len(made) == 10
    assert set(made[0]) == {"row_id", "point", "low80", "high80"}
    assert "| smeipo | shipped |" in out.getvalue()
    assert "| smeipo | ridge in logs |" in out.getvalue()


def test_the_benchmark_says_when_its_data_is_absent(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="does not come with the project"):
        call_command("valuation_benchmark", data=tmp_path, out=tmp_path / "out", stdout=StringIO())


def test_a_fit_is_written_once(tmp_path: Path) -> None:
    write_rows(tmp_path, "smeipo_train.csv", invented_issues(60, 8))
    options = {"data": tmp_path, "id": "trial", "source": "invented", "into": tmp_path, "stdout": StringIO()}

    call_command("valuation_fit", "smeipo", **options)
    with pytest.raises(CommandError, match="never changed"):
        call_command("valuation_fit", "smeipo", **options)

    made = load_pack((tmp_path / "trial.json").read_text(encoding="utf-8"), {})
    assert made.content["fitted_on"] == 60
    assert Regression(made.content).predict(SETS["smeipo"].features(invented_issues(1, 9)[0])).log


def changes(tmp_path: Path, **content: Any) -> Path:
    path = tmp_path / "changes.json"
    path.write_text(json.dumps(content))
    return path


NEXT = {"id": "IN-2027-02", "title": "India, February 2027", "valid_from": "2027-02-01"}
FIGURE = {"value": "0.066", "kind": "data", "source": "a bond yield", "date": "2027-01-31"}


def test_a_new_pack_is_the_old_one_with_changes(tmp_path: Path) -> None:
    path = changes(tmp_path, **NEXT, market_data_of="2027-01-05", figures={"risk_free": FIGURE})

    call_command("valuation_add_pack", path, into=tmp_path, stdout=StringIO())

    made = load_pack((tmp_path / "IN-2027-02.json").read_text(encoding="utf-8"), models())
    assert made.number("risk_free") == Decimal("0.066")
    assert made.number("debt_to_value") == packs()["IN-2026-11"].number("debt_to_value")
    with pytest.raises(CommandError):
        call_command("valuation_add_pack", path, into=tmp_path, stdout=StringIO())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({**NEXT, "figures": {"risk_free": {"value": "0.066"}}}, "lacks kind, source, date"),
        ({**NEXT, "figures": {"risk_free": {**FIGURE, "kind": "rumour"}}}, "kind is one of"),
        ({**NEXT, "valid_from": "2020-01-01"}, "later day"),
        ({**NEXT, "models": {"M3": "nobody"}}, "no coefficient file"),
        ({"title": "x"}, "must say id"),
    ],
)
def test_a_pack_without_sources_is_refused(tmp_path: Path, content: dict[str, Any], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        call_command("valuation_add_pack", changes(tmp_path, **content), into=tmp_path, stdout=StringIO())


def test_a_pack_with_another_model_than_it_was_made_with_is_refused() -> None:
    text = json.dumps({"id": "x", "models": {"M3": {"id": "sme-ipo-2026-01", "sha256": "0" * 64}}})

    with pytest.raises(ValueError, match="wants model"):
        load_pack(text, models())


def test_every_figure_that_ships_has_a_source_and_a_date() -> None:
    for pack in packs().values():
        for name, figure in [*pack.content.get("figures", {}).items(), *pack.content.get("tables", {}).items()]:
            assert figure["kind"] in ("data", "measured", "house"), name
            assert figure["source"], name
            assert figure["date"], name
            assert (figure["kind"] == "house") is ("assumption" in figure), name


def test_comparables_are_rounded_and_without_identity() -> None:
    rows = comparables_of(invented_issues(5, 10))

    assert len(rows) == 5
    assert all(len(row) == 6 for row in rows)
    assert all(len(row[2].replace(".", "").lstrip("0")) <= 3 for row in rows)
