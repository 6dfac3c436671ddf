"""What accounts tells the others. Ids and facts; no personal data."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from msmebazaar.core.outbox.registry import Event


@dataclass(frozen=True)
class ContactsMerged(Event):
    """Two contacts were one person. The absorbed one is inactive; its organisations are the survivor's."""

    name: ClassVar[str] = "accounts.ContactsMerged"
    survivor_id: UUID
    absorbed_id: UUID


@dataclass(frozen=True)
class ContactsParted(Event):
    """A merge was taken back: there are two people again."""

    name: ClassVar[str] = "accounts.ContactsParted"
    survivor_id: UUID
    absorbed_id: UUID


@dataclass(frozen=True)
class DispatchWritten(Event):
    """A notification waits to be sent through a channel."""

    name: ClassVar[str] = "accounts.DispatchWritten"
    dispatch_id: UUID


@dataclass(frozen=True)
class ExportRequested(Event):
    name: ClassVar[str] = "accounts.ExportRequested"
    export_id: UUID


@dataclass(frozen=True)
class FilesOrphaned(Event):
    """Objects in the store whose rows are gone."""

    name: ClassVar[str] = "accounts.FilesOrphaned"
    object_keys: tuple[str, ...]
