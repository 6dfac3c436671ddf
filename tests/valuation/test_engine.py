"""The engine: plain Python, recomputable to the last digit. Golden figures are those of VALUATION.md section 5."""

import json
import subprocess
import sys
from copy import deepcopy
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.valuation.cases import LAKH, MACHINING, Content, changed, loss_maker, sweet_shop, with_firm
from valuation.canonical import sha256_of
from valuation.engine import ENGINE_VERSION, ENGINES
from valuation.engine.v2 import texts
from valuation.engine.v2.arithmetic import CONTEXT
from valuation.engine.v2.dcf import discount_factors, terminal_value
from valuation.engine.v2.discount import weighted_cost
from valuation.engine.v2.evaluate import Valuation, value_case
from valuation.engine.v2.inputs import case_of
from valuation.engine.v2.reconciliation import band
from valuation.packs import current_pack, packs

ROOT = Path(__file__).parents[2]
GOLDEN = packs()["IN-2026-01"]


def run(content: Content, pack: Any = GOLDEN) -> Content:
    return ENGINES[ENGINE_VERSION](content, pack)


def valued(content: Content, pack: Any = GOLDEN) -> Valuation:
    with localcontext(CONTEXT):
        found = value_case(case_of(content), pack)
    assert isinstance(found, Valuation), found
    return found


def lakh(amount: Decimal, places: str = "0.0001") -> str:
    return str((amount / LAKH).quantize(Decimal(places)))


def method(found: Valuation, name: str) -> Any:
    return next(method for method in found.appraisal.methods if method.id == name)


def codes(content: Content, pack: Any = GOLDEN) -> list[str]:
    return [refusal["code"] for refusal in run(content, pack).get("refusals", [])]


def warned(content: Content) -> list[str]:
    return [warning["code"] for warning in run(content)["warnings"]]


# --- golden ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cost_of_equity", "wacc", "explicit", "firm", "equity"),
    [
        ("0.1626", "0.12372", "680.462", "2570.961", "1795.961"),
        ("0.2026", "0.15172", "634.121", "2305.721", "1530.721"),
        ("0.1826", "0.13772", "656.642", "2433.652", "1658.652"),
    ],
)
def test_golden_1_kristins_kandy(cost_of_equity: str, wacc: str, explicit: str, firm: str, equity: str) -> None:
    """Damodaran on Valuation, 2nd edition, chapter 14: year-end discounting, a lower WACC after year five, US$ thousand.

    The book's firm is put together from our parts: growth from reinvestment, NOPAT, the value-driver terminal value.
    """
    with localcontext(CONTEXT):
        reinvested, return_on_capital = Decimal("0.4667"), Decimal("0.1364")
        rate = weighted_cost(Decimal(cost_of_equity), Decimal("0.0330"), Decimal("0.3"))
        growth, stable, last = reinvested * return_on_capital, Decimal("0.1254"), Decimal("0.04")
        nopats = [Decimal(300) * (1 + growth) ** year for year in range(1, 6)]
        factors = discount_factors(rate, is_mid_year=False)
        cash = [nopat * (1 - reinvested) * factor for nopat, factor in zip(nopats, factors, strict=True)]
        terminal = terminal_value(nopats[-1] * (1 + last), last, stable, return_on_capital=stable)
        present = sum(cash, Decimal(0))
        value = present + terminal * factors[-1]

        assert rate == Decimal(wacc)
        assert f"{terminal:.3f} {present:.3f} {value:.3f}" == f"3387.403 {explicit} {firm}"
        assert f"{value + 125 - 900:.3f}" == equity


def test_golden_2_a_machining_firm() -> None:
    found = valued(MACHINING)
    normal, rates = found.appraisal.normal, found.appraisal.rates

    assert [lakh(year.ebitda or Decimal(0), "1") for year in normal.years] == ["300", "259", "198"]
    assert lakh(normal.maintainable or Decimal(0), "0.000001") == "269.333333"
    assert f"{rates.beta_levered:.6f} {rates.cost_of_equity:.6f} {rates.wacc:.6f}" == "1.045817 0.220544 0.192374"
    assert f"{normal.cagr:.6f}" == "0.153139"
    forecast, drivers = found.appraisal.forecast, found.appraisal.drivers
    assert forecast is not None and drivers is not None
    assert f"{drivers.growth:.6f} {drivers.margin:.6f} {drivers.depreciation_rate:.6f}" == "0.131883 0.119537 0.029998"
    assert [lakh(year.fcff, "0.01") for year in forecast.years] == ["44.79", "67.57", "94.20", "124.22", "156.90"]
    assert (lakh(forecast.explicit), lakh(forecast.terminal_value)) == ("291.7729", "1441.5729")
    assert (lakh(forecast.terminal_nopat), lakh(forecast.enterprise_value)) == ("277.3216", "944.8731")
    values = {name: lakh(method(found, name).value) for name in ("M1", "M3", "M4", "M7")}
    assert values == {"M1": "544.3858", "M3": "1863.7603", "M4": "1278.3701", "M7": "764.5000"}
    assert found.appraisal.ipo is not None
    assert (lakh(found.appraisal.ipo.equity), f"{found.appraisal.ipo.prediction.log:.6f}") == ("2662.5147", "0.079110")
    assert found.appraisal.weighed is not None
    parts = {name: lakh(part) for name, part in found.appraisal.weighed.contributions.items()}
    assert parts == {"M1": "217.7543", "M3": "465.9401", "M4": "319.5925", "M7": "76.4500"}
    assert lakh(found.point) == "1079.7369"
    assert found.spread is not None
    with localcontext(CONTEXT):
        ends = band(found.point, (Decimal("-0.4511"), Decimal("0.5166")), found.spread, Decimal("1.25"))
        assert f"{found.spread.ln() / 4:.6f}" == "0.307673"
    assert (lakh(ends.low), lakh(ends.high)) == ("614.3702", "2059.5087")
    output = run(MACHINING)
    assert {name: f"{Decimal(multiple):.2f}" for name, multiple in output["implied"].items() if name != "sde"} == {
        "ev_ebitda": "5.27",
        "pe": "9.11",
        "pb": "1.47",
    }
    assert "W_METHODS_DISAGREE" in warned(MACHINING)


def test_golden_2_sensitivity_of_the_dcf() -> None:
    grid = [lakh(equity, "0.01") for _, _, equity in valued(MACHINING).grid]

    assert grid == ["669.15", "677.08", "685.28", "539.14", "544.39", "549.84", "435.67", "438.92", "442.33"]


def test_golden_3_a_sweet_shop() -> None:
    found = valued(sweet_shop())
    rates, sde = found.appraisal.rates, method(found, "M5")

    assert found.appraisal.normal.latest.sde == 598_000
    assert f"{rates.cost_of_equity:.6f} {rates.wacc:.6f}" == "0.270795 0.232575"
    steps = {name: value for name, value in sde.inputs if isinstance(value, Decimal)}
    assert f"{steps['size_factor']:.6f} {steps['multiple']:.6f}" == "0.848315 1.710203"
    assert f"{sde.value:.2f} {method(found, 'M2').value:.2f} {found.point:.2f}" == "1022701.43 1045783.56 1027317.86"
    with localcontext(CONTEXT):
        ends = band(found.point, (Decimal("-0.6330"), Decimal("0.5561")), found.spread, Decimal("1.25"))
    assert f"{ends.low:.2f} {ends.high:.2f}" == "465660.42 2058703.44"
    assert found.basis == "business_without_cash_and_debt"
    assert not found.shows_point


def test_golden_4_a_loss_maker() -> None:
    found = valued(loss_maker())
    owned = found.appraisal.net_assets
    assert owned is not None

    assert (lakh(owned.gross, "0.01"), lakh(owned.liabilities, "1"), lakh(owned.contingent, "0.01")) == (
        "848.50",
        "805",
        "10.00",
    )
    assert (lakh(owned.adjusted_nav, "0.01"), lakh(owned.liquidation_equity, "0.01")) == ("33.50", "-243.10")
    assert lakh(found.point, "0.01") == "33.50"
    assert found.appraisal.weighed is not None
    assert found.appraisal.weighed.weights == {"M7": 1}
    named = {warning.code for warning in found.warnings}
    assert {"W_NEGATIVE_EBITDA", "W_INSOLVENT_ON_LIQUIDATION"} <= named
    assert not named & {"W_INSOLVENT", "W_LIQUIDATION", "W_METHODS_DISAGREE"}


# --- properties -----------------------------------------------------------------------------------------------------

few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def scaled(content: Content, factor: int) -> Content:
    copy = deepcopy(content)
    for name in ("land_building_market", "market_salary"):
        if name in copy["firm"]:
            copy["firm"][name] = str(Decimal(copy["firm"][name]) * factor)
    for row in copy["years"]:
        row["amounts"] = {name: str(Decimal(amount) * factor) for name, amount in row["amounts"].items()}
        for item in row["adjustments"]:
            item["amount"] = str(Decimal(item["amount"]) * factor)
    return copy


@pytest.mark.parametrize("name", ["M4", "M7"])
def test_ten_times_all_money_is_ten_times_the_value(name: str) -> None:
    small, large = valued(MACHINING), valued(scaled(MACHINING, 10))

    assert method(large, name).value == 10 * method(small, name).value


@few
@given(st.integers(0, 60), st.integers(0, 60))
def test_more_ebitda_never_lowers_income_and_market_values(first: int, second: int) -> None:
    low, high = sorted((first, second))

    def at(extra: int, content: Content, names: tuple[str, ...]) -> list[Decimal]:
        copy = deepcopy(content)
        for row in copy["years"]:
            row["adjustments"].append(
                {"kind": "one_off_cost", "amount": str(extra * 1000), "reason": "", "is_evidenced": True}
            )
        found = valued(copy)
        return [method(found, name).value for name in names]

    for content, names in ((MACHINING, ("M1", "M3", "M4")), (sweet_shop(), ("M2", "M5"))):
        for less, more in zip(at(low, content, names), at(high, content, names), strict=True):
            assert less <= more


@few
@given(st.integers(1, 300))
def test_more_debt_lowers_equity_one_for_one(extra: int) -> None:
    debt = Decimal(MACHINING["years"][0]["amounts"]["debt"])
    net_worth = Decimal(MACHINING["years"][0]["amounts"]["net_worth"])
    more = changed(MACHINING, debt=str(debt + extra * LAKH), net_worth=str(net_worth - extra * LAKH))
    before, after = valued(MACHINING), valued(more)

    for name, share in (("M1", Decimal("0.9")), ("M4", Decimal(1)), ("M7", Decimal(1))):
        difference = method(before, name).value - method(after, name).value
        assert abs(Decimal(difference) - share * extra * LAKH) < Decimal("0.01")


@given(st.permutations([0, 1, 2]))
def test_the_order_of_years_does_not_matter(order: list[int]) -> None:
    shuffled = {**MACHINING, "years": [MACHINING["years"][number] for number in order]}

    assert run(shuffled) == run(MACHINING)


@few
@given(
    st.fixed_dictionaries(
        {name: st.integers(0, 5000) for name in ("revenue", "cogs", "depreciation", "interest", "cash", "debt", "pat")}
    ),
    st.sampled_from(["25920", "10734", "47721", "62011", "68100", "55101"]),
    st.sampled_from(["IN-2026-01", "IN-2026-11"]),
)
def test_it_ends_in_a_value_or_in_reasons_whatever_it_is_told(amounts: dict[str, int], nic: str, pack: str) -> None:
    told = with_firm(changed(MACHINING, **{name: str(amount * LAKH) for name, amount in amounts.items()}), nic_code=nic)

    output = run(told, packs()[pack])

    if "refusals" in output:
        assert output["refusals"]
        assert all(refusal["code"] in texts.REFUSALS for refusal in output["refusals"])
    else:
        assert Decimal(output["value"]["low80"]) <= Decimal(output["value"]["high80"])
        used = sum((Decimal(row["weight"]) for row in output["methods"]), Decimal(0))
        assert abs(used - 1) < Decimal("0.00001")
        assert all(warning["code"] in texts.WARNINGS for warning in output["warnings"])
        assert all(row["reason"] in texts.REASONS for row in output["methods"])


def test_every_text_is_there_in_both_languages() -> None:
    tables = (texts.REFUSALS, texts.WARNINGS, texts.METHODS, texts.REASONS, texts.RISKS, texts.APPROACHES)

    for table in tables:
        for english, hindi in table.values():
            assert english and hindi
            assert english != hindi


# --- refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("power", [-7, -5, -3, -2, 2, 3, 5, 7])
def test_a_unit_slip_in_one_statement_is_caught(power: int) -> None:
    """Lakhs typed as rupees and the like: only the balance sheet's total slips."""
    total = Decimal(1580 * LAKH) * Decimal(10) ** power

    assert "E_UNIT_INCONSISTENT" in codes(changed(MACHINING, total_assets=str(total)))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (changed(MACHINING, revenue="0"), "E_REVENUE_MISSING"),
        ({**MACHINING, "years": []}, "E_REVENUE_MISSING"),
        (changed(MACHINING, revenue=str(2460 * LAKH * 40), total_assets=str(1580 * LAKH * 40)), "E_UNIT_YEAR_JUMP"),
        (with_firm(MACHINING, employees=20_000), "E_UNIT_IMPLAUSIBLE"),
        (changed(MACHINING, revenue="60000000000"), "E_UNIT_IMPLAUSIBLE"),
        (with_firm(MACHINING, gst_turnover=str(246 * LAKH)), "E_GST_MISMATCH"),
        (changed(MACHINING, pat=str(3000 * LAKH)), "E_PAT_GT_REVENUE"),
        (changed(MACHINING, pat=str(300 * LAKH), tax="0"), "E_PNL_IDENTITY"),
        (
            changed(MACHINING, intangibles="0", old_receivables="0", other_assets="0", cash=str(300 * LAKH)),
            "E_BALANCE_MISMATCH",
        ),
        (changed(MACHINING, inventory="-5"), "E_NEGATIVE_AMOUNT"),
        ({**MACHINING, "years": [*MACHINING["years"], MACHINING["years"][1]]}, "E_PERIOD_DUPLICATE"),
        ({**MACHINING, "years": [MACHINING["years"][0], MACHINING["years"][2]]}, "E_PERIOD_GAP"),
        ({**MACHINING, "valuation_date": "2026-03-30", "asked_on": "2026-03-30"}, "E_PERIOD_FUTURE"),
        ({**MACHINING, "years": MACHINING["years"][2:], "valuation_date": "2026-06-30"}, "E_PERIOD_STALE"),
        (with_firm(MACHINING, nic_code="64191"), "E_SECTOR_EXCLUDED"),
        (with_firm(MACHINING, nic_code="00000"), "E_NIC_UNKNOWN"),
        (with_firm(MACHINING, nic_code="54000"), "E_NIC_UNKNOWN"),
        (with_firm(MACHINING, currency="USD"), "E_CURRENCY"),
        (with_firm(MACHINING, share_offered="0"), "E_SHARE_RANGE"),
        (with_firm(MACHINING, share_offered="1.01"), "E_SHARE_RANGE"),
        ({**MACHINING, "valuation_date": "2026-07-01"}, "E_DATE"),
        ({**MACHINING, "asked_on": "2027-07-05"}, "E_DATE"),
        ({**MACHINING, "valuation_date": "2027-04-05", "asked_on": "2027-04-05"}, "E_MARKET_DATA_STALE"),
    ],
)
def test_it_refuses_what_cannot_be_true(content: Content, code: str) -> None:
    assert code in codes(content)


def test_a_short_period_is_too_young() -> None:
    content = deepcopy(MACHINING)
    content["years"] = [{**content["years"][0], "months": 5}]

    assert "E_TOO_YOUNG" in codes(content)


def test_a_few_months_beside_full_years_are_left_out() -> None:
    content = deepcopy(MACHINING)
    stub = {**deepcopy(content["years"][0]), "fiscal_year": 2026, "months": 2}
    content["years"] = [stub, *content["years"]]

    output = run(content)

    assert "W_STUB_LEFT_OUT" in [warning["code"] for warning in output["warnings"]]
    assert output["value"] == run(MACHINING)["value"]


def test_adjustments_without_evidence_have_a_limit() -> None:
    content = deepcopy(MACHINING)
    extra = {"kind": "personal_expense", "amount": str(200 * LAKH), "reason": "", "is_evidenced": False}
    content["years"][0]["adjustments"].append(extra)

    assert codes(content) == ["E_ADJUSTMENT_EXCESS"]
    content["years"][0]["adjustments"][-1]["is_evidenced"] = True
    assert codes(content) == []


def test_all_faults_come_at_once() -> None:
    content = with_firm(changed(MACHINING, total_assets="5", inventory="-1"), currency="USD", share_offered="2")

    assert set(codes(content)) >= {"E_UNIT_INCONSISTENT", "E_NEGATIVE_AMOUNT", "E_CURRENCY", "E_SHARE_RANGE"}


def test_without_any_usable_method_it_says_so() -> None:
    content = changed(loss_maker(), payables=None)

    assert codes(content) == ["E_NO_METHOD"]


def test_property_firms_are_valued_by_their_assets_alone() -> None:
    output = run(with_firm(MACHINING, nic_code="68100"))

    assert {row["id"] for row in output["methods"] if Decimal(row["weight"]) > 0} == {"M7"}


# --- behaviour ------------------------------------------------------------------------------------------------------


def test_a_minority_stake_is_worth_less_than_its_share() -> None:
    output = run(with_firm(MACHINING, share_offered="0.26"))

    whole, stake = Decimal(output["value"]["point"]), Decimal(output["stake"]["value"])
    assert abs(stake / whole - Decimal("0.26") * Decimal("0.8") * Decimal("0.85")) < Decimal("0.000001")


def test_thin_figures_get_a_range_and_no_single_value() -> None:
    output = run(sweet_shop())

    assert output["value"]["point"] is None
    assert output["quality"]["score"] < 40
    assert "W_BAND_ONLY" in [warning["code"] for warning in output["warnings"]]


def test_totals_alone_are_valued_by_listings_alone() -> None:
    amounts = {"revenue": 6041, "pat": 412, "net_worth": 1178, "total_assets": 3098, "debt": 1035}
    content = {**MACHINING, "firm": {"nic_code": "25910", "legal_form": "private_limited"}}
    content["years"] = [year_of(amounts)]
    output = run(content)

    assert [row["id"] for row in output["methods"] if Decimal(row["weight"]) > 0] == ["M3"]
    assert {"W_ONE_METHOD", "W_NO_BS"} <= {warning["code"] for warning in output["warnings"]}


def year_of(amounts: dict[str, int]) -> Content:
    return {
        "fiscal_year": 2025,
        "months": 12,
        "source": "audited",
        "amounts": {name: str(amount * LAKH) for name, amount in amounts.items()},
        "adjustments": [],
    }


def test_a_proprietor_without_a_salary_gets_one_assumed() -> None:
    content = sweet_shop()
    content["years"][0]["adjustments"] = []

    output = run(content)

    assert "W_OWNER_PAY_ASSUMED" in [warning["code"] for warning in output["warnings"]]
    assert {"kind": "market_salary", "amount": "-360000.00", "reason": "", "is_evidenced": False} in output[
        "normalisation"
    ][0]["adjustments"]


def test_part_of_a_year_is_annualised_and_said_so() -> None:
    content = deepcopy(MACHINING)
    latest = content["years"][0]
    latest["months"] = 9
    for name in ("revenue", "cogs", "depreciation", "interest"):
        latest["amounts"][name] = str(Decimal(latest["amounts"][name]) * 9 / 12)
    for item in latest["adjustments"]:
        item["amount"] = str(Decimal(item["amount"]) * 9 / 12)

    output = run(content)

    assert output["normalisation"][0]["ebitda"] == "30000000.00"
    assert "W_ANNUALISED" in [warning["code"] for warning in output["warnings"]]


def test_falling_earnings_stand_alone() -> None:
    content = deepcopy(MACHINING)
    latest = content["years"][0]["amounts"]
    latest["cogs"] = str(Decimal(latest["cogs"]) + 200 * LAKH)

    output = run(content)

    assert output["earnings"]["maintainable_ebitda"] == output["normalisation"][0]["ebitda"]
    assert "W_DECLINING" in [warning["code"] for warning in output["warnings"]]


def test_the_current_pack_has_a_regression_for_small_firms_and_comparables() -> None:
    pack = current_pack()
    shop, firm = run(sweet_shop(), pack), run(MACHINING, pack)

    assert "regression_multiple" in next(row for row in shop["methods"] if row["id"] == "M5")["inputs"]
    assert len(firm["comparables"]) == 10
    assert firm["comparables"][0]["is_same_sector"]
    distances = [Decimal(row["distance"]) for row in firm["comparables"] if row["is_same_sector"]]
    assert distances == sorted(distances)


def test_the_same_input_gives_the_same_bytes_in_another_process_under_another_locale_and_context() -> None:
    program = """
import decimal, json, sys
decimal.getcontext().prec = 9
decimal.getcontext().rounding = decimal.ROUND_UP
sys.path.insert(0, ".")
from valuation.engine import ENGINES, ENGINE_VERSION
from valuation.packs import current_pack
print(json.dumps(ENGINES[ENGINE_VERSION](json.loads(sys.argv[1]), current_pack()), ensure_ascii=False))
"""
    environment = {"LC_ALL": "C", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7", "PYTHONIOENCODING": "utf-8"}

    done = subprocess.run(
        [sys.executable, "-c", program, json.dumps(MACHINING)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )

    assert json.loads(done.stdout) == run(MACHINING, current_pack())


def golden_inputs() -> list[Content]:
    """Two hundred inputs around the golden cases: sizes, sources, trades and shares."""
    found = []
    for number in range(200):
        base = (MACHINING, sweet_shop(), loss_maker())[number % 3]
        content = scaled(base, 1 + number % 7)
        content["firm"]["nic_code"] = ("25920", "10734", "47721", "62011", "46497")[number % 5]
        content["firm"]["share_offered"] = str(Decimal(1 + number % 4) / 4)
        content["years"][0]["source"] = ("audited", "filed", "provisional", "self_declared")[number // 3 % 4]
        found.append(content)
    return found


def test_two_hundred_stored_results_never_change() -> None:
    """A change here is a change of the engine or a pack: give it a new version instead."""
    stored = json.loads((ROOT / "tests" / "data" / "golden_valuations.json").read_text())
    made = {
        pack: [sha256_of(run(content, packs()[pack]))[:16] for content in golden_inputs()]
        for pack in ("IN-2026-01", "IN-2026-11")
    }

    assert made == stored[ENGINE_VERSION]


def test_engine_1_still_gives_its_golden_result() -> None:
    row = {
        "fiscal_year": "2025-26",
        "months": 12,
        "source": "audited",
        "revenue": "246000000",
        "pat": "11848400.0000",
        "net_worth": "73500000",
        "total_assets": "158000000",
        "debt": "46500000",
    }

    output = ENGINES["1.0.0"]({"figures": [row]}, packs()["sme-ipo-2026-11"])

    assert sha256_of(output) == (ROOT / "tests" / "data" / "golden_valuation.sha256").read_text().strip()
