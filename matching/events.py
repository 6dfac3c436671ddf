"""Facts about mandates and introductions that others act on."""

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


@dataclass(frozen=True)
class AcceptanceSet(Event):
    """An owner said which seekers a listing accepts."""

    name: ClassVar[str] = "matching.AcceptanceSet"
    listing_id: UUID


@dataclass(frozen=True)
class FeedbackGiven(Event):
    """Somebody did something about a match that changes what they are shown."""

    name: ClassVar[str] = "matching.FeedbackGiven"
    mandate_id: UUID


@dataclass(frozen=True)
class IntroductionMoved(Event):
    """An introduction was asked for or moved on; `number` is the move's."""

    name: ClassVar[str] = "matching.IntroductionMoved"
    introduction_id: UUID
    number: int
