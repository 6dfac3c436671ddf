"""How exactly a teaser may tell place and industry: only as far as at least K firms look the same (k-anonymity).

Firms registered here are counted: organisations with a business in the same place and industry. Two kinds of cells are
taken to be crowded whoever is registered here, because firms outside of the product hide one as well: an NIC division in a
state of five million people or more, and a state as a whole. That is an assumption of ours (ADR 0009), not a count.
"""

from collections.abc import Mapping
from dataclasses import dataclass

K = 5
# The fourteen states and territories of fewer than five million people (Census of India 2011; Ladakh as counted within Jammu and
# Kashmir: 274,289), and 97, which is no place.
SMALL_STATES = frozenset({"AN", "AR", "CH", "DH", "GA", "LA", "LD", "ML", "MN", "MZ", "NL", "PY", "SK", "TR", "OT"})


@dataclass(frozen=True)
class Cell:
    """A place and an industry; "" where they are left open."""

    state: str
    district: str
    section: str
    division: str


def ladder(cell: Cell) -> tuple[Cell, ...]:
    """Ever wider cells, the exact one first."""
    return (
        cell,
        Cell(cell.state, "", cell.section, cell.division),
        Cell(cell.state, "", cell.section, ""),
        Cell(cell.state, "", "", ""),
    )


def widened(cell: Cell, firms: Mapping[Cell, int]) -> Cell:
    """The narrowest cell of the ladder that may be shown.

    Args:
        firms: how many organisations lie in each cell of the ladder; a missing one has none.
    """
    for step in ladder(cell):
        if firms.get(step, 0) >= K or is_crowded(step):
            return step
    return ladder(cell)[-1]


def is_crowded(cell: Cell) -> bool:
    """Whether a cell may be shown whoever is registered here."""
    return not cell.district and (not cell.section or cell.state not in SMALL_STATES)
