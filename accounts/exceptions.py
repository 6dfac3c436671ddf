"""What accounts refuses."""

from msmebazaar.core.exceptions import (
    N_,
    Conflict,
    Forbidden,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    RateLimited,
    Unavailable,
)


class CodeWrong(InvalidInput):
    code = "accounts.code_wrong"
    title = N_("Wrong code")
    default_detail = N_("This code is not right. Tries left: %(left)s.")


class CodeExpired(InvalidInput):
    code = "accounts.code_expired"
    title = N_("Code expired")
    default_detail = N_("This code is more than 5 minutes old. Ask for a new one.")


class CodeUsed(InvalidInput):
    code = "accounts.code_used"
    title = N_("Code already used")
    default_detail = N_("This code was used already. Ask for a new one.")


class TooManyTries(InvalidInput):
    code = "accounts.too_many_tries"
    title = N_("Too many tries")
    default_detail = N_("There were too many wrong tries. Ask for a new code.")


class ChallengeUnknown(InvalidInput):
    code = "accounts.challenge_unknown"
    title = N_("Unknown challenge")
    default_detail = N_("We do not know this challenge. Ask for a new code.")


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


class LoginLinkDead(NotAuthenticated):
    """A log-in link that is unknown, used or expired."""

    code = "accounts.login_link_dead"
    title = N_("Link not valid")
    default_detail = N_("This link has been used or is more than 30 minutes old. Ask for a new one on WhatsApp.")


class SessionNotFound(NotFound):
    code = "accounts.session_not_found"
    default_detail = N_("You have no such session.")


class IdentityNotFound(NotFound):
    code = "accounts.identity_not_found"
    default_detail = N_("You have no such address.")


class NoPhone(Conflict):
    code = "accounts.no_phone"
    title = N_("No proven phone")
    default_detail = N_("A signature needs a phone of your own. Add one and prove it by a code first.")


class LastIdentity(Conflict):
    code = "accounts.last_identity"
    title = N_("Last address")
    default_detail = N_("This is the only phone you can log in with. Add another one first.")


class CannotMerge(Conflict):
    code = "accounts.cannot_merge"
    title = N_("Address in use")
    default_detail = N_("This address belongs to an account that cannot be joined with yours. Write to our staff.")


class ColleagueNotFound(NotFound):
    code = "accounts.colleague_not_found"
    default_detail = N_("There is no such colleague.")


class ColleagueKnown(Conflict):
    code = "accounts.colleague_known"
    title = N_("Name taken")
    default_detail = N_("A colleague with this user name exists already.")


class NotAPerson(NotFound):
    code = "accounts.not_a_person"
    default_detail = N_("There is no such person, or they are gone.")


class ProposalNotFound(NotFound):
    code = "accounts.proposal_not_found"
    default_detail = N_("There is no such proposal.")


class ProposalOpen(Conflict):
    code = "accounts.proposal_open"
    title = N_("Already proposed")
    default_detail = N_("The same is proposed already and waits for a second colleague.")


class ProposalClosed(Conflict):
    code = "accounts.proposal_closed"
    title = N_("Already decided")
    default_detail = N_("This proposal has been decided or withdrawn.")


class SameColleague(Forbidden):
    code = "accounts.same_colleague"
    title = N_("A second colleague is needed")
    default_detail = N_("Whoever proposed something cannot approve it. Ask a colleague.")


class MergeGone(Conflict):
    code = "accounts.merge_gone"
    title = N_("Cannot be taken back")
    default_detail = N_("This merge was taken back already, or one of the two is gone.")


class LookingOnly(Forbidden):
    """A colleague sees with somebody's eyes."""

    code = "accounts.looking_only"
    title = N_("Reading only")
    default_detail = N_("You look with this person's eyes. Nothing can be changed or revealed that way.")


class OrganisationNotFound(NotFound):
    code = "accounts.organisation_not_found"
    default_detail = N_("There is no such organisation.")


class MemberNotFound(NotFound):
    code = "accounts.member_not_found"
    default_detail = N_("The organisation has no such member.")


class LastAdmin(Conflict):
    code = "accounts.last_admin"
    title = N_("Last administrator")
    default_detail = N_("An organisation needs an administrator. Make somebody else one first.")


class RoleMissing(Forbidden):
    code = "accounts.role_missing"
    title = N_("Role missing")
    default_detail = N_("Your organisation does not have the role “%(role)s”. Its administrator can add it.")


class InvitationNotFound(NotFound):
    code = "accounts.invitation_not_found"
    default_detail = N_("There is no such invitation.")


class InvitationClosed(Conflict):
    code = "accounts.invitation_closed"
    title = N_("Invitation closed")
    default_detail = N_("This invitation was answered, withdrawn or has expired.")


class InvitationKnown(Conflict):
    code = "accounts.invitation_known"
    title = N_("Already invited")
    default_detail = N_("This address has an open invitation already.")


class AdvisorMandateNotFound(NotFound):
    code = "accounts.advisor_mandate_not_found"
    default_detail = N_("There is no such advisor mandate.")


class AdvisorMandateClosed(Conflict):
    code = "accounts.advisor_mandate_closed"
    title = N_("Advisor mandate closed")
    default_detail = N_("This advisor mandate was answered or ended already.")


class VerificationRequestNotFound(NotFound):
    code = "accounts.verification_request_not_found"
    default_detail = N_("There is no such verification request.")


class VerificationRequestKnown(Conflict):
    code = "accounts.verification_request_known"
    title = N_("Already asked")
    default_detail = N_("We are looking at such a request already.")


class NoticeUnknown(InvalidInput):
    code = "accounts.notice_unknown"
    title = N_("Notice not current")
    default_detail = N_("Consent is given to the current notice. Read it again; its version has changed.")


class DataRequestNotFound(NotFound):
    code = "accounts.data_request_not_found"
    default_detail = N_("There is no such request.")


class DataRequestClosed(Conflict):
    code = "accounts.data_request_closed"
    title = N_("Request closed")
    default_detail = N_("This request was answered already.")


class ExportNotFound(NotFound):
    code = "accounts.export_not_found"
    default_detail = N_("There is no such export.")


class NomineeNotFound(NotFound):
    code = "accounts.nominee_not_found"
    default_detail = N_("You have named nobody.")


class NotificationNotFound(NotFound):
    code = "accounts.notification_not_found"
    default_detail = N_("There is no such notification.")


class StreamElsewhere(Unavailable):
    """The live stream was asked of a process that answers one request at a time."""

    code = "accounts.stream_elsewhere"
    title = N_("Stream not served here")
    default_detail = N_("The live stream is served by its own process; this address reached another one.")
