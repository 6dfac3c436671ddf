"""Kinds of notifications. An app registers its own when it is ready; texts are message ids, made in the reader's language."""

from dataclasses import dataclass

from accounts.types import NotificationChannel, Purpose
from msmebazaar.core.exceptions import N_


@dataclass(frozen=True)
class Kind:
    """A kind of notification.

    Attributes:
        purpose: the consent it needs; None for what protects the person or answers their own request.
        channels: those it goes through unless the person chose others.
        is_urgent: sent in quiet hours and beyond the daily cap.
    """

    name: str
    title: str
    body: str
    purpose: Purpose | None = Purpose.SERVICE
    channels: tuple[NotificationChannel, ...] = (NotificationChannel.WHATSAPP, NotificationChannel.EMAIL)
    is_urgent: bool = False


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    for kind in kinds:
        _kinds[kind.name] = kind


def kind(name: str) -> Kind:
    return _kinds[name]


def all_kinds() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda kind: kind.name)


EVERY_CHANNEL = (NotificationChannel.WHATSAPP, NotificationChannel.EMAIL, NotificationChannel.SMS)

register(
    Kind(
        "accounts.session_ended_by_reuse",
        N_("A session was ended"),
        N_(
            "Somebody used an old key of one of your sessions. We ended that session. If it was not you, log out everywhere."
        ),
        purpose=None,
        channels=EVERY_CHANNEL,
        is_urgent=True,
    ),
    Kind(
        "accounts.contacts_merged",
        N_("Two accounts are one now"),
        N_("The account that had this address was joined with yours. Its businesses and history are here."),
        purpose=None,
        channels=(),
    ),
    Kind(
        "accounts.invited",
        N_("You are invited"),
        N_("You are invited to the organisation “%(organisation)s”. Answer under Invitations."),
    ),
    Kind(
        "accounts.advisor_mandate_proposed",
        N_("An advisor asks to act for you"),
        N_("“%(organisation)s” asks for a mandate to act for your business. Look at it before you accept."),
    ),
    Kind(
        "accounts.advisor_mandate_answered",
        N_("Answer to your advisor mandate"),
        N_("The owner has answered the mandate you proposed."),
    ),
    Kind(
        "accounts.advisor_mandate_ended",
        N_("An advisor mandate ended"),
        N_("The mandate between an advisor and an owner was ended. The advisor has no access any more."),
        purpose=None,
        channels=(NotificationChannel.EMAIL,),
    ),
    Kind(
        "accounts.badge_granted",
        N_("Verified"),
        N_("Your organisation has the badge T%(tier)s until %(until)s."),
    ),
    Kind(
        "accounts.badge_expired",
        N_("A badge has expired"),
        N_("The badge T%(tier)s of your organisation has expired. Ask for a new review."),
    ),
    Kind(
        "accounts.verification_rejected",
        N_("Verification not granted"),
        N_("We could not grant the badge T%(tier)s. Reason: %(reason)s"),
    ),
    Kind(
        "accounts.export_ready",
        N_("Your data is ready"),
        N_("The copy of your data can be downloaded for %(days)s days."),
        purpose=None,
        channels=(NotificationChannel.EMAIL,),
    ),
    Kind(
        "accounts.data_request_answered",
        N_("Your request was answered"),
        N_("We have answered your request about your data."),
        purpose=None,
        channels=(NotificationChannel.EMAIL,),
    ),
)
