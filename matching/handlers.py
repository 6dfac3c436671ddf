"""What matching does when something happened."""

from uuid import UUID

from matching import services
from matching.events import AcceptanceSet, FeedbackGiven, IntroductionMoved, MandateSaved
from msme import selectors as listings
from msme.events import BusinessChanged, ListingLeftMarket, ListingPublished
from msmebazaar.core import clock
from msmebazaar.core.outbox import subscribe


# The texts' vectors may come from a vendor, so these run outside a transaction; repeating them is harmless.
@subscribe(MandateSaved, name="matching.match_mandate", queue="matching", transactional=False)
def match_mandate(*, mandate_id: str, **_: object) -> None:
    services.match_mandate(mandate_id=UUID(mandate_id))


@subscribe(ListingPublished, name="matching.match_listing", queue="matching", transactional=False)
@subscribe(AcceptanceSet, name="matching.match_accepting_listing", queue="matching", transactional=False)
def match_listing(*, listing_id: str, **_: object) -> None:
    services.match_listing(listing_id=UUID(listing_id))


@subscribe(BusinessChanged, name="matching.match_listings_of_business", queue="matching", transactional=False)
def match_listings_of_business(*, business_id: str, **_: object) -> None:
    for facts in listings.get_listing_facts(business_id=UUID(business_id)):
        services.match_listing(listing_id=facts.listing_id)


@subscribe(ListingLeftMarket, name="matching.drop_listing", queue="matching")
def drop_listing(*, listing_id: str, **_: object) -> None:
    services.drop_listing(listing_id=UUID(listing_id))


@subscribe(FeedbackGiven, name="matching.score_mandate_after_feedback", queue="matching")
def score_after_feedback(*, mandate_id: str, **_: object) -> None:
    services.score_mandate(mandate_id=UUID(mandate_id))


@subscribe(IntroductionMoved, name="matching.tell_of_move")
def tell_of_move(*, introduction_id: str, number: int, **_: object) -> None:
    services.tell_of_move(introduction_id=UUID(introduction_id), number=number, now=clock.now())
