"""What msme tells owners."""

from accounts.kinds import Kind, register
from msmebazaar.core.exceptions import N_

register(
    Kind(
        "msme.listing_live",
        N_("Your listing is live"),
        N_("“%(title)s” was approved. Buyers can see it now; nobody sees who you are."),
    ),
    Kind(
        "msme.changes_asked",
        N_("Changes to your listing"),
        N_("We looked at “%(title)s” and ask for a change. Open it to read why."),
    ),
)
