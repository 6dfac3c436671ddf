"""What other apps get to see of businesses and listings, and the table of a listing's legal moves."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from msmebazaar.core.types.money import CRORE, LAKH


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


# What every year has, and what it may have besides, in rupees.
TOTALS = (
    "revenue_inr",
    "pat_inr",
    "net_worth_inr",
    "total_assets_inr",
    "debt_inr",
    "exports_inr",
    "plant_machinery_inr",
)
# Lines of a year's accounts, rupees. A statement without them has totals only.
COSTS = ("cogs_inr", "employee_cost_inr", "rent_inr", "other_opex_inr")
BELOW_EBITDA = ("depreciation_inr", "interest_inr", "tax_inr")
PROFIT_AND_LOSS = (*COSTS, *BELOW_EBITDA, "owner_remuneration_inr", "other_income_inr", "exceptional_inr")
ASSETS = (
    "cash_inr",
    "surplus_investments_inr",
    "receivables_inr",
    "old_receivables_inr",
    "inventory_inr",
    "other_current_assets_inr",
    "plant_machinery_inr",
    "land_building_inr",
    "intangibles_inr",
    "other_assets_inr",
)
LIABILITIES = ("payables_inr", "other_liabilities_inr")
BALANCE_SHEET = (*ASSETS, *LIABILITIES, "contingent_inr")


LINES = tuple(line for line in (*PROFIT_AND_LOSS, *BALANCE_SHEET) if line not in TOTALS)
# Amounts that may be negative: a loss, negative net worth, an exceptional loss, a tax refund.
SIGNED = ("pat_inr", "net_worth_inr", "exceptional_inr", "tax_inr")


class AddBackKind(models.TextChoices):
    """Why adjusted EBITDA differs from what the books say."""

    OWNER_PAY = "owner_pay", _("Owner's pay, as booked")
    MARKET_SALARY = "market_salary", _("Market salary of one who replaces an owner")
    ONE_OFF_COST = "one_off_cost", _("One-off cost")
    ONE_OFF_GAIN = "one_off_gain", _("One-off gain")
    PERSONAL_EXPENSE = "personal_expense", _("Personal expense in the books")
    UNPAID_FAMILY = "unpaid_family", _("Unpaid work of the family, at market pay")
    RELATED_RENT = "related_rent", _("Rent to related parties, against market rent")


# The sign an add-back has in adjusted EBITDA; 0: either.
ADD_BACK_SIGNS: dict[str, int] = {
    AddBackKind.OWNER_PAY: 1,
    AddBackKind.MARKET_SALARY: -1,
    AddBackKind.ONE_OFF_COST: 1,
    AddBackKind.ONE_OFF_GAIN: -1,
    AddBackKind.PERSONAL_EXPENSE: 1,
    AddBackKind.UNPAID_FAMILY: -1,
    AddBackKind.RELATED_RENT: 0,
}


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


class SaleReason(models.TextChoices):
    RETIREMENT = "retirement", _("Retirement")
    HEALTH = "health", _("Health")
    RELOCATION = "relocation", _("Moving away")
    OTHER_VENTURE = "other_venture", _("Another venture")
    NO_SUCCESSOR = "no_successor", _("No successor")
    DEBT = "debt", _("To repay debt")
    GROWTH = "growth", _("Needs a stronger owner to grow")
    OTHER = "other", _("Other")


class Collateral(models.TextChoices):
    PROPERTY = "property", _("Land or building")
    MACHINERY = "machinery", _("Machinery")
    STOCK = "stock", _("Stock and receivables")
    GUARANTEE = "guarantee", _("Personal guarantee")
    NONE = "none", _("No security")


# Which terms each intent needs when it is submitted, and which it may have besides. Any other is refused.
TERMS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    Intent.FULL_SALE: (
        frozenset({"reason"}),
        frozenset({"handover_months", "seller_finance_pct", "includes_property"}),
    ),
    Intent.STAKE_SALE: (frozenset({"stake_pct", "reason"}), frozenset({"handover_months", "seller_finance_pct"})),
    Intent.ASSET_SALE: (frozenset({"assets", "reason"}), frozenset({"includes_property"})),
    Intent.EQUITY_INVESTMENT: (frozenset({"stake_pct", "use_of_funds"}), frozenset()),
    Intent.LOAN: (frozenset({"use_of_funds", "tenor_months", "collateral"}), frozenset()),
}
TERM_NAMES: dict[str, Promise | str] = {
    "stake_pct": _("Percent offered"),
    "reason": _("Why it is offered"),
    "handover_months": _("Months of hand-over"),
    "seller_finance_pct": _("Percent the buyer may pay later"),
    "includes_property": _("Property included"),
    "assets": _("What is for sale"),
    "use_of_funds": _("What the money is for"),
    "tenor_months": _("Months until it is paid back"),
    "collateral": _("Security"),
}
ALL_TERMS = frozenset().union(*(needed | allowed for needed, allowed in TERMS.values()))
VERSIONED = ("intent", "title", "summary", "ask_inr", *sorted(ALL_TERMS))
EDITABLE = frozenset({S.DRAFT, S.CHANGES_ASKED})


class Level(models.TextChoices):
    """How close somebody is to a listing; each sees what those before see, and more (`msme.visibility`)."""

    PUBLIC = "public", _("Everybody")
    MEMBER = "member", _("Members")
    NDA = "nda", _("After the NDA")
    DATA_ROOM = "data_room", _("In the data room")

    @property
    def rank(self) -> int:
        return list(Level).index(self)


class DocumentKind(models.TextChoices):
    ACCOUNTS = "accounts", _("Annual accounts")
    TAX_RETURN = "tax_return", _("Income tax return")
    GST_RETURN = "gst_return", _("GST return")
    BANK_STATEMENT = "bank_statement", _("Bank statement")
    REGISTRATION = "registration", _("Registration certificate")
    LICENCE = "licence", _("Licence or approval")
    LEASE = "lease", _("Lease or title")
    CONTRACT = "contract", _("Contract")
    PHOTO = "photo", _("Photograph")
    OTHER = "other", _("Other")


class DocumentState(models.TextChoices):
    AWAITED = "awaited", _("Waiting for the upload")
    PENDING = "pending", _("Being checked")
    READY = "ready", _("Ready")
    REFUSED = "refused", _("Refused")


class Scan(models.TextChoices):
    """What the virus scanner said."""

    CLEAN = "clean", _("Scanned, clean")
    NOT_SCANNED = "not_scanned", _("Not scanned")


class DuplicateReason(models.TextChoices):
    """Why two businesses look like one."""

    PAN = "pan", _("Same PAN in two accounts")
    GSTIN = "gstin", _("Same GSTIN in two accounts")
    PHONE = "phone", _("Same person, similar name")
    NAME_AND_PIN = "name_and_pin", _("Similar name, same PIN code")


class PairState(models.TextChoices):
    OPEN = "open", _("To decide")
    DISMISSED = "dismissed", _("Two businesses")
    MERGED = "merged", _("Merged")


class ImportState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")


class Frequency(models.TextChoices):
    """How often a saved search tells of new listings."""

    INSTANT = "instant", _("At once")
    DAILY = "daily", _("Once a day")
    WEEKLY = "weekly", _("Once a week")
    NEVER = "never", _("Never")


# How long until somebody is told again; NEVER has none.
PERIODS: dict[str, timedelta] = {
    Frequency.INSTANT: timedelta(minutes=1),
    Frequency.DAILY: timedelta(days=1),
    Frequency.WEEKLY: timedelta(days=7),
}


AMOUNT_EDGES = (10 * LAKH, 50 * LAKH, CRORE, 5 * CRORE, 10 * CRORE, 25 * CRORE, 50 * CRORE, 100 * CRORE)
# The lower edges of a facet's bands; band n runs from the n-th edge (from nothing: 0) up to the next one.
BANDS: dict[str, tuple[Decimal, ...]] = {
    "ask": AMOUNT_EDGES,
    "revenue": AMOUNT_EDGES,
    "ebitda": (Decimal(0), *AMOUNT_EDGES[:-2]),
    "employees": (Decimal(10), Decimal(50), Decimal(250)),
    "stake": (Decimal(10), Decimal(26), Decimal(50), Decimal(75)),
}


ABOUT_DIGITS = 2  # of what is told "about": more would let a firm be looked up by its figures


def band_of(name: str, amount: Decimal) -> int:
    """The number of the band an amount falls into."""
    return bisect_right(BANDS[name], amount)


class PaperReview(models.TextChoices):
    """What staff made of a paper. Not the check for viruses and shape, which a machine does."""

    UNSEEN = "unseen", _("Not reviewed")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Not accepted")


class PaperReason(models.TextChoices):
    """Why a paper is not accepted; the owner reads the sentence in their language."""

    UNREADABLE = "unreadable", _("The paper cannot be read. Send a sharper copy.")
    WRONG_KIND = "wrong_kind", _("The paper is of another kind than said.")
    OTHER_BUSINESS = "other_business", _("The paper is about another business.")
    TOO_OLD = "too_old", _("The paper is too old. Send the newest one.")
    ALTERED = "altered", _("The paper looks altered. Send the original.")


class ReviewReason(models.TextChoices):
    """Why staff ask for changes; the owner reads the sentence in their language (`msme.texts`)."""

    NAME_SHOWN = "name_shown", _("The text tells who the business is")
    FIGURES_UNCLEAR = "figures_unclear", _("The figures do not fit together")
    TEXT_UNCLEAR = "text_unclear", _("The text does not say what is offered")
    NOT_PERMITTED = "not_permitted", _("This may not be listed here")


@dataclass(frozen=True)
class AddBackFact:
    """One item between reported and adjusted EBITDA: rupees, with the sign it has in the sum. Evidenced by a checked document."""

    kind: str
    amount_inr: Decimal
    reason: str
    is_evidenced: bool


@dataclass(frozen=True)
class YearOfFigures:
    """One fiscal year of a business, in rupees. `lines`: what is known of LINES and `plant_machinery_inr`, by name."""

    fiscal_year: str
    months: int
    source: str
    revenue_inr: Decimal
    pat_inr: Decimal
    net_worth_inr: Decimal
    total_assets_inr: Decimal
    debt_inr: Decimal
    lines: Mapping[str, Decimal] = field(default_factory=dict)
    add_backs: tuple[AddBackFact, ...] = ()


@dataclass(frozen=True)
class BusinessFacts:
    """What a valuation needs to know. `figures` newest first; `active_owners` None where no owner was named."""

    business_id: UUID
    organisation_id: UUID
    nic_code: str
    state: str
    constitution: str
    established_year: int | None
    employees: int | None
    active_owners: int | None
    legal_name: str
    figures: tuple[YearOfFigures, ...]


@dataclass(frozen=True)
class ListingFacts:
    """A live listing as the market may know it: what matching compares and shows. Nothing here tells who the owner is.

    Place and industry are as wide as `msme.widening` makes them, "" where they would tell too much; revenue is rounded as the
    teaser rounds it. `state` is ISO letters, amounts are rupees, `version` grows with every change.
    """

    listing_id: UUID
    organisation_id: UUID
    version: int
    intent: str
    section: str
    division: str
    state: str
    district: str
    ask_inr: Decimal
    revenue_about_inr: Decimal
    stake_pct: Decimal | None
    quality: int
    tier: int
    title: str
    summary: str
    published_at: datetime


@dataclass(frozen=True)
class PriceTerms:
    """What a listing asks and for how much of the business: rupees, percent. Not for showing to others."""

    listing_id: UUID
    organisation_id: UUID
    business_id: UUID
    status: str
    intent: str
    ask_inr: Decimal
    share_pct: Decimal
    published_at: datetime | None


@dataclass(frozen=True)
class LoanTerms:
    """What an own listing asks for as a loan: rupees, months, ISO letters of the firm's state."""

    listing_id: UUID
    ask_inr: Decimal
    tenor_months: int
    collateral: str
    state: str


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
    terms: tuple[tuple[str, str], ...]


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


@dataclass(frozen=True)
class BusinessBrief:
    """What staff see of a business that may be another one's duplicate; no identifiers."""

    business_id: UUID
    legal_name: str
    state: str
    city: str
    pincode: str
    nic_code: str
    years: int
    listings: int
    created_at: datetime


@dataclass(frozen=True)
class PairItem:
    """Two businesses that may be one, with why, in words."""

    pair_id: UUID
    first: BusinessBrief
    second: BusinessBrief
    reasons: tuple[str, ...]
    found_at: datetime

    @property
    def sides(self) -> tuple["BusinessBrief", "BusinessBrief"]:
        return self.first, self.second


@dataclass(frozen=True)
class MergeItem:
    """A merge that can be taken back."""

    merge_id: UUID
    kept_name: str
    absorbed_name: str
    at: datetime
    moved: int


@dataclass(frozen=True)
class IndustryFound:
    """An industry for a person to choose: NIC-2008 code, a short name, and what the classification says."""

    nic_code: str
    name: str
    description: str


@dataclass(frozen=True)
class OwnBusiness:
    """An own business by name, with the newest fiscal year of its books, "" where there is none."""

    business_id: UUID
    name: str
    newest_year: str


@dataclass(frozen=True)
class OwnListing:
    """An own listing in short; the price asked in rupees."""

    listing_id: UUID
    title: str
    status: str
    ask_inr: Decimal


@dataclass(frozen=True)
class PaperShown:
    """A paper beside what its business says of itself, for review. `size` in bytes; `others`: kind and review of others."""

    document_id: UUID
    kind: str
    name: str
    fiscal_year: str
    content_type: str
    size: int
    scan: str
    sent_at: datetime
    has_picture: bool
    business_id: UUID
    business_name: str
    constitution: str
    state: str
    city: str
    nic_code: str
    others: tuple[tuple[str, str], ...]
    figures: "tuple[YearOfFigures, ...]"
