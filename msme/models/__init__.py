"""Businesses, yearly figures, listings, and the industry codes they refer to."""

from msme.models.businesses import Business, BusinessOwner, GstRegistration, NicCode
from msme.models.documents import Document, DocumentView
from msme.models.duplicates import DuplicatePair, Merge
from msme.models.financials import AddBack, FinancialStatement
from msme.models.imports import ImportRun
from msme.models.listings import Listing, ListingVersion
from msme.models.market import MarketEntry, SavedSearch, SearchWord

__all__ = [
    "AddBack",
    "Business",
    "BusinessOwner",
    "Document",
    "DocumentView",
    "DuplicatePair",
    "FinancialStatement",
    "GstRegistration",
    "ImportRun",
    "Listing",
    "ListingVersion",
    "MarketEntry",
    "Merge",
    "NicCode",
    "SavedSearch",
    "SearchWord",
]
