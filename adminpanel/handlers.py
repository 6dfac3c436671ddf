"""What the staff's desk does when something happened."""

from uuid import UUID

from adminpanel import services, sheets
from adminpanel.events import BreachNoticeWanted, SheetRequested
from msmebazaar.core import clock
from msmebazaar.core.outbox import subscribe


@subscribe(SheetRequested, name="adminpanel.make_sheet", transactional=False)
def make_sheet(*, sheet_id: str, **_: object) -> None:
    sheets.make_sheet(sheet_id=UUID(sheet_id), now=clock.now())


@subscribe(BreachNoticeWanted, name="adminpanel.tell_of_breach")
def tell_of_breach(*, breach_id: str, **_: object) -> None:
    services.tell_next_part(breach_id=UUID(breach_id), now=clock.now())
