"""What the staff's desk tells its worker."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from msmebazaar.core.outbox.registry import Event


@dataclass(frozen=True)
class SheetRequested(Event):
    name: ClassVar[str] = "adminpanel.SheetRequested"
    sheet_id: UUID


@dataclass(frozen=True)
class BreachNoticeWanted(Event):
    """The people of a breach are to be told, a part at a time."""

    name: ClassVar[str] = "adminpanel.BreachNoticeWanted"
    breach_id: UUID
