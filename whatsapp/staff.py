"""What whatsapp gives to the staff's pages."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext

from msmebazaar.core import counting
from msmebazaar.core.actor import Duty
from msmebazaar.core.exceptions import N_
from msmebazaar.core.staff import Deed, Measure, Point, Queue, Whose, register_deeds, register_measures, register_queues
from whatsapp.flow.definitions import FLOWS, newest
from whatsapp.models import Conversation, Handover, InboundMessage, OutboundMessage
from whatsapp.types import HandoverReason

register_queues(
    Queue(
        "handovers",
        N_("WhatsApp hand-overs"),
        Duty.CHAT,
        timedelta(hours=2),
        lambda: Handover.objects.filter(closed_at__isnull=True).select_related("conversation"),
        lambda row: f"{HandoverReason(row.reason).label} · {row.conversation.language}",
        since="opened_at",
        language="conversation__language",
        page="admin:whatsapp-handover-open",
    ),
)


FLOW_NAMES = {name for name, _version in FLOWS}


def _steps(_since: date, today: date) -> Iterator[Point]:
    """Where conversations stand now: by language, and by flow, language and step, numbered ("onboard:hi:07:pincode")."""
    rows = Conversation.objects.order_by()
    yield Point(today, rows.count())
    for language, count in rows.values_list("language").annotate(Count("pk")):
        yield Point(today, count, "language", language)
    for flow, language, step, count in (
        rows.exclude(flow="").values_list("flow", "language", "step").annotate(Count("pk"))
    ):
        steps = list(newest(flow).steps) if flow in FLOW_NAMES else []
        number = steps.index(step) if step in steps else len(steps)
        yield Point(today, count, "step", f"{flow}:{language}:{number:02d}:{step}"[: counting.KEY_LENGTH])


register_measures(
    Measure("chats", N_("WhatsApp conversations"), _steps, is_level=True, splits=("language", "step")),
    Measure(
        "chats_begun",
        N_("WhatsApp conversations begun"),
        lambda since, until: counting.per_day(
            Conversation.objects.all(), "created_at", since, until, splits={"language": "language"}
        ),
        splits=("language",),
    ),
    Measure(
        "messages_received",
        N_("WhatsApp messages received"),
        lambda since, until: counting.per_day(InboundMessage.objects.all(), "received_at", since, until, splits={}),
    ),
    Measure(
        "messages_sent",
        N_("WhatsApp messages sent"),
        lambda since, until: counting.per_day(
            OutboundMessage.objects.exclude(sent_at=None),
            "sent_at",
            since,
            until,
            splits={"status": "status"},
        ),
        splits=("status",),
    ),
)


def deeds(whose: Whose, before: datetime, limit: int) -> Iterator[Deed]:
    chats = Conversation.objects.filter(user_id__in=whose.user_ids)
    for chat in chats.filter(created_at__lt=before)[:limit]:
        address = reverse("admin:whatsapp-chat", args=[chat.pk])
        yield Deed(chat.created_at, "whatsapp", gettext("Began a conversation on WhatsApp"), address)
    heard = InboundMessage.objects.filter(user_id__in=whose.user_ids, received_at__lt=before)
    for message in heard.order_by("-received_at")[:limit]:
        yield Deed(message.received_at, "whatsapp", gettext("Wrote on WhatsApp"))
    handovers = Handover.objects.filter(conversation__in=chats, opened_at__lt=before).order_by("-opened_at")[:limit]
    for handover in handovers:
        yield Deed(
            handover.opened_at,
            "whatsapp",
            f"{gettext('A colleague was asked for')}: {HandoverReason(handover.reason).label}",
        )


register_deeds(deeds)
