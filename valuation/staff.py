"""What valuation gives to the staff's pages."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext

from msmebazaar.core import counting
from msmebazaar.core.actor import Duty
from msmebazaar.core.exceptions import N_
from msmebazaar.core.staff import Deed, Measure, Queue, Whose, register_deeds, register_measures, register_queues
from msmebazaar.core.types import Money
from valuation.models import Oddity, Override, Valuation
from valuation.types import OddReason, OverrideState

register_queues(
    Queue(
        "oddities",
        N_("Unusual valuations"),
        Duty.VALUATION,
        timedelta(hours=48),
        lambda: Oddity.objects.filter(looked_at__isnull=True).select_related("valuation__business"),
        lambda row: str(row.valuation.business.legal_name),
        region="valuation__business__state",
        note_of=lambda row: " · ".join(str(OddReason(code).label) for code in row.reasons),
    ),
    Queue(
        "overrides",
        N_("Overrides to agree to"),
        Duty.VALUATION,
        timedelta(hours=24),
        lambda: Override.objects.filter(state=OverrideState.PROPOSED).select_related("valuation__business"),
        lambda row: str(row.valuation.business.legal_name),
        region="valuation__business__state",
        note_of=lambda row: Money(row.point_inr).short("en"),
    ),
)
register_measures(
    Measure(
        "valuations",
        N_("Valuations asked for"),
        lambda since, until: counting.per_day(
            Valuation.objects.all(),
            "created_at",
            since,
            until,
            splits={"state": "business__state", "status": "status"},
        ),
        splits=("state", "status"),
    ),
)


def deeds(whose: Whose, before: datetime, limit: int) -> Iterator[Deed]:
    rows = Valuation.objects.filter(organisation_id__in=whose.organisation_ids, created_at__lt=before)
    for row in rows.order_by("-created_at")[:limit]:
        address = reverse("admin:valuation-desk", args=[row.pk])
        yield Deed(row.created_at, "valuation", f"{gettext('Valuation')}: {row.get_status_display()}", address)


register_deeds(deeds)
