"""What accounts does when something happened."""

from uuid import UUID

from accounts import services
from accounts.events import DispatchWritten, ExportRequested, FilesOrphaned
from msmebazaar.core import clock
from msmebazaar.core.outbox import subscribe
from msmebazaar.integrations.storage import file_store


@subscribe(DispatchWritten, name="accounts.dispatch", queue="messages", transactional=False)
def dispatch(*, dispatch_id: str, **_: object) -> None:
    services.dispatch(dispatch_id=UUID(dispatch_id), now=clock.now())


@subscribe(ExportRequested, name="accounts.make_export", transactional=False)
def make_export(*, export_id: str, **_: object) -> None:
    services.make_export(export_id=UUID(export_id), now=clock.now())


@subscribe(FilesOrphaned, name="accounts.remove_files", transactional=False)
def remove_files(*, object_keys: list[str], **_: object) -> None:
    for key in object_keys:
        file_store().remove(key)
