"""Reads. Querysets stay inside this app; other apps get the frozen facts of `msme.types`."""

from msme.selectors.businesses import (
    division_titles,
    earnings_of,
    enterprise_of,
    get_business_facts,
    get_own_business,
    own_businesses,
    own_statements,
    standing_of,
    weak_contradictions,
)
from msme.selectors.listings import (
    changes_between,
    count_own_listings,
    get_listing_facts,
    get_visible_listing,
    list_live_listing_ids,
    live_listings,
    may_see,
    own_listings,
    own_versions,
    price_history,
)
from msme.selectors.review import count_review_items, get_review_item, list_review_items, review_queue

__all__ = [
    "changes_between",
    "count_own_listings",
    "count_review_items",
    "division_titles",
    "earnings_of",
    "enterprise_of",
    "get_business_facts",
    "get_listing_facts",
    "get_own_business",
    "get_review_item",
    "get_visible_listing",
    "list_live_listing_ids",
    "list_review_items",
    "live_listings",
    "may_see",
    "own_businesses",
    "own_listings",
    "own_statements",
    "own_versions",
    "price_history",
    "review_queue",
    "standing_of",
    "weak_contradictions",
]
