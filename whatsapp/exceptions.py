"""What whatsapp refuses."""

from msmebazaar.core.exceptions import N_, Forbidden


class SignatureRefused(Forbidden):
    code = "whatsapp.signature_refused"
    title = N_("Signature refused")
    default_detail = N_("This webhook was not signed by the message vendor.")
