"""Where things are: districts of PIN codes, and cities as people write them.

Tables: `reference/pin_ranges.csv`, `reference/places.csv`. Weak facts: they give hints and defaults, never a refusal.
"""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache

from msme.reference import rows_of


@dataclass(frozen=True, order=True)
class District:
    """A district: ISO letters of its state, and its name as the PIN directory spells it."""

    state: str
    name: str


@cache
def _ranges() -> tuple[list[int], list[tuple[int, District]]]:
    rows = sorted(
        (int(row["first"]), int(row["last"]), District(row["state"], row["district"]))
        for row in rows_of("pin_ranges.csv")
    )
    return [first for first, _, _ in rows], [(last, district) for _, last, district in rows]


def district_of(pincode: str) -> District | None:
    """The district a PIN code most likely lies in; None for one that is not in the directory."""
    firsts, rest = _ranges()
    position = bisect_right(firsts, int(pincode)) - 1
    if position < 0 or rest[position][0] < int(pincode):
        return None
    return rest[position][1]


@cache
def districts() -> frozenset[District]:
    return frozenset(district for _, district in _ranges()[1])


@cache
def cities() -> dict[str, District]:
    """A city or district as written, in lower case → its district. A name that several states share is left out."""
    found: dict[str, District] = {}
    shared: set[str] = set()
    for district in sorted(districts()):
        name = district.name.lower()
        shared |= {name} if name in found else set()
        found[name] = district
    for name in shared:
        del found[name]
    for row in rows_of("places.csv"):
        for name in row["names"].split("|"):
            found[name] = District(row["state"], row["district"])
    return found


@cache
def hindi_names() -> dict[District, str]:
    """What a district's main city is called in Hindi, where the table has it."""
    return {District(row["state"], row["district"]): row["name_hi"] for row in rows_of("places.csv")}


def district_named(city: str, state: str) -> District | None:
    """The district of a city as written, when it lies in this state."""
    found = cities().get(city.strip().lower())
    return found if found and found.state == state else None
