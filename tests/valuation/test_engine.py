"""The engine: plain Python, recomputable to the last digit."""

import json
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuation.canonical import output_of, sha256_of
from valuation.engine import Estimate, Figures, Refusal, evaluate
from valuation.packs import current_pack

LAKH, CRORE = Decimal(100_000), Decimal(10_000_000)
ROOT = Path(__file__).parents[2]

# G2 of the golden tests: a machining firm, FY 2025-26, figures in lakh, with its maintainable profit as the latest.
MACHINING = Figures(
    "2025-26", 12, "audited", 2460 * LAKH, Decimal("118.4840") * LAKH, 735 * LAKH, 1580 * LAKH, 465 * LAKH
)


def estimate(*figures: Figures) -> Estimate:
    result = evaluate(figures, current_pack())
    assert isinstance(result, Estimate), result
    return result


def refusals(*figures: Figures) -> list[str]:
    result = evaluate(figures, current_pack())
    assert isinstance(result, tuple)
    assert all(isinstance(refusal, Refusal) and refusal.message_hi for refusal in result)
    return [refusal.code for refusal in result]


def test_golden_the_machining_firm() -> None:
    found = estimate(MACHINING)

    assert (found.at_sme_ipo.point / LAKH).quantize(Decimal("0.01")) == Decimal("2662.51")
    assert (found.value.point / LAKH).quantize(Decimal("0.01")) == Decimal("1863.76")


def test_a_reference_firm_is_worth_what_the_constant_says() -> None:
    """Revenue 80 crore, margin 8 %, net worth 0.3 and assets 0.7 of revenue: every term but the constant vanishes."""
    firm = Figures("2024-25", 12, "audited", 80 * CRORE, Decimal("6.4") * CRORE, 24 * CRORE, 56 * CRORE, Decimal(0))

    found = estimate(firm)

    assert found.at_sme_ipo.point == (80 * CRORE * Decimal("0.0249").exp()).quantize(Decimal("0.01"))
    assert dict(found.parts)["const"] == Decimal("0.0249")
    assert sum(value for name, value in found.parts if name != "const") == 0


def test_the_parts_add_up_to_the_logarithm() -> None:
    found = estimate(MACHINING)

    total = sum(value for _, value in found.parts)
    assert abs(total - (found.at_sme_ipo.point / MACHINING.revenue).ln()) < Decimal("0.0005")


def test_the_band_holds_the_point_and_widens_with_doubt() -> None:
    sure, doubtful = estimate(MACHINING), estimate(replace(MACHINING, source="self_declared"))

    for found in (sure, doubtful):
        assert found.value.low80 < found.value.point < found.value.high80
    assert doubtful.quality < sure.quality
    assert doubtful.value.high80 / doubtful.value.low80 > sure.value.high80 / sure.value.low80


@given(st.integers(1, 300), st.integers(1, 300))
def test_more_profit_never_lowers_the_value(first: int, second: int) -> None:
    low, high = sorted((first, second))

    values = [estimate(replace(MACHINING, pat=profit * LAKH)).value.point for profit in (low, high)]

    assert values[0] <= values[1]


@given(st.integers(6, 12))
def test_a_part_of_a_year_is_annualised(months: int) -> None:
    share = Decimal(months) / 12
    part = replace(MACHINING, months=months, revenue=MACHINING.revenue * share, pat=MACHINING.pat * share)

    found = estimate(part)

    assert ("W_ANNUALISED" in found.warnings) is (months < 12)
    stub = dict(found.parts)["stub_fraction"]
    assert abs(found.at_sme_ipo.point / estimate(MACHINING).at_sme_ipo.point - stub.exp()) < Decimal("0.001")


def test_ratios_are_clamped_and_said_to_be() -> None:
    assert "net_worth_to_revenue" in estimate(replace(MACHINING, net_worth=1 * LAKH)).clamped
    assert estimate(MACHINING).clamped == ()


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"pat": Decimal(0)}, ["E_NO_PROFIT"]),
        ({"pat": Decimal(-5)}, ["E_NO_PROFIT"]),
        ({"net_worth": Decimal(0)}, ["E_NO_NET_WORTH"]),
        ({"revenue": 4 * CRORE}, ["E_REVENUE_OUT_OF_RANGE"]),
        ({"revenue": 501 * CRORE}, ["E_REVENUE_OUT_OF_RANGE"]),
        ({"months": 5}, ["E_TOO_YOUNG"]),
        (
            {"pat": Decimal(0), "net_worth": Decimal(0), "revenue": 1 * CRORE},
            ["E_REVENUE_OUT_OF_RANGE", "E_NO_PROFIT", "E_NO_NET_WORTH"],
        ),
    ],
)
def test_it_refuses_with_every_reason_at_once(changes: dict[str, Decimal], codes: list[str]) -> None:
    assert refusals(replace(MACHINING, **changes)) == codes  # type: ignore[arg-type]


def test_without_figures_there_is_no_value() -> None:
    assert refusals() == ["E_REVENUE_MISSING"]


@pytest.mark.parametrize(("years", "quality"), [(1, 45), (2, 50), (3, 70), (4, 75), (5, 75), (7, 75)])
def test_quality_grows_with_the_years(years: int, quality: int) -> None:
    rows = [replace(MACHINING, fiscal_year=f"{2025 - back}") for back in range(years)]

    assert estimate(*rows).quality == quality


def test_an_unstable_margin_earns_fewer_points() -> None:
    rows = [replace(MACHINING, pat=profit * LAKH) for profit in (118, 20, 300)]

    assert estimate(*rows).quality == 60


def test_warnings_tell_what_weakens_it() -> None:
    smaller_now = estimate(MACHINING, replace(MACHINING, revenue=MACHINING.revenue * 2))

    assert "W_DECLINING" in smaller_now.warnings
    assert "W_ONE_YEAR" in estimate(MACHINING).warnings
    assert "W_SELF_DECLARED" in estimate(replace(MACHINING, source="self_declared")).warnings


def test_the_same_input_gives_the_same_bytes_in_another_process_under_another_locale_and_context() -> None:
    program = """
import decimal, json, sys
decimal.getcontext().prec = 9
decimal.getcontext().rounding = decimal.ROUND_UP
sys.path.insert(0, ".")
from decimal import Decimal
from pathlib import Path
from valuation.engine import Figures, evaluate, load_model
model = load_model(Path("valuation/packs/sme_ipo_2026_11.json").read_text(encoding="utf-8"))
rows = [Figures(**{k: v if k in ("fiscal_year", "months", "source") else Decimal(v) for k, v in row.items()})
        for row in json.loads(sys.argv[1])]
print(evaluate(tuple(rows), model))
"""
    row = {name: value if isinstance(value, int) else str(value) for name, value in vars(MACHINING).items()}
    environment = {"LC_ALL": "C", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7"}

    done = subprocess.run(
        [sys.executable, "-c", program, json.dumps([row])],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == str(evaluate((MACHINING,), current_pack()))


def test_the_hash_of_the_golden_result_never_changes() -> None:
    """A change here is a change of the engine or the pack: give it a new version instead."""
    digest = sha256_of(output_of(evaluate((MACHINING,), current_pack())))

    assert digest == (ROOT / "tests" / "data" / "golden_valuation.sha256").read_text().strip()
