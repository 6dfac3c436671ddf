"""A valuation as it is told in a chat: the range, why in two sentences, and the report as PDF."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.conf import settings

from accounts import selectors as people
from msmebazaar.core.types import Money
from valuation import selectors as valuations
from valuation import services as appraisals
from valuation.types import ValuationTold
from whatsapp.flow import Bubble, product_language, say

REPORT_DAYS = 7


def valuation_bubbles(*, valuation_id: UUID, language: str, now: datetime) -> list[Bubble]:
    """A completed valuation for whoever asked for it. Each telling makes a link to the report of its own.

    Raises:
        ValuationNotFound: it is not there, or not completed.
    """
    found = valuations.get_told(valuation_id=valuation_id, language=product_language(language))
    told = Bubble(valuation_text(found, language))
    if found.refusal:
        return [told]
    _, token = appraisals.make_share_link(
        actor=people.actor_of(user_id=found.requested_by_id),
        valuation_id=valuation_id,
        label="WhatsApp",
        language=product_language(language),
        days=REPORT_DAYS,
        now=now,
    )
    url = f"{settings.PUBLIC_BASE_URL}/v/{token}/?pdf=1"
    return [told, Bubble(say("value.said.report", language, business=found.business_name), attachment=url)]


def valuation_text(found: ValuationTold, language: str) -> str:
    if found.refusal:
        return say("value.said.refused", language, business=found.business_name, why=found.refusal)

    def told(amount: Decimal | None) -> str:
        assert amount is not None, "a valuation that was not refused has a range"
        return Money(amount).rounded().short(product_language(language))

    low, high = told(found.low80_inr), told(found.high80_inr)
    if found.point_inr is not None:
        point = told(found.point_inr)
        first = say("value.said.ready", language, business=found.business_name, point=point, low=low, high=high)
    else:
        first = say("value.said.range", language, business=found.business_name, low=low, high=high)
    return "\n".join([first, found.reason, say("value.said.indicative", language)])
