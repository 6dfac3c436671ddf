"""What valuation refuses at the door; refusals of the engine are results."""

from msmebazaar.core.exceptions import N_, NotFound, Unprocessable


class ValuationNotFound(NotFound):
    code = "valuation.not_found"
    title = N_("Valuation not found")
    default_detail = N_("There is no such valuation.")


class FiguresMissing(Unprocessable):
    code = "valuation.figures_missing"
    title = N_("Figures missing")
    default_detail = N_("Enter the figures of at least one fiscal year first.")
