"""Who asks: passed to every service and selector that guards rights."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Actor:
    """A logged-in person, their organisations, and whether they are staff."""

    user_id: UUID
    organisation_ids: frozenset[UUID]
    is_staff: bool = False
