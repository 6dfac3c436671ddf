"""Who asks: passed to every service and selector that guards rights."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from msmebazaar.core.exceptions import Forbidden, ReadOnly


class Scope(StrEnum):
    """What an organisation's things are divided into; an advisor's mandate names some of these."""

    BUSINESS = "business"  # businesses and their figures
    LISTING = "listing"
    VALUATION = "valuation"
    MATCHING = "matching"  # mandates and matches


class Duty(StrEnum):
    """What a colleague is there for. Every page and every act of staff asks for one of these; a superuser has all."""

    REVIEW = "review"  # listings, documents, badges, duplicates, reported messages
    VALUATION = "valuation"  # run again, override, sign-off
    CHAT = "chat"  # hand-overs on WhatsApp, broadcasts
    PRIVACY = "privacy"  # data-subject requests, erasure, breaches
    OPERATIONS = "operations"  # jobs, vendors, workers
    REPORTS = "reports"  # numbers, lists, exports; no personal data
    STAFFING = "staffing"  # who may do what, the audit


LOOKING = (Duty.REVIEW, Duty.CHAT, Duty.PRIVACY)  # those who look people up


@dataclass(frozen=True)
class Actor:
    """A logged-in person, what they may do for which organisation, whether they are staff, and their session if any.

    Attributes:
        organisation_ids: organisations the person is a member of.
        viewer_of, admin_of: those of them where they may only look, and where they also manage members.
        verified_investor_of: those of them that invest and whose documents staff have reviewed (badge T2 or T3 today).
        delegated: organisations whose owner accepted an advisor mandate that is valid today, with its scopes.
        duties: of a colleague; empty for everybody else.
        regions: state codes that a colleague is there for; empty: the whole country.
        languages: those a colleague answers in; empty: any.
        written_to: place in the write-ahead log, in bytes, behind what the person has changed (`core.replica`).
        seen_through_by: the colleague who looks with this person's eyes, and may change nothing.
    """

    user_id: UUID
    organisation_ids: frozenset[UUID]
    is_staff: bool = False
    session_id: UUID | None = None
    viewer_of: frozenset[UUID] = frozenset()
    admin_of: frozenset[UUID] = frozenset()
    verified_investor_of: frozenset[UUID] = frozenset()
    delegated: Mapping[UUID, frozenset[str]] = field(default_factory=dict)
    duties: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    seen_through_by: UUID | None = None
    written_to: int = 0

    def readable(self, scope: Scope) -> frozenset[UUID]:
        """Organisations whose things of this scope the actor may see. What is not here does not exist for them: 404."""
        return self.organisation_ids | {owner for owner, scopes in self.delegated.items() if scope in scopes}

    def writable(self, scope: Scope) -> frozenset[UUID]:
        """Organisations for which the actor may change things of this scope."""
        return self.readable(scope) - self.viewer_of

    def require_writable(self, scope: Scope, organisation_id: UUID) -> None:
        """ReadOnly when the actor may see but not change; call it after the row was found among the readable ones."""
        if organisation_id not in self.writable(scope):
            raise ReadOnly

    def require_admin(self, organisation_id: UUID) -> None:
        """Forbidden when the actor does not manage this organisation."""
        if organisation_id not in self.admin_of:
            raise Forbidden

    def has_duty(self, *duties: Duty) -> bool:
        """Whether a colleague is there for any of these."""
        return self.is_staff and bool(self.duties.intersection(duties))

    def require_duty(self, *duties: Duty) -> None:
        """Forbidden for everybody who is not a colleague with one of these duties."""
        if not self.has_duty(*duties):
            raise Forbidden

    def covers(self, state: str) -> bool:
        """Whether a colleague is there for this state of India."""
        return not self.regions or state in self.regions
