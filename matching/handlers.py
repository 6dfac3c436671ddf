"""What matching does when something happened."""

from uuid import UUID

from matching import services
from matching.events import MandateSaved
from msme.events import ListingLeftMarket, ListingPublished
from msmebazaar.core.outbox import subscribe


@subscribe(MandateSaved, name="matching.score_mandate", queue="matching")
def score_mandate(*, mandate_id: str, **_: object) -> None:
    services.score_mandate(mandate_id=UUID(mandate_id))


@subscribe(ListingPublished, name="matching.score_listing", queue="matching")
def score_listing(*, listing_id: str, **_: object) -> None:
    services.score_listing(listing_id=UUID(listing_id))


@subscribe(ListingLeftMarket, name="matching.drop_listing", queue="matching")
def drop_listing(*, listing_id: str, **_: object) -> None:
    services.drop_listing(listing_id=UUID(listing_id))
