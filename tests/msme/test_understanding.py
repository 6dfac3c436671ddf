"""What a buyer's words mean."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msme.places import District
from msme.types import Intent
from msme.understanding import understand, words_of
from msmebazaar.core.types import Money

CRORE, LAKH = Decimal(10_000_000), Decimal(100_000)
SURAT, PUNE = District("GJ", "Surat"), District("MH", "Pune")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("textile unit surat under 5 cr", {"industries": ("13",), "districts": (SURAT,), "ask_max": 5 * CRORE}),
        ("सूरत में कपड़े की फैक्ट्री 5 करोड़ से कम", {"industries": ("13",), "districts": (SURAT,), "ask_max": 5 * CRORE}),
        ("surat mein kapda factory 5 crore tak", {"industries": ("13",), "districts": (SURAT,), "ask_max": 5 * CRORE}),
        (
            "2-5 cr bakery in Pune",
            {"industries": ("10",), "districts": (PUNE,), "ask_min": 2 * CRORE, "ask_max": 5 * CRORE},
        ),
        ("पुणे बेकरी ५० लाख तक", {"industries": ("10",), "districts": (PUNE,), "ask_max": 50 * LAKH}),
        ("between 50 lakh and 2 crore restaurant", {"industries": ("56",), "ask_min": 50 * LAKH, "ask_max": 2 * CRORE}),
        ("loan above 25 lakh", {"intents": (Intent.LOAN,), "ask_min": 25 * LAKH}),
        ("Tamil Nadu 10 करोड़ से अधिक", {"states": ("TN",), "ask_min": 10 * CRORE}),
        ("engineering works west bengal ₹1 cr to 3 cr", {"states": ("WB",), "industries": ("25",), "ask_min": CRORE}),
        ("stake in pharma", {"intents": (Intent.STAKE_SALE,), "industries": ("21",)}),
        ("powder coating with order book", {"rest": "powder coating order book"}),
        ("", {"rest": ""}),
        ("5 cr to 2 cr", {"ask_max": None, "rest": "5 cr 2 cr"}),  # no range; "to" is a filler
    ],
)
def test_words_become_filters(text: str, expected: dict[str, object]) -> None:
    found = understand(text)

    assert {name: getattr(found, name) for name in expected} == expected


def test_what_was_understood_is_not_searched_as_text() -> None:
    assert understand("textile unit surat under 5 cr").rest == ""
    assert understand("looms surat with dyeing house").rest == "dyeing house"


@given(st.text(max_size=200))
def test_any_text_is_understood_somehow(text: str) -> None:
    found = understand(text)

    if found.ask_min is not None and found.ask_max is not None:
        assert found.ask_min <= found.ask_max
    assert set(words_of(found.rest)) <= set(words_of(text))


@given(amount=st.integers(1, 9999), unit=st.sampled_from(["lakh", "cr", "लाख", "करोड़", "crore", "lac"]))
def test_an_upper_price_is_the_amount_as_the_parser_of_money_reads_it(amount: int, unit: str) -> None:
    expected = Money.parse(f"{amount} {unit}").amount

    assert understand(f"bakery under {amount} {unit}").ask_max == expected
    assert understand(f"bakery above {amount}{unit}").ask_min == expected
