"""Writes: businesses, figures, listings."""

from msme.services.businesses import create_business, update_business
from msme.services.financials import add_financials, replace_financials
from msme.services.listings import (
    approve_listing,
    ask_for_changes,
    confirm_available,
    create_listing,
    keep_listings_fresh,
    mark_sold,
    mark_under_offer,
    pause_listing,
    reprice_listing,
    resume_listing,
    submit_listing,
    update_listing,
    withdraw_listing,
)

__all__ = [
    "add_financials",
    "approve_listing",
    "ask_for_changes",
    "confirm_available",
    "create_business",
    "create_listing",
    "keep_listings_fresh",
    "mark_sold",
    "mark_under_offer",
    "pause_listing",
    "replace_financials",
    "reprice_listing",
    "resume_listing",
    "submit_listing",
    "update_business",
    "update_listing",
    "withdraw_listing",
]
