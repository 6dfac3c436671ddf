"""What accounts refuses."""

from msmebazaar.core.exceptions import N_, InvalidInput, NotAuthenticated, RateLimited, Unavailable


class CodeRefused(InvalidInput):
    """One answer for a wrong, used, expired or unknown code, so that nothing can be learned from it."""

    code = "accounts.code_refused"
    title = N_("Code refused")
    default_detail = N_("This code is wrong or no longer valid. Check it, or ask for a new one.")


class ResendTooSoon(RateLimited):
    code = "accounts.resend_too_soon"
    title = N_("Code sent a moment ago")
    default_detail = N_("A code was sent a moment ago. You can ask for another in %(seconds)s seconds.")


class CodeNotSent(Unavailable):
    code = "accounts.code_not_sent"
    title = N_("Code not sent")
    default_detail = N_("The code could not be sent just now. Try again in a minute.")


class SessionEnded(NotAuthenticated):
    """A refresh token that is unknown, used, expired or of an ended session."""

    code = "accounts.session_ended"
    title = N_("Session ended")
    default_detail = N_("This session has ended. Log in again.")
