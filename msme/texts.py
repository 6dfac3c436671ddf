"""Sentences for owners that have no better place."""

from msme.types import ReviewReason
from msmebazaar.core.exceptions import N_

REVIEW_SENTENCES = {
    ReviewReason.NAME_SHOWN: N_("The title or the text tells who you are. Take names, numbers and addresses out."),
    ReviewReason.FIGURES_UNCLEAR: N_(
        "The figures do not fit together. Check revenue, profit and assets, and their unit."
    ),
    ReviewReason.TEXT_UNCLEAR: N_(
        "The text does not say clearly what is offered. Tell what the business does and what is for sale."
    ),
    ReviewReason.NOT_PERMITTED: N_("This cannot be listed here. Write to us if you think that is a mistake."),
}
