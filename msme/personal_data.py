"""What msme holds about a person's own organisations, and how it is erased."""

from datetime import datetime
from typing import Any

from accounts.holders import Subject, as_rows
from msme.events import ListingLeftMarket
from msme.models import Business, FinancialStatement, Listing, ListingVersion
from msme.types import ListingStatus
from msmebazaar.core.outbox import publish


class MsmeHolder:
    def collect(self, subject: Subject) -> dict[str, list[dict[str, Any]]]:
        mine = {"organisation_id__in": subject.organisation_ids}
        businesses = Business.objects.filter(**mine)
        return {
            "business": as_rows(
                businesses,
                "organisation_id",
                "legal_name",
                "trade_name",
                "constitution",
                "gstin",
                "pan",
                "udyam",
                "cin",
                "nic_code",
                "state",
                "city",
                "pincode",
                "established_year",
                "employees",
                "created_at",
            ),
            "financials": as_rows(
                FinancialStatement.objects.filter(business__in=businesses),
                "business_id",
                "fiscal_year",
                "months",
                "source",
                "revenue_inr",
                "pat_inr",
                "net_worth_inr",
                "total_assets_inr",
                "debt_inr",
                "exports_inr",
                "plant_machinery_inr",
            ),
            "listing": as_rows(
                Listing.objects.filter(**mine),
                "business_id",
                "intent",
                "title",
                "summary",
                "ask_inr",
                "stake_pct",
                "status",
                "review_note",
                "created_at",
                "published_at",
            ),
            "listing_version": as_rows(
                ListingVersion.objects.filter(listing__organisation_id__in=subject.organisation_ids),
                "listing_id",
                "number",
                "title",
                "summary",
                "ask_inr",
                "published_at",
            ),
        }

    def erase(self, subject: Subject, *, now: datetime) -> None:
        mine = {"organisation_id__in": subject.organisation_ids}
        for listing_id in Listing.objects.filter(**mine, status=ListingStatus.LIVE).values_list("id", flat=True):
            publish(ListingLeftMarket(listing_id))
        Listing.objects.filter(**mine).delete()
        Business.objects.filter(**mine).delete()
