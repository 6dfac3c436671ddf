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


@dataclass(frozen=True)
class Actor:
    """A logged-in person, what they may do for which organisation, whether they are staff, and their session if any.

    Attributes:
        organisation_ids: organisations the person is a member of.
        viewer_of, admin_of: those of them where they may only look, and where they also manage members.
        verified_investor_of: those of them that invest and whose documents staff have reviewed (badge T2 or T3 today).
        delegated: organisations whose owner accepted an advisor mandate that is valid today, with its scopes.
    """

    user_id: UUID
    organisation_ids: frozenset[UUID]
    is_staff: bool = False
    session_id: UUID | None = None
    viewer_of: frozenset[UUID] = frozenset()
    admin_of: frozenset[UUID] = frozenset()
    verified_investor_of: frozenset[UUID] = frozenset()
    delegated: Mapping[UUID, frozenset[str]] = field(default_factory=dict)

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
