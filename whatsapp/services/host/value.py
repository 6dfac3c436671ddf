"""What an own business is worth."""

from uuid import UUID

from msme import selectors as businesses
from valuation.exceptions import FiguresMissing
from whatsapp.flow import Choice, Outcome
from whatsapp.services.host.business import MOST_LISTED, labelled, value
from whatsapp.services.host.context import ACTIONS, SOURCES, Asked, named


def own_businesses(asked: Asked) -> list[Choice]:
    rows = businesses.list_own_businesses(actor=asked.actor, limit=MOST_LISTED)
    return [Choice(str(row.business_id), *labelled(row.name, row.newest_year)) for row in rows]


SOURCES["businesses"] = own_businesses


@named(ACTIONS)
def request_valuation(asked: Asked) -> Outcome:
    """Without figures they are asked for first."""
    business_id = UUID(asked.answer("pick"))
    try:
        return Outcome(tuple(value(asked, business_id)))
    except FiguresMissing:
        told = asked.bubble("value.said.figures_missing")
        return Outcome((told,), goto="flow:onboard.revenue", answers={"business_id": str(business_id)})
