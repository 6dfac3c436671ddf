"""What other apps get to see of matching."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _


class MandateKind(models.TextChoices):
    BUYER = "buyer", _("Buyer")
    INVESTOR = "investor", _("Investor")
    LENDER = "lender", _("Lender")
    ADVISOR = "advisor", _("Advisor")


class MandateStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    EXPIRED = "expired", _("Expired")


class Structure(models.TextChoices):
    """How a seeker can pay and take over."""

    ALL_CASH = "all_cash", _("All in cash")
    SELLER_FINANCE = "seller_finance", _("A part paid later")
    EARN_OUT = "earn_out", _("A part by results")
    SHARE_PURCHASE = "share_purchase", _("Purchase of shares")
    ASSET_PURCHASE = "asset_purchase", _("Purchase of assets")


class Condition(models.TextChoices):
    """Wishes that a mandate can make conditions."""

    SECTOR = "sector", _("Industry")
    PLACE = "place", _("Place")
    TICKET = "ticket", _("Ticket")
    REVENUE = "revenue", _("Revenue")
    STAKE = "stake", _("Stake")


class ReportReason(models.TextChoices):
    """What is wrong with a message of the other side."""

    FRAUD = "fraud", _("Asks for money in advance, or looks like fraud")
    ABUSE = "abuse", _("Insults or threatens")
    SPAM = "spam", _("Has nothing to do with the business")
    OTHER = "other", _("Something else")


class ReportState(models.TextChoices):
    OPEN = "open", _("Open")
    UPHELD = "upheld", _("Upheld: the other side was warned")
    DISMISSED = "dismissed", _("Dismissed")


class FeedbackKind(models.TextChoices):
    VIEWED = "viewed", _("Viewed")
    SAVED = "saved", _("Saved")
    UNSAVED = "unsaved", _("No longer saved")
    DECLINED = "declined", _("Declined")
    RESTORED = "restored", _("Taken back")
    CONTACTED = "contacted", _("Contacted")
    ACCEPTED = "accepted", _("Introduced")


class RefusalReason(models.TextChoices):
    """Why a listing was declined; learning moves only what the reason is about."""

    TOO_EXPENSIVE = "too_expensive", _("Too expensive")
    WRONG_SECTOR = "wrong_sector", _("Not my industry")
    WRONG_PLACE = "wrong_place", _("Not my place")
    TOO_SMALL = "too_small", _("Too small")
    TOO_LARGE = "too_large", _("Too large")
    NOT_CONVINCED = "not_convinced", _("Not convincing")
    OTHER = "other", _("Another reason")


class Side(models.TextChoices):
    SEEKER = "seeker", _("Seeker")
    OWNER = "owner", _("Owner")
    CLOCK = "clock", _("The clock")


class IntroductionState(models.TextChoices):
    """Where an introduction stands. The first three are open: one at most for a seeker and a listing."""

    ASKED = "asked", _("Asked")
    APPROVED = "approved", _("Introduced")
    SUSPENDED = "suspended", _("Suspended")
    FROZEN = "frozen", _("Frozen: another offer was accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REVOKED = "revoked", _("Revoked")

    @property
    def is_open(self) -> bool:
        return self in (self.ASKED, self.APPROVED, self.SUSPENDED, self.FROZEN)


class Move(models.TextChoices):
    """What can happen to an introduction."""

    ASK = "ask", _("Ask")
    APPROVE = "approve", _("Approve")
    DECLINE = "decline", _("Decline")
    WITHDRAW = "withdraw", _("Withdraw")
    EXPIRE = "expire", _("Expire")
    SUSPEND = "suspend", _("Suspend")
    RESUME = "resume", _("Resume")
    REVOKE = "revoke", _("Revoke")
    FREEZE = "freeze", _("Freeze")
    RELEASE = "release", _("Release")


S, M = IntroductionState, Move
# Every legal move: by whom, from where, to where. Whatever is not here is refused.
MOVES: dict[Move, tuple[Side, frozenset[str], IntroductionState]] = {
    M.APPROVE: (Side.OWNER, frozenset({S.ASKED}), S.APPROVED),
    M.DECLINE: (Side.OWNER, frozenset({S.ASKED}), S.DECLINED),
    M.WITHDRAW: (Side.SEEKER, frozenset({S.ASKED, S.APPROVED, S.SUSPENDED, S.FROZEN}), S.WITHDRAWN),
    M.EXPIRE: (Side.CLOCK, frozenset({S.ASKED}), S.EXPIRED),
    M.SUSPEND: (Side.OWNER, frozenset({S.APPROVED}), S.SUSPENDED),
    M.RESUME: (Side.OWNER, frozenset({S.SUSPENDED}), S.APPROVED),
    M.REVOKE: (Side.OWNER, frozenset({S.APPROVED, S.SUSPENDED, S.FROZEN}), S.REVOKED),
    M.FREEZE: (Side.CLOCK, frozenset({S.APPROVED}), S.FROZEN),
    M.RELEASE: (Side.CLOCK, frozenset({S.FROZEN}), S.APPROVED),
}


class LetterState(models.TextChoices):
    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("Lapsed")


@dataclass(frozen=True)
class MatchCounts:
    """How many matches an organisation's mandates have, and how many mandates match its listings."""

    for_mandates: int
    for_listings: int


@dataclass(frozen=True)
class WaitingIntroduction:
    """A request that an owner has to answer. `code` is what a chat calls it by: four signs that stay the same."""

    introduction_id: UUID
    code: str
    listing_title: str
    seeker_kind: str
    seeker_tier: int
    ticket_max_about_inr: Decimal | None
    due_at: datetime


def code_of(introduction_id: UUID) -> str:
    """Four signs of an introduction's id, for a person to type; an owner's open requests are told apart by them."""
    return introduction_id.hex[-4:].upper()


@dataclass(frozen=True)
class ReportedShown:
    """A reported message among those around it: (when, side, text as the other side reads it, whether it is the one)."""

    report_id: UUID
    reason: str
    text: str
    at: datetime
    state: str
    listing_title: str
    introduction_id: UUID
    messages: tuple[tuple[datetime, str, str, bool], ...]
