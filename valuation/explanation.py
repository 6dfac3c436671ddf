"""What a result means, in two sentences from templates: every number in them comes out of the result."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from msmebazaar.core.types import Money
from valuation.models import Valuation
from valuation.types import ValuationStatus


def explain(valuation: Valuation, pack: dict[str, Any]) -> str:
    if valuation.status == ValuationStatus.PENDING:
        return _("Being calculated; ask again in a second.")
    if valuation.status == ValuationStatus.REFUSED:
        return _("No value could be calculated; see each reason.")
    assert valuation.point_inr is not None and valuation.low80_inr is not None and valuation.high80_inr is not None
    language = get_language() or "en"
    amounts = {"point": valuation.point_inr, "low": valuation.low80_inr, "high": valuation.high80_inr}
    return _(
        "A private sale of the whole business would bring about %(point)s; in four cases of five between %(low)s and "
        "%(high)s. This is an indicative estimate: on %(firms)s Indian SME issues that the model never saw, its band "
        "held %(held)s percent; no record of Indian private sales exists yet, and this is not a registered valuer's report."
    ) % {
        **{name: Money(amount).rounded().short(language) for name, amount in amounts.items()},
        "firms": pack["track_record"]["held_out_firms"],
        "held": pack["track_record"]["inside_band_percent"],
    }
