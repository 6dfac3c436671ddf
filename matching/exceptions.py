"""What matching refuses."""

from msmebazaar.core.exceptions import N_, Conflict, Forbidden, InvalidInput, NotFound, Unprocessable


class MandateNotFound(NotFound):
    code = "matching.mandate_not_found"
    title = N_("Mandate not found")
    default_detail = N_("There is no such mandate.")


class MandateInvalid(InvalidInput):
    code = "matching.mandate_invalid"
    title = N_("Mandate not consistent")
    default_detail = N_("Some wishes contradict each other; see each field.")


class TooManyMandates(Conflict):
    code = "matching.too_many_mandates"
    title = N_("Too many mandates")
    default_detail = N_("An organisation can have %(limit)s mandates. Remove one you no longer need.")


class MatchNotFound(NotFound):
    code = "matching.match_not_found"
    title = N_("Match not found")
    default_detail = N_("There is no such listing for this mandate.")


class IntroductionNotFound(NotFound):
    code = "matching.introduction_not_found"
    title = N_("Introduction not found")
    default_detail = N_("There is no such introduction.")


class IntroductionOpen(Conflict):
    code = "matching.introduction_open"
    title = N_("Already asked")
    default_detail = N_("You have asked for this introduction already. See your introductions.")


class IntroductionNotPossible(Unprocessable):
    code = "matching.introduction_not_possible"
    title = N_("Introduction not possible")
    default_detail = N_("This mandate does not fit what the owner accepts; its explanation says why.")


class MoveNotLegal(Conflict):
    code = "matching.move_not_legal"
    title = N_("Not possible now")
    default_detail = N_("The introduction is “%(now)s”; this cannot be done from there.")


class WrongSide(Forbidden):
    code = "matching.wrong_side"
    title = N_("For the other side to do")
    default_detail = N_("Only the other side of the introduction can do this.")


class AgreementFirst(Conflict):
    code = "matching.agreement_first"
    title = N_("Agreement first")
    default_detail = N_("The seeker has to sign the non-disclosure agreement first.")


class AgreementSigned(Conflict):
    code = "matching.agreement_signed"
    title = N_("Already signed")
    default_detail = N_("The agreement of this introduction has been signed.")


class AgreementChanged(Conflict):
    code = "matching.agreement_changed"
    title = N_("The agreement is another one")
    default_detail = N_("This is not the text to be signed now. Read it again and sign that.")


class LetterNotFound(NotFound):
    code = "matching.letter_not_found"
    title = N_("Letter not found")
    default_detail = N_("There is no such letter of intent.")


class LetterOpen(Conflict):
    code = "matching.letter_open"
    title = N_("A letter is open")
    default_detail = N_("Your last letter of intent has not been answered yet. Withdraw it to send another.")


class LetterAnswered(Conflict):
    code = "matching.letter_answered"
    title = N_("Already answered")
    default_detail = N_("This letter of intent has been answered, withdrawn or has lapsed.")


class EquityLimitReached(Conflict):
    code = "matching.equity_limit_reached"
    title = N_("Limit of investors reached")
    default_detail = N_(
        "Shares may be offered to %(limit)s investors in a financial year (Companies Act 2013, section 42). This would be "
        "one more."
    )


class LoanProductNotFound(NotFound):
    code = "matching.loan_product_not_found"
    title = N_("Loan product not found")
    default_detail = N_("There is no such loan product.")


class LoanProductInvalid(InvalidInput):
    code = "matching.loan_product_invalid"
    title = N_("Loan product not consistent")
    default_detail = N_("Some of the terms contradict each other; see each field.")


class NoLoanAsked(NotFound):
    code = "matching.no_loan_asked"
    title = N_("No loan is asked for")
    default_detail = N_("This listing asks for no loan.")


class MessageNotFound(NotFound):
    code = "matching.message_not_found"
    title = N_("Message not found")
    default_detail = N_("The other side has written no such message.")


class ReportNotFound(NotFound):
    code = "matching.report_not_found"
    title = N_("Report not found")
    default_detail = N_("There is no such report.")


class ReportDecided(Conflict):
    code = "matching.report_decided"
    title = N_("Already decided")
    default_detail = N_("Somebody has decided on this report: “%(now)s”.")
