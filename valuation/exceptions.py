"""What valuation refuses at the door; refusals of the engine are results."""

from msmebazaar.core.exceptions import N_, Conflict, NotFound, Unprocessable


class ValuationNotFound(NotFound):
    code = "valuation.not_found"
    title = N_("Valuation not found")
    default_detail = N_("There is no such valuation.")


class FiguresMissing(Unprocessable):
    code = "valuation.figures_missing"
    title = N_("Figures missing")
    default_detail = N_("Enter the figures of at least one fiscal year first.")


class ValuationNotReady(Conflict):
    code = "valuation.not_ready"
    title = N_("No result yet")
    default_detail = N_("This valuation has no result; it is being calculated or was refused.")


class NotComparable(Unprocessable):
    code = "valuation.not_comparable"
    title = N_("Two businesses")
    default_detail = N_("Only valuations of the same business can be compared.")


class NotPublishable(Unprocessable):
    code = "valuation.not_publishable"
    title = N_("Not to be shown")
    default_detail = N_(
        "Beside a listing only a valuation of its own business with a quality of %(wanted)s or more can be shown."
    )


class ShareLinkNotFound(NotFound):
    code = "valuation.share_not_found"
    title = N_("Link not found")
    default_detail = N_("This link does not exist or has ended. Ask the owner for a new one.")


class OverrideOpen(Conflict):
    code = "valuation.override_open"
    title = N_("Another override waits")
    default_detail = N_("Another override of this valuation waits for its second colleague.")


class OverrideDecided(Conflict):
    code = "valuation.override_decided"
    title = N_("Already decided")
    default_detail = N_("A colleague has decided on this override.")


class SecondPersonNeeded(Conflict):
    code = "valuation.second_person_needed"
    title = N_("A second colleague is needed")
    default_detail = N_("Who proposed an override cannot decide on it.")


class NotSold(Conflict):
    code = "valuation.not_sold"
    title = N_("Not sold")
    default_detail = N_("A closed price can be told once the listing is sold.")
