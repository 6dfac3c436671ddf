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
        "msme.still_available",
        N_("Is it still available?"),
        N_("“%(title)s” has been on the market for a month. Confirm that it is still offered, or we will pause it."),
    ),
    Kind(
        "msme.left_market",
        N_("Your listing left the market"),
        N_("“%(title)s” was taken off because we heard nothing from you. You can bring it back."),
    ),
    Kind(
        "msme.document_refused",
        N_("A file was not taken"),
        N_("A file you sent could not be taken. Open your documents to read why, and send it again."),
    ),
    Kind(
        "msme.paper_rejected",
        N_("A paper was not accepted"),
        N_(
            "We looked at a paper of yours and could not accept it. Open your documents to read why, and send it again."
        ),
    ),
    Kind(
        "msme.review_taken_back",
        N_("We look at your listing again"),
        N_("Our decision on “%(title)s” was taken back; it waits for review again. You need not do anything."),
    ),
    Kind(
        "msme.new_listings",
        N_("New listings for you"),
        N_("%(count)s new for your search “%(name)s”. Open the search to see them, or to stop these messages."),
    ),
    Kind(
        "msme.changes_asked",
        N_("Changes to your listing"),
        N_("We looked at “%(title)s” and ask for a change. Open it to read why."),
    ),
)
