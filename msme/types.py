"""What other apps get to see of businesses and listings, and the table of a listing's legal moves."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _


class Constitution(models.TextChoices):
    PROPRIETORSHIP = "proprietorship", _("Proprietorship")
    PARTNERSHIP = "partnership", _("Partnership")
    LLP = "llp", _("LLP")
    PRIVATE_LIMITED = "private_limited", _("Private limited company")
    PUBLIC_LIMITED = "public_limited", _("Public limited company")
    ONE_PERSON_COMPANY = "one_person_company", _("One person company")
    TRUST = "trust", _("Trust")
    SOCIETY = "society", _("Society")


# Which 4th letters of a PAN each constitution may have (PRODUCT c.4). A HUF may run a proprietorship.
PAN_HOLDERS_OF: dict[str, str] = {
    Constitution.PROPRIETORSHIP: "PH",
    Constitution.PARTNERSHIP: "F",
    Constitution.LLP: "F",
    Constitution.PRIVATE_LIMITED: "C",
    Constitution.PUBLIC_LIMITED: "C",
    Constitution.ONE_PERSON_COMPANY: "C",
    Constitution.TRUST: "T",
    Constitution.SOCIETY: "AT",
}


class FigureSource(models.TextChoices):
    """Where figures come from, best first."""

    AUDITED = "audited", _("Audited accounts")
    FILED = "filed", _("Filed with the tax office")
    PROVISIONAL = "provisional", _("Provisional accounts")
    SELF_DECLARED = "self_declared", _("Owner's own figures")


class MsmeClass(models.TextChoices):
    MICRO = "micro", _("Micro")
    SMALL = "small", _("Small")
    MEDIUM = "medium", _("Medium")


class Intent(models.TextChoices):
    FULL_SALE = "full_sale", _("Full sale")
    STAKE_SALE = "stake_sale", _("Sale of a stake")
    ASSET_SALE = "asset_sale", _("Sale of assets")
    EQUITY_INVESTMENT = "equity_investment", _("Equity investment")
    LOAN = "loan", _("Loan")


class ListingStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    CHANGES_ASKED = "changes_asked", _("Changes asked")
    APPROVED = "approved", _("Approved")
    LIVE = "live", _("Live")
    PAUSED = "paused", _("Paused")
    UNDER_OFFER = "under_offer", _("Under offer")
    SOLD = "sold", _("Sold")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


S = ListingStatus
LEGAL_MOVES: dict[str, frozenset[str]] = {
    S.DRAFT: frozenset({S.SUBMITTED, S.WITHDRAWN}),
    S.SUBMITTED: frozenset({S.CHANGES_ASKED, S.APPROVED, S.WITHDRAWN}),
    S.CHANGES_ASKED: frozenset({S.SUBMITTED, S.WITHDRAWN}),
    S.APPROVED: frozenset({S.LIVE, S.WITHDRAWN}),
    S.LIVE: frozenset({S.PAUSED, S.UNDER_OFFER, S.SOLD, S.WITHDRAWN, S.EXPIRED}),
    S.PAUSED: frozenset({S.LIVE, S.WITHDRAWN, S.EXPIRED}),
    S.UNDER_OFFER: frozenset({S.LIVE, S.SOLD, S.WITHDRAWN}),
    S.SOLD: frozenset(),
    S.WITHDRAWN: frozenset(),
    S.EXPIRED: frozenset({S.SUBMITTED}),
}


class StatusReason(models.TextChoices):
    """Why a listing left the market, where it was not simply the owner's wish."""

    SILENT = "silent", _("No answer to “still available?”")
    TOO_LONG_PAUSED = "too_long_paused", _("Paused for too long")


VERSIONED = ("intent", "title", "summary", "ask_inr", "stake_pct")
EDITABLE = frozenset({S.DRAFT, S.CHANGES_ASKED})


class ReviewReason(models.TextChoices):
    """Why staff ask for changes; the owner reads the sentence in their language (`msme.texts`)."""

    NAME_SHOWN = "name_shown", _("The text tells who the business is")
    FIGURES_UNCLEAR = "figures_unclear", _("The figures do not fit together")
    TEXT_UNCLEAR = "text_unclear", _("The text does not say what is offered")
    NOT_PERMITTED = "not_permitted", _("This may not be listed here")


@dataclass(frozen=True)
class YearOfFigures:
    """One fiscal year of a business, in rupees."""

    fiscal_year: str
    months: int
    source: str
    revenue_inr: Decimal
    pat_inr: Decimal
    net_worth_inr: Decimal
    total_assets_inr: Decimal
    debt_inr: Decimal


@dataclass(frozen=True)
class BusinessFacts:
    """What a valuation needs to know. `figures` newest first."""

    business_id: UUID
    organisation_id: UUID
    nic_code: str
    state: str
    constitution: str
    figures: tuple[YearOfFigures, ...]


@dataclass(frozen=True)
class ListingFacts:
    """What matching needs to know of a live listing; nothing here tells who the owner is.

    `state` is ISO letters, amounts are rupees, `version` grows with every change.
    """

    listing_id: UUID
    organisation_id: UUID
    version: int
    intent: str
    nic_code: str
    state: str
    ask_inr: Decimal
    revenue_inr: Decimal | None
    title: str
    summary: str
    published_at: datetime | None


@dataclass(frozen=True)
class ReviewItem:
    """A listing that waits for staff, with what they need to decide."""

    listing_id: UUID
    title: str
    summary: str
    intent: str
    ask_inr: Decimal
    business_name: str
    nic_code: str
    state: str
    submitted_at: datetime | None
    figures: tuple[YearOfFigures, ...]


@dataclass(frozen=True)
class PricePoint:
    """The price asked from a moment on, rupees."""

    at: datetime
    ask_inr: Decimal


@dataclass(frozen=True)
class VersionChange:
    """One field that differs between two published versions, as text."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class MsmeStanding:
    """An enterprise's class on a day and what it was found from; amounts in rupees, of all businesses on the PAN together.

    `msme_class` None: larger than medium, or no figures. `is_complete` False: the investment of some business is not known,
    so the class goes by turnover and may be higher.
    """

    msme_class: str | None
    on: date
    fiscal_year: str | None
    turnover_inr: Decimal
    investment_inr: Decimal
    is_complete: bool
    source: str
