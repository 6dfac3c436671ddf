"""Who asks: passed to every service and selector that guards rights."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Actor:
    """A logged-in person, their organisations, whether they are staff, and the session when there is one."""

    user_id: UUID
    organisation_ids: frozenset[UUID]
    is_staff: bool = False
    session_id: UUID | None = None
