"""What a listing's quality score is made of."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count

from accounts import selectors as people
from msme.models import Document, FinancialStatement, Listing
from msme.quality import Quality, QualityFacts, assess
from msme.selectors.businesses import earnings_of
from msme.types import LIABILITIES, TERMS, DocumentState
from msmebazaar.core import clock


def count_documents(*, business_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Documents that can be read, by business."""
    rows = Document.objects.filter(business_id__in=business_ids, state=DocumentState.READY)
    return dict(rows.values_list("business_id").annotate(count=Count("id")).order_by())


def quality_facts(
    listing: Listing, statements: Sequence[FinancialStatement], *, tier: int, documents: int
) -> QualityFacts:
    """From rows that were read already; `statements` newest first."""
    business, latest = listing.business, statements[0] if statements else None
    needed, allowed = TERMS[listing.intent]
    return QualityFacts(
        title_length=len(listing.title),
        summary_length=len(listing.summary),
        years=len(statements),
        source=latest.source if latest else "",
        has_ebitda=bool(latest and earnings_of(latest).ebitda_inr is not None),
        has_balance_sheet=bool(latest and all(getattr(latest, name) is not None for name in LIABILITIES)),
        has_gstin=bool(business.gstin_index),
        has_udyam=bool(business.udyam),
        tier=tier,
        documents=documents,
        has_basics=bool(business.pincode and business.established_year and business.employees is not None),
        open_terms=sum(getattr(listing, term) in (None, "") for term in needed | allowed),
    )


def get_quality(listing: Listing) -> Quality:
    """Of one listing, whatever its state."""
    tiers = people.live_tiers(organisation_ids=[listing.organisation_id], now=clock.now())
    statements = listing.business.statements.order_by("-fiscal_year").prefetch_related("add_backs")
    facts = quality_facts(
        listing,
        list(statements),
        tier=max(tiers.get(listing.organisation_id, [0])),
        documents=count_documents(business_ids=[listing.business_id]).get(listing.business_id, 0),
    )
    return assess(facts)
