"""The guard of teasers: what gives an owner away is found in both languages and shown with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import leak_guard
from msme.teaser import finds, leaks
from tests.conftest import Persona
from tests.factories import add_figures, make_business, make_listing

NAME = "Shivneri Fabrications Private Limited"


def kinds(text: str, *, names: tuple[str, ...] = (NAME,), pincode: str = "") -> set[str]:
    return {find.kind for find in finds(text, names=names, pincode=pincode)}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Call 98765 43210 now", "phone"),
        ("कॉल करें ९८७६५-४३२१०", "phone"),
        ("９８７６５４３２１０", "phone"),
        ("98765\u200b43210", "phone"),
        ("nine eight seven six five four three two one zero", "phone"),
        ("नौ आठ सात छह पाँच चार तीन दो एक शून्य", "phone"),
        ("9 8 7 6 5 4 3 2 1 0", "phone"),
        ("020-24451234", "phone"),
        ("owner(at)gmail(dot)com", "email"),
        ("pay to bigmill@okhdfcbank", "email"),
        ("see bigmill.in", "url"),
        ("bigmill डॉट कॉम", "url"),
        ("insta: bigmill_works", "handle"),
        ("GSTIN 27 AAPFU 0939 F 1ZV", "identifier"),
        ("Udyam-MH-19-0012345", "identifier"),
        ("Bhosari - 411019", "pincode"),
        ("पिन कोड ४११०१९", "pincode"),
        ("SHIVNERI makes gears", "name"),
        ("Shivnery makes gears", "name"),
        ("ShivneriGroup makes gears", "name"),
        ("शिवनेरी की गुणवत्ता", "name"),
    ],
)
def test_what_gives_away_is_found(text: str, kind: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "Turnover grew from ₹42,00,00,000 to ₹60,41,00,000. Three CNC lines.",
        "Plot of 6500 1200 3000 sq ft, ISO 9001:2015, FY 2024-25",
        "We work hard. In 2010 we began. Cans @ Rs.20 each",
        "Capacity - 250000 units a year; fabrications and forgings",
        "क्षमता प्रतिदिन 12,000 किलो, बिक्री 48 करोड़",
        "",
    ],
)
def test_figures_and_trades_are_left_alone(text: str) -> None:
    assert kinds(text) == set()


def test_a_name_of_common_words_is_found_only_whole() -> None:
    names = ("Pune Steel Traders",)

    assert kinds("Steel traders in Pune with own godowns", names=names) == set()
    assert kinds("Pune Steel Traders is for sale", names=names) == {"name"}


def test_the_businesss_own_pin_code_is_found_wherever_it_stands() -> None:
    assert kinds("Plant in 411 019, rail siding", pincode="411019") == {"pincode"}
    assert kinds("Plant in 411 019, rail siding") == set()


def test_the_place_is_shown_as_it_was_written() -> None:
    (fault,) = leaks("Own plant in Chakan. संपर्क ९८७६५ ४३२१० पर करें, धन्यवाद", names=[], field="summary")

    assert (fault.field, fault.code) == ("summary", "phone")
    assert fault.params is not None
    assert "९८७६५ ४३२१०" in str(fault.params["place"])


@given(st.text(max_size=200), st.text(max_size=40))
def test_no_text_breaks_it_and_every_place_lies_in_the_text(text: str, name: str) -> None:
    for find in finds(text, names=[name], pincode="411019"):
        assert 0 <= find.start < find.end <= len(text)


def test_the_benchmark_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert leak_guard.run() == 0, capsys.readouterr().out


def test_a_member_of_the_organisation_is_not_named_either(seller: Persona) -> None:
    seller.client.patch("/api/v1/me/", {"full_name": "Asha Wankhede"}, format="json")
    business = make_business(seller.actor, pincode="411019")
    add_figures(seller.actor, business)
    listing = make_listing(seller.actor, business, summary="वानखेडे परिवार का कारख़ाना, 411019 में।")

    refused = seller.client.post(f"/api/v1/listings/{listing.id}/submit/", HTTP_ACCEPT_LANGUAGE="hi")

    faults = {row["code"]: row["message"] for row in refused.json()["error"]["errors"]}
    assert set(faults) == {"name", "pincode"}
    assert "वानखेडे" in faults["name"]
