"""What valuation tells the person who asked."""

from accounts.kinds import Kind, register
from msmebazaar.core.exceptions import N_

register(
    Kind(
        "valuation.ready",
        N_("Your valuation is ready"),
        N_("We have calculated what your business is worth. Open it to see the range and the reasons."),
    ),
    Kind(
        "valuation.refused",
        N_("No valuation possible"),
        N_("With the figures we have, no honest value can be given. Open it to see what is missing."),
    ),
    Kind(
        "valuation.overridden",
        N_("Our judgement on your valuation"),
        N_("Two colleagues looked at your valuation and judged it otherwise. Open it to see the value and the reason."),
    ),
)
