"""Tables of matching, by what they are about."""

from matching.models.introductions import (
    Introduction,
    IntroductionMove,
    Letter,
    Message,
    MessageReport,
    NdaSignature,
    NdaText,
)
from matching.models.lanes import EquityApproach, LoanComparison, LoanProduct
from matching.models.mandates import Mandate
from matching.models.matches import (
    Acceptance,
    Feedback,
    ListingProfile,
    ListingVector,
    MarketSnapshot,
    Match,
    RankerVersion,
    TextVector,
)

__all__ = [
    "Acceptance",
    "EquityApproach",
    "Feedback",
    "Introduction",
    "IntroductionMove",
    "Letter",
    "ListingProfile",
    "ListingVector",
    "LoanComparison",
    "LoanProduct",
    "Mandate",
    "MarketSnapshot",
    "Match",
    "Message",
    "MessageReport",
    "NdaSignature",
    "NdaText",
    "RankerVersion",
    "TextVector",
]
