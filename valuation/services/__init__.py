"""What valuation does: making results, showing them, judging them, learning from deals."""

from valuation.services.learning import record_ask, record_closed_price, record_offer
from valuation.services.making import complete_valuation, request_valuation
from valuation.services.narrating import request_narrative, write_narrative
from valuation.services.oversight import (
    approve_override,
    look_at_oddity,
    propose_override,
    record_sign_off,
    reject_override,
    reopen_oddity,
    rerun,
)
from valuation.services.revaluation import begin_revaluation, continue_revaluation
from valuation.services.showing import (
    hide_from_listing,
    make_share_link,
    open_share_link,
    revoke_share_link,
    show_on_listing,
)

__all__ = [
    "approve_override",
    "begin_revaluation",
    "complete_valuation",
    "continue_revaluation",
    "hide_from_listing",
    "look_at_oddity",
    "make_share_link",
    "open_share_link",
    "propose_override",
    "record_ask",
    "record_closed_price",
    "record_offer",
    "record_sign_off",
    "reject_override",
    "reopen_oddity",
    "request_narrative",
    "request_valuation",
    "rerun",
    "revoke_share_link",
    "show_on_listing",
    "write_narrative",
]
