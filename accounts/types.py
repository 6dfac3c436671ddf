"""What other apps get to see of people, organisations and their rights."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _


class Language(models.TextChoices):
    ENGLISH = "en", "English"
    HINDI = "hi", "हिन्दी"


class IdentityKind(models.TextChoices):
    """How a person can be reached or recognised. WHATSAPP is the address Twilio uses; BSUID the id Meta gives a person who
    hides their number from businesses."""

    PHONE = "phone", _("Phone")
    EMAIL = "email", _("Email")
    WHATSAPP = "whatsapp", "WhatsApp"
    BSUID = "bsuid", _("WhatsApp without a number")


class OrganisationKind(models.TextChoices):
    PERSONAL = "personal", _("Personal")
    COMPANY = "company", _("Company")


class MarketRole(models.TextChoices):
    """What an organisation is on the market. STAFF is ours alone."""

    OWNER = "owner", _("Owner of businesses")
    BUYER = "buyer", _("Buyer")
    INVESTOR = "investor", _("Investor")
    LENDER = "lender", _("Lender")
    ADVISOR = "advisor", _("Advisor")
    STAFF = "staff", _("MSMEBazaar staff")


class MemberRole(models.TextChoices):
    """What a member may do in an organisation."""

    ADMIN = "admin", _("Administrator")
    MEMBER = "member", _("Member")
    VIEWER = "viewer", _("Viewer")


class InvitationState(models.TextChoices):
    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    CANCELLED = "cancelled", _("Cancelled")


class AdvisorMandateState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    ENDED = "ended", _("Ended")


class Tier(models.IntegerChoices):
    """How well an organisation is known to us."""

    T0_PHONE = 0, _("Phone verified")
    T1_IDENTIFIERS = 1, _("Identifiers consistent")
    T2_DOCUMENTS = 2, _("Documents reviewed")
    T3_FUNDS = 3, _("Funds proven")


class RequestState(models.TextChoices):
    OPEN = "open", _("Open")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    ANSWERED = "answered", _("Answered")


class CodeChannel(models.TextChoices):
    SMS = "sms", "SMS"
    WHATSAPP = "whatsapp", "WhatsApp"
    EMAIL = "email", _("Email")


class ChallengePurpose(models.TextChoices):
    LOG_IN = "log_in", _("Log in")
    ADD = "add", _("Add an address")
    SIGN = "sign", _("Sign an agreement")


class Purpose(models.TextChoices):
    """What personal data may be used for; each needs a consent of its own."""

    SERVICE = "service", _("Messages about your business, valuations and matches")
    MATCHING = "matching", _("Showing your profile to the other side of a match")
    MARKETING = "marketing", _("Offers and news")


class ConsentChannel(models.TextChoices):
    API = "api", _("App or website")
    WHATSAPP = "whatsapp", "WhatsApp"
    STAFF = "staff", _("Told to our staff")


class NotificationChannel(models.TextChoices):
    EMAIL = "email", _("Email")
    SMS = "sms", "SMS"
    WHATSAPP = "whatsapp", "WhatsApp"


class DispatchState(models.TextChoices):
    PENDING = "pending", _("Waiting")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    REFUSED = "refused", _("Not sent by rule")
    FAILED = "failed", _("Failed")


class DataRequestKind(models.TextChoices):
    CORRECTION = "correction", _("Correction")
    GRIEVANCE = "grievance", _("Grievance")


class ProposalKind(models.TextChoices):
    """What two colleagues have to agree on."""

    DUTIES = "duties", _("Duties of a colleague")
    EXPORT = "export", _("A copy of a person's data")
    ERASURE = "erasure", _("Erasure of a person")


class ProposalState(models.TextChoices):
    PROPOSED = "proposed", _("Waits for a second colleague")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ExportState(models.TextChoices):
    PENDING = "pending", _("Being made")
    READY = "ready", _("Ready")
    EXPIRED = "expired", _("Expired")


@dataclass(frozen=True)
class Contact:
    """A person as other apps know them: by id, never by phone."""

    user_id: UUID
    full_name: str
    language: str


@dataclass(frozen=True)
class Challenge:
    """A one-time code that was sent. `resend_at` is when another may be asked for."""

    challenge_id: UUID
    expires_at: datetime
    resend_at: datetime


@dataclass(frozen=True)
class OrganisationOfMe:
    id: UUID
    name: str
    kind: str
    roles: tuple[str, ...]
    role: str


@dataclass(frozen=True)
class IdentityOfMe:
    """`value` is masked unless the person asked to see it."""

    id: UUID
    kind: str
    value: str
    verified_at: datetime | None


@dataclass(frozen=True)
class Me:
    """A person as they see themselves. `phone` is masked unless they asked to see it."""

    id: UUID
    full_name: str
    language: str
    phone: str | None
    is_staff: bool
    organisations: tuple[OrganisationOfMe, ...]


@dataclass(frozen=True)
class Tokens:
    """`access` is a JWT for ten minutes; `refresh` is opaque and works once."""

    access: str
    refresh: str
    expires_in: int
    user: Me


@dataclass(frozen=True)
class Colleague:
    """Somebody of staff, and what they are there for; no regions: the whole country, no languages: any."""

    user_id: UUID
    username: str
    duties: frozenset[str]
    regions: frozenset[str]
    languages: frozenset[str]
    is_away: bool
    is_superuser: bool


@dataclass(frozen=True)
class ProposalShown:
    """`content`: what would change, as (what, now, then); `is_own`: the reader proposed it."""

    proposal_id: UUID
    kind: str
    kind_name: str
    person: str
    person_id: UUID
    content: tuple[tuple[str, str, str], ...]
    reason: str
    proposed_by: str
    proposed_at: datetime
    is_own: bool


@dataclass(frozen=True)
class PersonShown:
    """A person as staff see them: addresses masked. `since`: when they joined."""

    user_id: UUID
    full_name: str
    language: str
    since: datetime
    is_active: bool
    is_staff: bool
    is_erased: bool
    merged_into: UUID | None
    identities: tuple[IdentityOfMe, ...]
    organisations: tuple[OrganisationOfMe, ...]
    tiers: tuple[str, ...]
    consents: tuple[tuple[str, bool], ...]
    live_sessions: int


@dataclass(frozen=True)
class MergeShown:
    """A merge of contacts that can be taken back."""

    merge_id: UUID
    absorbed_id: UUID
    at: datetime
    count: int


@dataclass(frozen=True)
class PersonFound:
    user_id: UUID
    full_name: str
    language: str
    organisation: str
    is_active: bool


@dataclass(frozen=True)
class KycBadge:
    tier: int
    granted_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class KycRequest:
    id: UUID
    tier: int
    state: str
    asked_at: datetime


@dataclass(frozen=True)
class KycStatus:
    """How well an organisation is known to us: badges that hold, and what it asked for, the newest first."""

    organisation_id: UUID
    name: str
    tiers: tuple[KycBadge, ...]
    requests: tuple[KycRequest, ...]
