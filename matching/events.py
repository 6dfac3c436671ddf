"""Facts about mandates that others act on."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from msmebazaar.core.outbox.registry import Event


@dataclass(frozen=True)
class MandateSaved(Event):
    """A mandate was written or changed; `version` tells late handlers that a newer one exists."""

    name: ClassVar[str] = "matching.MandateSaved"
    mandate_id: UUID
    mandate_version: int
