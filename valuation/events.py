"""Facts about valuations that others act on."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from msmebazaar.core.outbox.registry import Event


@dataclass(frozen=True)
class ValuationRequested(Event):
    name: ClassVar[str] = "valuation.ValuationRequested"
    valuation_id: UUID


@dataclass(frozen=True)
class ValuationCompleted(Event):
    """A result or a refusal is there."""

    name: ClassVar[str] = "valuation.ValuationCompleted"
    valuation_id: UUID


@dataclass(frozen=True)
class NarrativeRequested(Event):
    """Sentences about a result are wanted."""

    name: ClassVar[str] = "valuation.NarrativeRequested"
    narrative_id: UUID
