"""Engine 2: three approaches, reconciled, with a calibrated range. Read `evaluate` first; each method is a module."""

from decimal import localcontext
from typing import Any

from valuation.engine.pack import Pack
from valuation.engine.v2.arithmetic import CONTEXT
from valuation.engine.v2.evaluate import value_case
from valuation.engine.v2.inputs import case_of
from valuation.engine.v2.output import output_of

VERSION = "2.0.0"

__all__ = ["VERSION", "run"]


def run(content: dict[str, Any], pack: Pack) -> dict[str, Any]:
    """Canonical input to canonical output."""
    with localcontext(CONTEXT):
        case = case_of(content)
        return output_of(case, value_case(case, pack), pack)
