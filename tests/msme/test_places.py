"""Districts of PIN codes and cities."""

from hypothesis import given
from hypothesis import strategies as st

from msme import places
from msme.places import District
from msmebazaar.core.types import state_by_letters


def test_known_codes_lie_where_they_lie() -> None:
    assert places.district_of("411001") == District("MH", "Pune")
    assert places.district_of("395003") == District("GJ", "Surat")
    assert places.district_of("560001") == District("KA", "Bengaluru Urban")
    assert places.district_of("999999") is None


@given(st.integers(100_000, 999_999))
def test_any_code_lies_in_one_district_of_a_state_there_is_or_in_none(pincode: int) -> None:
    found = places.district_of(str(pincode))

    assert found is None or (state_by_letters(found.state) is not None and found in places.districts())


def test_every_city_is_sought_in_a_district_there_is() -> None:
    assert set(places.cities().values()) <= places.districts()
    assert set(places.hindi_names()) <= places.districts()


def test_a_name_that_two_states_share_is_no_place_unless_the_table_says_which() -> None:
    assert places.district_named("Aurangabad", "MH") == District("MH", "Aurangabad")
    assert places.district_named("Aurangabad", "BR") is None
    assert "bilaspur" not in places.cities()  # in Chhattisgarh and in Himachal Pradesh
    assert places.district_named("बेंगलुरु", "KA") == District("KA", "Bengaluru Urban")
