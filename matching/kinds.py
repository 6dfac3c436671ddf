"""What matching tells people."""

from accounts.kinds import Kind, register
from msmebazaar.core.exceptions import N_

register(
    Kind(
        "matching.new_matches",
        N_("New matches for you"),
        N_("%(count)s new for your mandate “%(name)s”. Open it to see them, or to stop these messages."),
    ),
    Kind(
        "matching.introduction_asked",
        N_("Somebody wants to meet you"),
        N_(
            "A seeker asks to be introduced because of “%(title)s”. They do not know who you are. On WhatsApp reply "
            "APPROVE %(code)s or DECLINE %(code)s within 72 hours; reply 3 to read who asks."
        ),
    ),
    Kind(
        "matching.introduction_waits",
        N_("A request waits for you"),
        N_(
            "The request because of “%(title)s” has not been answered. On WhatsApp reply APPROVE %(code)s or DECLINE %(code)s; "
            "it expires 72 hours after it was made."
        ),
    ),
    Kind(
        "matching.introduction_approved",
        N_("You are introduced"),
        N_("The owner of “%(title)s” has agreed. Sign the non-disclosure agreement to see who they are."),
    ),
    Kind(
        "matching.introduction_declined",
        N_("The owner has declined"),
        N_("The owner of “%(title)s” has declined an introduction. Your other requests are not affected."),
    ),
    Kind(
        "matching.introduction_expired",
        N_("A request has expired"),
        N_("The owner of “%(title)s” did not answer within 72 hours. You can ask again."),
    ),
    Kind(
        "matching.introduction_withdrawn",
        N_("A seeker has withdrawn"),
        N_("The seeker who was interested in “%(title)s” has withdrawn."),
    ),
    Kind(
        "matching.introduction_suspended",
        N_("Access is suspended"),
        N_("The owner of “%(title)s” has suspended your access for now."),
    ),
    Kind(
        "matching.introduction_resumed",
        N_("Access is open again"),
        N_("You can see “%(title)s” as closely as before."),
    ),
    Kind(
        "matching.introduction_revoked",
        N_("Access was ended"),
        N_("The owner of “%(title)s” has ended your access. What you signed still binds you."),
    ),
    Kind(
        "matching.introduction_frozen",
        N_("Another offer was accepted"),
        N_("The owner of “%(title)s” has accepted another offer. Your access is frozen until that is settled."),
    ),
    Kind(
        "matching.nda_signed",
        N_("The agreement is signed"),
        N_(
            "The seeker for “%(title)s” has signed the non-disclosure agreement and sees who you are. The data room is "
            "yours to open."
        ),
    ),
    Kind(
        "matching.room_opened",
        N_("The data room is open"),
        N_("The owner of “%(title)s” has opened the data room to you."),
    ),
    Kind(
        "matching.message",
        N_("A message for you"),
        N_("You have a message about “%(title)s”. Never pay a token or an advance before a contract."),
    ),
    Kind(
        "matching.message_warned",
        N_("About one of your messages"),
        N_(
            "A message of yours about “%(title)s” was reported, and our staff agree. Ask for no money in advance and stay "
            "polite, or we have to close your account."
        ),
        purpose=None,
    ),
    Kind(
        "matching.report_answered",
        N_("We looked at your report"),
        N_("We have looked at the message about “%(title)s” that you reported. Thank you for telling us."),
        purpose=None,
        channels=(),
    ),
    Kind(
        "matching.letter_sent",
        N_("An offer for your business"),
        N_("You have a letter of intent for “%(title)s”. Open it to accept or decline."),
    ),
    Kind(
        "matching.letter_accepted",
        N_("Your offer was accepted"),
        N_("The owner of “%(title)s” has accepted your letter of intent. Nobody else sees more for now."),
    ),
    Kind(
        "matching.letter_declined",
        N_("Your offer was declined"),
        N_("The owner of “%(title)s” has declined your letter of intent."),
    ),
    Kind(
        "matching.letter_withdrawn",
        N_("An offer was withdrawn"),
        N_("The letter of intent for “%(title)s” was withdrawn by its sender."),
    ),
)
