"""What msme holds about a person's own organisations, and how it is erased."""

from datetime import datetime
from typing import Any

from accounts.events import FilesOrphaned
from accounts.holders import Subject, as_rows
from msme.events import ListingLeftMarket
from msme.models import (
    AddBack,
    Business,
    BusinessOwner,
    Document,
    DocumentView,
    FinancialStatement,
    GstRegistration,
    Listing,
    ListingVersion,
    SavedSearch,
)
from msme.services.documents import keys_of
from msme.types import ALL_TERMS, LINES, TOTALS, ListingStatus
from msmebazaar.core.outbox import publish


class MsmeHolder:
    def collect(self, subject: Subject) -> dict[str, list[dict[str, Any]]]:
        mine = {"organisation_id__in": subject.organisation_ids}
        businesses = Business.objects.filter(**mine)
        return {
            "saved_search": as_rows(
                SavedSearch.objects.filter(user_id__in=subject.user_ids), "name", "query", "frequency", "created_at"
            ),
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
                "llpin",
                "nic_2025",
                "address",
                "district",
                "nic_code",
                "state",
                "city",
                "pincode",
                "established_year",
                "employees",
                "created_at",
            ),
            "gst_registration": as_rows(
                GstRegistration.objects.filter(business__in=businesses), "business_id", "gstin", "state"
            ),
            "document": as_rows(
                Document.objects.filter(business__in=businesses),
                "business_id",
                "kind",
                "fiscal_year",
                "name",
                "content_type",
                "size",
                "sha256",
                "state",
                "created_at",
            ),
            "document_view": as_rows(DocumentView.objects.filter(viewer_id__in=subject.user_ids), "document_id", "at"),
            "business_owner": as_rows(
                BusinessOwner.objects.filter(business__in=businesses),
                "business_id",
                "full_name",
                "share_pct",
                "is_active",
            ),
            "add_back": as_rows(
                AddBack.objects.filter(statement__business__in=businesses),
                "statement_id",
                "kind",
                "amount_inr",
                "reason",
            ),
            "financials": as_rows(
                FinancialStatement.objects.filter(business__in=businesses),
                "business_id",
                "fiscal_year",
                "months",
                "source",
                *TOTALS,
                *LINES,
            ),
            "listing": as_rows(
                Listing.objects.filter(**mine),
                "business_id",
                "intent",
                "title",
                "summary",
                "ask_inr",
                *sorted(ALL_TERMS),
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
                *sorted(ALL_TERMS),
                "published_at",
            ),
        }

    def erase(self, subject: Subject, *, now: datetime) -> None:
        mine = {"organisation_id__in": subject.organisation_ids}
        for listing_id in Listing.objects.filter(**mine, status=ListingStatus.LIVE).values_list("id", flat=True):
            publish(ListingLeftMarket(listing_id))
        keys = keys_of(list(Document.objects.filter(business__organisation_id__in=subject.organisation_ids)))
        if keys:
            publish(FilesOrphaned(tuple(keys)))
        SavedSearch.objects.filter(user_id__in=subject.user_ids).delete()
        Listing.objects.filter(**mine).delete()
        Business.objects.filter(**mine).delete()
