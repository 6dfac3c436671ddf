"""What valuation does when something happened."""

from uuid import UUID

from msme.events import ListingPublished
from msmebazaar.core import clock
from msmebazaar.core.outbox import subscribe
from valuation import services
from valuation.events import NarrativeRequested, ValuationRequested


@subscribe(ValuationRequested, name="valuation.complete", queue="valuation")
def complete(*, valuation_id: str, **_: object) -> None:
    services.complete_valuation(valuation_id=UUID(valuation_id), now=clock.now())


@subscribe(ListingPublished, name="valuation.record_ask")
def record_ask(*, listing_id: str, **_: object) -> None:
    services.record_ask(listing_id=UUID(listing_id))


@subscribe(NarrativeRequested, name="valuation.write_narrative", queue="ai", transactional=False)
def write_narrative(*, narrative_id: str, **_: object) -> None:
    services.write_narrative(narrative_id=UUID(narrative_id), now=clock.now())
