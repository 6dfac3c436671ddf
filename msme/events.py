"""Facts about businesses and listings that others act on."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from msmebazaar.core.outbox.registry import Event


@dataclass(frozen=True)
class BusinessChanged(Event):
    """Facts or figures of a business were entered or changed."""

    name: ClassVar[str] = "msme.BusinessChanged"
    business_id: UUID


@dataclass(frozen=True)
class ListingPublished(Event):
    """A listing went live, for the first time or again."""

    name: ClassVar[str] = "msme.ListingPublished"
    listing_id: UUID


@dataclass(frozen=True)
class ListingLeftMarket(Event):
    """A live listing was paused or withdrawn."""

    name: ClassVar[str] = "msme.ListingLeftMarket"
    listing_id: UUID


@dataclass(frozen=True)
class DocumentUploaded(Event):
    """A file lies in the store and waits to be checked."""

    name: ClassVar[str] = "msme.DocumentUploaded"
    document_id: UUID


@dataclass(frozen=True)
class DocumentRefused(Event):
    """A file was not what it said, or carried something it must not."""

    name: ClassVar[str] = "msme.DocumentRefused"
    document_id: UUID


@dataclass(frozen=True)
class ImportRequested(Event):
    """A file of figures was read and its rows wait to be taken."""

    name: ClassVar[str] = "msme.ImportRequested"
    run_id: UUID
