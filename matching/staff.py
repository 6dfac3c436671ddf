"""What matching gives to the staff's pages."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q, Sum
from django.db.models.functions import Substr
from django.utils.translation import gettext

from matching.models import Introduction, Letter, Mandate, Match, Message, MessageReport
from matching.types import LetterState, MandateStatus, ReportReason, ReportState
from msmebazaar.core import counting
from msmebazaar.core.actor import Duty
from msmebazaar.core.exceptions import N_
from msmebazaar.core.staff import Deed, Measure, Queue, Whose, register_deeds, register_measures, register_queues

register_queues(
    Queue(
        "reports",
        N_("Reported messages"),
        Duty.REVIEW,
        timedelta(hours=24),
        lambda: MessageReport.objects.filter(state=ReportState.OPEN).select_related("message__introduction__listing"),
        lambda row: str(row.message.introduction.listing.title),
        region="message__introduction__listing__business__state",
        note_of=lambda row: str(ReportReason(row.reason).label),
    ),
)
register_measures(
    Measure(
        "mandates_active",
        N_("Active mandates"),
        lambda _since, today: counting.level(
            Mandate.objects.filter(status=MandateStatus.ACTIVE), today, splits={"kind": "kind"}
        ),
        is_level=True,
        splits=("kind",),
    ),
    Measure(
        "matches_kept",
        N_("Matches kept"),
        lambda _since, today: counting.level(Match.objects.all(), today, splits={}),
        is_level=True,
    ),
    Measure(
        "introductions",
        N_("Introductions asked for"),
        lambda since, until: counting.per_day(
            Introduction.objects.annotate(sector=Substr("listing__business__nic_code", 1, 2)),
            "created_at",
            since,
            until,
            splits={"state": "listing__business__state", "sector": "sector"},
        ),
        splits=("state", "sector"),
    ),
    Measure(
        "letters",
        N_("Letters of intent"),
        lambda since, until: counting.per_day(
            Letter.objects.all(), "created_at", since, until, splits={"status": "state"}
        ),
        splits=("status",),
    ),
    Measure(
        "deal_value",
        N_("Value of accepted letters"),
        lambda since, until: counting.per_day(
            Letter.objects.filter(state=LetterState.ACCEPTED).annotate(
                sector=Substr("introduction__listing__business__nic_code", 1, 2)
            ),
            "answered_at",
            since,
            until,
            splits={"state": "introduction__listing__business__state", "sector": "sector"},
            value=Sum("price_inr"),
        ),
        unit="inr",
        splits=("state", "sector"),
    ),
)


def deeds(whose: Whose, before: datetime, limit: int) -> Iterator[Deed]:
    own = whose.organisation_ids
    for mandate in Mandate.objects.filter(organisation_id__in=own, created_at__lt=before).order_by("-created_at")[
        :limit
    ]:
        yield Deed(
            mandate.created_at, "matching", f"{gettext('Mandate')}: {mandate.name} · {mandate.get_status_display()}"
        )
    sides = Introduction.objects.filter(Q(seeker_id__in=own) | Q(owner_id__in=own), created_at__lt=before)
    for introduction in sides.select_related("listing").order_by("-created_at")[:limit]:
        yield Deed(
            introduction.created_at,
            "matching",
            f"{gettext('Introduction')}: {introduction.listing.title} · {introduction.get_state_display()}",
        )
    for message in Message.objects.filter(user_id__in=whose.user_ids, created_at__lt=before).order_by("-id")[:limit]:
        yield Deed(message.created_at, "matching", gettext("Wrote a message in an introduction"))


register_deeds(deeds)
