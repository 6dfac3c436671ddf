"""The three sets of the benchmark, and the recipe that each is fitted by (docs/valuation.md, "Accuracy")."""

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from valuation.engine.v2.arithmetic import ONE, ZERO, clamp
from valuation.engine.v2.regression import Features, sme_ipo_features, us_listing_features

Row = Mapping[str, str]


@dataclass(frozen=True)
class Recipe:
    """How a regression is regularised. Prior variances (`linear`, `category`, `word`, `smooth`) against a noise of `noise`.

    `length`: how far, in standard deviations, similar cases reach. `landmarks`: at most so many cases carry the smooth
    part. `huber`: residuals beyond it, in logs, lose weight. `repeats`: of the five folds behind the band.
    `mixing`: how much more alike two cases are that share a category.
    """

    length: float
    smooth: float
    linear: float
    category: Mapping[str, float]
    word: float
    noise: float
    huber: float
    landmarks: int
    repeats: int
    mixing: Mapping[str, float] = field(default_factory=dict)
    least_word_count: int = 2


@dataclass(frozen=True)
class DataSet:
    """`scale`: by what the target is divided before the logarithm (revenue, SDE, sales)."""

    name: str
    features: Callable[[Row], Features]
    scale: Callable[[Row], Decimal]
    target_name: str
    recipe: Recipe


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(row: Row, name: str) -> Decimal | None:
    text = row.get(name, "").strip()
    return Decimal(text) if text else None


def needed(row: Row, name: str) -> Decimal:
    found = number(row, name)
    return ZERO if found is None else found


def words_of(title: str) -> frozenset[str]:
    """Beginnings of the words of a title, six letters at most, which makes plural and singular one."""
    return frozenset(word[:6] for word in re.findall(r"[a-z]{3,}", title.lower()))


def _smeipo(row: Row) -> Features:
    return sme_ipo_features(
        revenue=needed(row, "revenue_cr"),
        pat=needed(row, "pat_cr"),
        net_worth=needed(row, "net_worth_cr"),
        total_assets=needed(row, "total_assets_cr"),
        debt=needed(row, "debt_cr"),
        months=int(needed(row, "months")),
        sector=row["sector_guess"],
        unit=ONE,
    )[0]


def _main(row: Row) -> Features:
    return us_listing_features(
        sde=needed(row, "sde_usd"),
        reference=Decimal(150_000),
        revenue=number(row, "revenue_usd"),
        sector=row["sector"],
        state=row["state"],
        is_seller_financed=row["owner_fin"] == "1",
        includes_property=row["re_incl"] == "1",
        title=words_of(row["title"]),
    )


def _nse(row: Row) -> Features:
    sales, pat, equity, debt = (needed(row, name) for name in ("sales_cr", "pat_cr", "equity_cr", "debt_cr"))
    is_profit, is_equity = pat > 0, equity > 0

    def ln_held(value: Decimal, low: str, high: str, reference: str) -> Decimal:
        return (clamp(value, Decimal(low), Decimal(high)) / Decimal(reference)).ln()

    numbers = {
        "ln_sales": (sales / 1000).ln(),
        "ln_margin": ln_held(pat / sales, "0.002", "1", "0.08") if is_profit else ZERO,
        "is_loss": ZERO if is_profit else ONE,
        "ln_equity_to_sales": ln_held(equity / sales, "0.02", "20", "0.6") if is_equity else ZERO,
        "is_equity_gone": ZERO if is_equity else ONE,
        "ln_debt": (1 + clamp(debt / sales, ZERO, Decimal(10))).ln(),
        "pays_dividend": needed(row, "pays_dividend"),
        "ln_roe": ln_held(pat / equity, "0.005", "1", "0.12") if is_profit and is_equity else ZERO,
    }
    return Features(numbers, {"sector": row["sector"], "industry": row["industry"]}, frozenset(), numbers["ln_sales"])


SETS = {
    "smeipo": DataSet(
        "smeipo",
        _smeipo,
        lambda row: needed(row, "revenue_cr"),
        "ln(equity before the issue at the issue price / revenue)",
        Recipe(1.5, 1.0, 0.1, {"sector": 0.05}, 0.0, 1.5, 0.4, landmarks=225, repeats=4),
    ),
    "main": DataSet(
        "main",
        _main,
        lambda row: needed(row, "sde_usd"),
        "ln(asking price / SDE)",
        Recipe(2.5, 0.5, 0.1, {"sector": 0.1, "state": 0.05}, 1.0, 2.5, 0.4, landmarks=150, repeats=2),
    ),
    "nse": DataSet(
        "nse",
        _nse,
        lambda row: needed(row, "sales_cr"),
        "ln(market capitalisation / sales)",
        Recipe(
            2.5,
            1.0,
            0.1,
            {"sector": 0.2, "industry": 0.5},
            0.0,
            2.0,
            0.6,
            landmarks=600,
            repeats=1,
            mixing={"sector": 0.5, "industry": 1.0},
        ),
    ),
}


def comparables_of(rows: list[dict[str, str]]) -> list[list[str]]:
    """The table of `valuation.engine.v2.comparables` from rows of `smeipo`: rounded, without identity."""
    found = []
    for row in rows:
        revenue, pat = needed(row, "revenue_cr"), needed(row, "pat_cr")
        if pat <= 0:
            continue
        found.append(
            [
                row["sector_guess"],
                row["ipo_year"],
                f"{Decimal(f'{revenue:.3g}'):f}",
                f"{pat / revenue:.3f}",
                f"{needed(row, 'net_worth_cr') / revenue:.2f}",
                f"{needed(row, 'target') / pat:.1f}",
            ]
        )
    return sorted(found)
