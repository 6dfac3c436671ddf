"""What msme does when something happened."""

from uuid import UUID

from msme import services
from msme.events import BusinessChanged, DocumentRefused, DocumentUploaded, ImportRequested
from msmebazaar.core import clock
from msmebazaar.core.outbox import subscribe


@subscribe(BusinessChanged, name="msme.refresh_business")
def refresh_business(*, business_id: str, **_: object) -> None:
    services.refresh_business(business_id=UUID(business_id), now=clock.now())


@subscribe(BusinessChanged, name="msme.find_duplicates")
def find_duplicates(*, business_id: str, **_: object) -> None:
    services.find_duplicates(business_id=UUID(business_id))


@subscribe(DocumentUploaded, name="msme.inspect_document", transactional=False)
def inspect_document(*, document_id: str, **_: object) -> None:
    services.inspect_document(document_id=UUID(document_id))


@subscribe(DocumentRefused, name="msme.tell_of_refusal")
def tell_of_refusal(*, document_id: str, **_: object) -> None:
    services.tell_of_refusal(document_id=UUID(document_id), now=clock.now())


@subscribe(ImportRequested, name="msme.run_import", transactional=False)
def run_import(*, run_id: str, **_: object) -> None:
    services.run_import(run_id=UUID(run_id))
