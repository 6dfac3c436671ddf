"""What other apps get to see of a valuation."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _


class ValuationStatus(models.TextChoices):
    PENDING = "pending", _("Being calculated")
    READY = "ready", _("Ready")
    REFUSED = "refused", _("No value possible")


class ValuationPurpose(models.TextChoices):
    SALE = "sale", _("Sale of the business")
    STAKE = "stake", _("Sale of a stake, or an investor")
    LOAN = "loan", _("Loan")
    SUCCESSION = "succession", _("Succession in the family")
    INFORMATION = "information", _("To know where one stands")


class Shown(models.TextChoices):
    """What of a valuation others see beside a listing, with the owner's consent."""

    BAND = "band", _("The range")
    POINT = "point", _("The value and the range")


class OddReason(models.TextChoices):
    """Why a valuation is looked at by a colleague."""

    JUMP = "jump", _("Far from the value before: more than double, or less than half")
    REVENUE_MULTIPLE = "revenue_multiple", _("Over five times, or under a twentieth of, the year's revenue")
    WIDE = "wide", _("The upper end of the range is over eight times the lower")
    NOTHING = "nothing", _("The value is nothing although there is profit")


class OverrideState(models.TextChoices):
    PROPOSED = "proposed", _("Waits for a second colleague")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


class RunState(models.TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")


class PriceKind(models.TextChoices):
    """What was observed of a deal; kept to calibrate the engine on our own market."""

    ASK = "ask", _("Asking price")
    OFFER = "offer", _("Offer")
    CLOSED = "closed", _("Closed price")


class NarrativeSource(models.TextChoices):
    TEMPLATE = "template", _("From our templates")
    MODEL = "model", _("Written by a language model, its numbers checked")


@dataclass(frozen=True)
class ValuationSummary:
    """The latest result of an organisation's business: amounts in rupees, None where there is none."""

    valuation_id: UUID
    business_id: UUID
    status: str
    point_inr: Decimal | None
    low80_inr: Decimal | None
    high80_inr: Decimal | None
    completed_at: datetime | None


@dataclass(frozen=True)
class ValuationTold:
    """A completed valuation in a few words for a chat: amounts in rupees, `reason` one or two sentences, `refusal` why there is
    no value, "" where there is one."""

    valuation_id: UUID
    requested_by_id: UUID
    business_name: str
    point_inr: Decimal | None
    low80_inr: Decimal | None
    high80_inr: Decimal | None
    reason: str
    refusal: str


@dataclass(frozen=True)
class OverrideItem:
    """A proposed or decided override, for staff."""

    override_id: UUID
    state: str
    point_inr: Decimal
    low80_inr: Decimal
    high80_inr: Decimal
    reason: str
    proposed_by_id: UUID
    created_at: datetime

    @property
    def is_open(self) -> bool:
        return self.state == OverrideState.PROPOSED


@dataclass(frozen=True)
class OddityItem:
    """Why a value is looked at, in words, and what a colleague made of it."""

    oddity_id: UUID
    reasons: tuple[str, ...]
    note: str
    is_open: bool


@dataclass(frozen=True)
class RunItem:
    """Another valuation of the same business, to compare with."""

    valuation_id: UUID
    completed_at: datetime | None
    engine_version: str
    pack_id: str
    point_inr: Decimal | None


@dataclass(frozen=True)
class RunsCompared:
    """Two valuations side by side: what the engine was given and found, where it differs; amounts as the engine writes them."""

    first: "DeskItem"
    second: "DeskItem"
    differences: tuple[tuple[str, str, str], ...]

    @property
    def sides(self) -> tuple["DeskItem", "DeskItem"]:
        return self.first, self.second


@dataclass(frozen=True)
class DeskItem:
    """A valuation as staff see it: the value, why, and what colleagues made of it."""

    valuation_id: UUID
    business_name: str
    status: str
    point_inr: Decimal | None
    low80_inr: Decimal | None
    high80_inr: Decimal | None
    quality: int | None
    paragraphs: tuple[str, ...]
    warnings: tuple[str, ...]
    refusals: tuple[str, ...]
    methods: tuple[tuple[str, str, str], ...]
    engine_version: str
    pack_id: str
    completed_at: datetime | None
    overrides: tuple[OverrideItem, ...]
    sign_offs: tuple[tuple[str, str], ...]
    oddity: "OddityItem | None"
    runs: tuple["RunItem", ...]
