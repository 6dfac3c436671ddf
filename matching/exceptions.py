"""What matching refuses."""

from msmebazaar.core.exceptions import N_, InvalidInput, NotFound


class MandateNotFound(NotFound):
    code = "matching.mandate_not_found"
    title = N_("Mandate not found")
    default_detail = N_("There is no such mandate.")


class MandateInvalid(InvalidInput):
    code = "matching.mandate_invalid"
    title = N_("Mandate not consistent")
    default_detail = N_("Some wishes contradict each other; see each field.")
