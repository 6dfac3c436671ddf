"""Businesses, yearly figures, listings, and the industry codes they refer to."""

from msme.models.businesses import Business, NicCode
from msme.models.financials import FinancialStatement
from msme.models.listings import Listing, ListingVersion

__all__ = ["Business", "FinancialStatement", "Listing", "ListingVersion", "NicCode"]
