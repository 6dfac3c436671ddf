"""What msme does when something happened."""

from uuid import UUID

from msme import services
from msme.events import BusinessChanged
from msmebazaar.core import clock
from msmebazaar.core.outbox import subscribe


@subscribe(BusinessChanged, name="msme.refresh_business")
def refresh_business(*, business_id: str, **_: object) -> None:
    services.refresh_business(business_id=UUID(business_id), now=clock.now())
