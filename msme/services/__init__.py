"""Writes: businesses, figures, documents, listings, the market and its saved searches, duplicates."""

from msme.services.bulk import load_firms
from msme.services.businesses import create_business, update_business
from msme.services.documents import (
    begin_upload,
    complete_upload,
    give_introduced_link,
    give_link,
    give_staff_link,
    inspect_document,
    receive_document,
    remove_document,
    sweep_files,
    tell_of_refusal,
)
from msme.services.duplicates import dismiss_pair, find_duplicates, merge_pair, undo_merge
from msme.services.financials import add_financials, replace_financials
from msme.services.imports import begin_import, run_import
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
from msme.services.market import (
    entry_off_market,
    load_reference_words,
    refresh_business,
    refresh_entries,
    refresh_stale,
)
from msme.services.searches import forget_search, save_search, tell_of_new_listings, update_search

__all__ = [
    "add_financials",
    "approve_listing",
    "ask_for_changes",
    "begin_import",
    "begin_upload",
    "complete_upload",
    "confirm_available",
    "create_business",
    "create_listing",
    "dismiss_pair",
    "entry_off_market",
    "find_duplicates",
    "forget_search",
    "give_introduced_link",
    "give_link",
    "give_staff_link",
    "inspect_document",
    "keep_listings_fresh",
    "load_firms",
    "load_reference_words",
    "mark_sold",
    "mark_under_offer",
    "merge_pair",
    "pause_listing",
    "receive_document",
    "refresh_business",
    "refresh_entries",
    "refresh_stale",
    "remove_document",
    "replace_financials",
    "reprice_listing",
    "resume_listing",
    "run_import",
    "save_search",
    "submit_listing",
    "sweep_files",
    "tell_of_new_listings",
    "tell_of_refusal",
    "undo_merge",
    "update_business",
    "update_listing",
    "update_search",
    "withdraw_listing",
]
