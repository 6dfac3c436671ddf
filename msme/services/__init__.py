"""Writes: businesses, figures, listings."""

from msme.services.businesses import create_business, update_business
from msme.services.financials import add_financials, replace_financials
from msme.services.listings import (
    approve_listing,
    ask_for_changes,
    create_listing,
    pause_listing,
    resume_listing,
    submit_listing,
    update_listing,
    withdraw_listing,
)

__all__ = [
    "add_financials",
    "approve_listing",
    "ask_for_changes",
    "create_business",
    "create_listing",
    "pause_listing",
    "replace_financials",
    "resume_listing",
    "submit_listing",
    "update_business",
    "update_listing",
    "withdraw_listing",
]
