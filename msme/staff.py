"""What msme gives to the staff's pages."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Substr
from django.urls import reverse
from django.utils.translation import gettext

from msme.models import Business, Document, DuplicatePair, Listing, MarketEntry
from msme.selectors import open_pairs, review_queue
from msme.types import DocumentState, PaperReview
from msmebazaar.core import counting
from msmebazaar.core.actor import Duty
from msmebazaar.core.exceptions import N_
from msmebazaar.core.staff import Deed, Measure, Queue, Whose, register_deeds, register_measures, register_queues


def _papers() -> "QuerySet[Document]":
    waiting = Document.objects.filter(state=DocumentState.READY, review=PaperReview.UNSEEN)
    return waiting.select_related("business")


def _pair_title(pair: DuplicatePair) -> str:
    return f"{pair.first.legal_name} · {pair.second.legal_name}"


register_queues(
    Queue(
        "listings",
        N_("Listings"),
        Duty.REVIEW,
        timedelta(hours=24),
        review_queue,
        lambda row: str(row.title),
        since="submitted_at",
        region="business__state",
        note_of=lambda row: str(row.get_intent_display()),
    ),
    Queue(
        "documents",
        N_("Documents"),
        Duty.REVIEW,
        timedelta(hours=48),
        _papers,
        lambda row: f"{row.get_kind_display()} · {row.business.legal_name}",
        region="business__state",
    ),
    Queue(
        "duplicates",
        N_("Possible duplicates"),
        Duty.REVIEW,
        timedelta(days=7),
        lambda: open_pairs().select_related("first", "second"),
        _pair_title,
    ),
)

SECTOR = "division"


def _market() -> Any:
    return MarketEntry.objects.all()


register_measures(
    Measure(
        "listings_live",
        N_("Listings on the market"),
        lambda _since, today: counting.level(_market(), today, splits={"state": "state", "sector": SECTOR}),
        is_level=True,
        splits=("state", "sector"),
    ),
    Measure(
        "listings_submitted",
        N_("Listings submitted"),
        lambda since, until: counting.per_day(
            Listing.objects.all(),
            "submitted_at",
            since,
            until,
            splits={"state": "business__state", "intent": "intent"},
        ),
        splits=("state", "intent"),
    ),
    Measure(
        "listings_published",
        N_("Listings published"),
        lambda since, until: counting.per_day(
            Listing.objects.annotate(sector=Substr("business__nic_code", 1, 2)),
            "published_at",
            since,
            until,
            splits={"state": "business__state", "sector": "sector"},
        ),
        splits=("state", "sector"),
    ),
    Measure(
        "businesses_registered",
        N_("Businesses registered"),
        lambda since, until: counting.per_day(
            Business.objects.all(), "created_at", since, until, splits={"state": "state"}
        ),
        splits=("state",),
    ),
    Measure(
        "documents_sent",
        N_("Documents sent"),
        lambda since, until: counting.per_day(Document.objects.all(), "created_at", since, until, splits={}),
    ),
)


def deeds(whose: Whose, before: datetime, limit: int) -> Iterator[Deed]:
    own = {"organisation_id__in": whose.organisation_ids, "created_at__lt": before}
    for business in Business.objects.filter(**own).order_by("-created_at")[:limit]:
        address = reverse("admin:msme_business_change", args=[business.pk])
        yield Deed(business.created_at, "msme", f"{gettext('Registered')}: {business.legal_name}", address)
    for listing in Listing.objects.filter(**own).order_by("-created_at")[:limit]:
        address = reverse("admin:msme_listing_change", args=[listing.pk])
        yield Deed(
            listing.created_at,
            "msme",
            f"{gettext('Listing')}: {listing.title} · {listing.get_status_display()}",
            address,
        )
    papers = Document.objects.filter(business__organisation_id__in=whose.organisation_ids, created_at__lt=before)
    for paper in papers.order_by("-created_at")[:limit]:
        yield Deed(
            paper.created_at,
            "msme",
            f"{gettext('Paper sent')}: {paper.get_kind_display()} · {paper.get_state_display()}",
        )


register_deeds(deeds)
