"""Value types against the shared vectors, and the properties the vectors cannot list."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from msmebazaar.core.exceptions import InvalidValue
from msmebazaar.core.types import (
    CIN,
    GSTIN,
    IFSC,
    LLPIN,
    PAN,
    STATES,
    FinancialYear,
    Money,
    Phone,
    Pincode,
    Udyam,
)
from msmebazaar.core.types.numerals import ENGLISH, HINDI

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "identifiers.json").read_text())
IDENTIFIERS: dict[str, Any] = {
    "gstin": GSTIN,
    "pan": PAN,
    "cin": CIN,
    "ifsc": IFSC,
    "pincode": Pincode,
    "udyam": Udyam,
}
VALID = [(kind, text) for kind in IDENTIFIERS for text in VECTORS[kind]["valid"]]
INVALID = [(kind, text) for kind in IDENTIFIERS for text in VECTORS[kind]["invalid"]]


@pytest.mark.parametrize(("kind", "text"), VALID)
def test_it_accepts_every_valid_vector_in_any_spelling(kind: str, text: str) -> None:
    assert str(IDENTIFIERS[kind].parse(text)) == text
    assert str(IDENTIFIERS[kind].parse(f"  {text.lower()} ")) == text


@pytest.mark.parametrize(("kind", "text"), INVALID)
def test_it_refuses_every_invalid_vector(kind: str, text: str) -> None:
    with pytest.raises(InvalidValue):
        IDENTIFIERS[kind].parse(text)


@pytest.mark.parametrize(("text", "part"), VECTORS["gstin"]["invalid"].items())
def test_it_names_the_faulty_part_of_a_gstin(text: str, part: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        GSTIN.parse(text)

    assert refused.value.part == part


@pytest.mark.parametrize(("code", "new"), [("25", "26"), ("28", "37")])
def test_it_tells_where_an_old_state_code_went(code: str, new: str) -> None:
    head = f"{code}ZZZCM1234A1Z"
    gstin = head + luhn.calc_check_digit(head, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")

    with pytest.raises(InvalidValue, match=new):
        GSTIN.parse(gstin)


def test_it_knows_pan_and_state_of_a_gstin() -> None:
    gstin = GSTIN.parse("38ZZZPL4444G1Z0")

    assert str(gstin.pan) == "ZZZPL4444G"
    assert gstin.pan.holder == "P"
    assert gstin.state.name_en == "Ladakh"
    assert gstin.state.name("hi") == "लद्दाख"


@given(position=st.integers(0, 14), replacement=st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_a_gstin_with_one_wrong_character_is_always_refused(position: int, replacement: str) -> None:
    right = "27ZZZCM1234A1ZF"
    wrong = right[:position] + replacement + right[position + 1 :]

    if wrong != right:
        with pytest.raises(InvalidValue):
            GSTIN.parse(wrong)


@pytest.mark.parametrize(("text", "state"), [("UDYAM-TG-19-0012345", "TS"), ("UDYAM-OR-19-0012345", "OD")])
def test_udyam_knows_old_letters_of_states(text: str, state: str) -> None:
    found = Udyam.parse(text).state

    assert found is not None
    assert found.letters == state


def test_udyam_with_unknown_letters_has_no_state_but_is_accepted() -> None:
    assert Udyam.parse("UDYAM-QQ-19-0012345").state is None


def test_a_cin_of_the_future_is_recognised() -> None:
    assert not CIN.parse("U72900KA2099PTC046374").is_dated_by(date(2026, 11, 23))
    assert CIN.parse("U72900KA2008PTC046374").is_dated_by(date(2026, 11, 23))


@pytest.mark.parametrize(("text", "expected"), VECTORS["mobile"].items())
def test_mobile_numbers(text: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(InvalidValue):
            Phone.parse(text)
    else:
        assert str(Phone.parse(text)) == expected


@pytest.mark.parametrize("text", ["+14155238886", "+44 20 7946 0958", "", "call me"])
def test_only_indian_mobile_numbers_log_in(text: str) -> None:
    with pytest.raises(InvalidValue):
        Phone.parse(text)


@pytest.mark.parametrize(("amount", "expected"), VECTORS["money_grouped"].items())
def test_money_in_full(amount: str, expected: str) -> None:
    assert Money(Decimal(amount)).grouped() == expected


@pytest.mark.parametrize(("amount", "expected"), VECTORS["money_short"].items())
def test_money_in_short(amount: str, expected: str) -> None:
    assert Money(Decimal(amount)).short() == expected


@pytest.mark.parametrize(("text", "expected"), VECTORS["money_parsed"].items())
def test_money_as_people_write_it(text: str, expected: int | None) -> None:
    if expected is None:
        with pytest.raises(InvalidValue):
            Money.parse(text)
    else:
        assert Money.parse(text).amount == expected


@pytest.mark.parametrize(
    ("amount", "expected"), [("25000000", "₹2.5 करोड़"), ("5000000", "₹50 लाख"), ("-150000", "-₹1.5 लाख")]
)
def test_money_in_hindi(amount: str, expected: str) -> None:
    assert Money(Decimal(amount)).short("hi") == expected


@pytest.mark.parametrize(
    ("amount", "expected"), [("402314567.89", "402000000"), ("999600", "1000000"), ("12.34", "12.34")]
)
def test_an_estimate_is_rounded_to_three_digits(amount: str, expected: str) -> None:
    assert Money(Decimal(amount)).rounded().amount == Decimal(expected)


@given(st.integers(0, 10**14))
def test_what_money_writes_in_full_it_reads_again(amount: int) -> None:
    money = Money(Decimal(amount))

    assert Money.parse(money.grouped()) == money


def test_an_amount_beyond_the_column_is_refused() -> None:
    with pytest.raises(InvalidValue):
        Money.parse("99999999999 crore")


@pytest.mark.parametrize(("day", "expected"), VECTORS["financial_year"].items())
def test_fiscal_years(day: str, expected: str) -> None:
    year = FinancialYear.of(date.fromisoformat(day))

    assert str(year) == expected
    assert FinancialYear.parse(expected) == year
    assert year.starts_on <= date.fromisoformat(day) <= year.ends_on


@pytest.mark.parametrize("text", ["2024-26", "2024", "24-25", "abcd-ef"])
def test_what_is_no_fiscal_year_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        FinancialYear.parse(text)


def test_there_are_36_states_and_territories_and_the_other_territory() -> None:
    assert len(STATES) == 37
    assert len({state.letters for state in STATES}) == 37


PARSERS = [GSTIN, PAN, Udyam, CIN, LLPIN, IFSC, Pincode, Phone, Money, FinancialYear]
NEARLY = {
    GSTIN: r"[0-3][0-9][A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z][1-9A-Z]Z[0-9A-Z]",
    PAN: r"[A-Z]{3}[ABCFGHJLPTX][A-Z][0-9]{4}[A-Z]",
    Udyam: r"UDYAM-[A-Z]{2}-[0-9]{2}-[0-9]{6,8}",
    CIN: r"[LUX][0-9]{5}[A-Z]{2}(19|20)[0-9]{2}[A-Z]{3}[0-9]{6}",
    LLPIN: r"[A-Z]{3}-?[0-9]{3,5}",
    IFSC: r"[A-Z]{4}[01][A-Z0-9]{6}",
    Pincode: r"[0-9]{5,7}",
    Phone: r"(\+91|0)?[5-9][0-9]{8,10}",
    Money: r"-?₹?[0-9]{1,6}(\.[0-9]{1,3})? ?(lakh|cr|crore|k|लाख|करोड़|)?",
    FinancialYear: r"(FY )?20[0-9]{2}[-/][0-9]{2,4}",
}


@pytest.mark.parametrize("kind", PARSERS, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_a_parser_reads_or_refuses_and_what_it_has_read_it_reads_again(kind: Any, data: st.DataObject) -> None:
    """Any text, and such as is nearly right: never another error; the canonical form is read as itself."""
    text = data.draw(st.one_of(st.text(max_size=40), st.from_regex(NEARLY[kind], fullmatch=True)))
    value = refused = None
    try:
        value = kind.parse(text)
    except InvalidValue as error:
        refused = error

    assert (value is None) is (refused is not None)
    if refused is not None:
        assert refused.part
        assert "%(" not in str(refused)
    else:
        assert kind.parse(str(value)) == value


@pytest.mark.parametrize("kind", [GSTIN, PAN, Udyam, CIN, LLPIN, IFSC, Pincode], ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_spaces_case_and_devanagari_digits_change_nothing(kind: Any, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(NEARLY[kind], fullmatch=True))
    written = " ".join(text.lower()).translate(str.maketrans("0123456789", "०१२३४५६७८९"))

    def outcome(text: str) -> object:
        try:
            return kind.parse(text)
        except InvalidValue as refused:
            return refused.part

    assert outcome(written) == outcome(text)


@pytest.mark.parametrize(("text", "expected"), [("aaa-1234", "AAA-1234"), ("AAA1234", "AAA-1234"), ("AA-12345", None)])
def test_llpin(text: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(InvalidValue):
            LLPIN.parse(text)
    else:
        assert str(LLPIN.parse(text)) == expected


@pytest.mark.parametrize(
    ("amount", "english", "hindi"),
    [
        ("0", "zero", "शून्य"),
        ("246000000", "twenty-four crore sixty lakh", "चौबीस करोड़ साठ लाख"),
        ("1234567", "twelve lakh thirty-four thousand five hundred sixty-seven", "बारह लाख चौंतीस हज़ार पाँच सौ सड़सठ"),
        ("-500", "minus five hundred", "ऋण पाँच सौ"),
        ("15000000000", "one thousand five hundred crore", "एक हज़ार पाँच सौ करोड़"),
        ("99.50", "one hundred", "एक सौ"),
    ],
)
def test_amounts_in_words(amount: str, english: str, hindi: str) -> None:
    money = Money(Decimal(amount))

    assert (money.in_words(), money.in_words("hi")) == (english, hindi)


def test_every_number_to_99_has_its_own_word() -> None:
    for words in (ENGLISH, HINDI):
        assert len(words) == len(set(words)) == 100
