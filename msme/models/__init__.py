"""Businesses, yearly figures, listings, and the industry codes they refer to."""

from msme.models.businesses import Business, BusinessOwner, GstRegistration, NicCode
from msme.models.financials import AddBack, FinancialStatement
from msme.models.listings import Listing, ListingVersion

__all__ = [
    "AddBack",
    "Business",
    "BusinessOwner",
    "FinancialStatement",
    "GstRegistration",
    "Listing",
    "ListingVersion",
    "NicCode",
]
