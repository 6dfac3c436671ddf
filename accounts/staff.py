"""What accounts gives to the staff's pages."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext

from accounts.models import Badge, ConsentEntry, DataRequest, Identity, Proposal, Session, User, VerificationRequest
from accounts.selectors import open_data_requests, open_verification_requests
from accounts.types import ProposalKind, ProposalState, Purpose
from msmebazaar.core import counting
from msmebazaar.core.actor import Duty
from msmebazaar.core.exceptions import N_
from msmebazaar.core.staff import Deed, Measure, Queue, Whose, register_deeds, register_measures, register_queues


def _proposals(*kinds: ProposalKind) -> Any:
    return Proposal.objects.filter(state=ProposalState.PROPOSED, kind__in=kinds)


def _proposal_title(row: Proposal) -> str:
    return f"{row.get_kind_display()}: {row.person}"


register_queues(
    Queue(
        "tiers",
        N_("Verifications"),
        Duty.REVIEW,
        timedelta(hours=48),
        open_verification_requests,
        lambda row: f"{row.get_tier_display()} · {row.organisation}",
    ),
    Queue(
        "data_requests",
        N_("Data requests"),
        Duty.PRIVACY,
        timedelta(days=30),
        open_data_requests,
        lambda row: str(row.get_kind_display()),
        due="due_at",
        language="user__language",
    ),
    Queue(
        "proposed_duties",
        N_("Duties to agree to"),
        Duty.STAFFING,
        timedelta(hours=24),
        lambda: _proposals(ProposalKind.DUTIES).select_related("person"),
        _proposal_title,
    ),
    Queue(
        "proposed_for_people",
        N_("Exports and erasures to agree to"),
        Duty.PRIVACY,
        timedelta(hours=24),
        lambda: _proposals(ProposalKind.EXPORT, ProposalKind.ERASURE).select_related("person"),
        _proposal_title,
    ),
)
register_measures(
    Measure(
        "people_joined",
        N_("People who joined"),
        lambda since, until: counting.per_day(
            User.objects.filter(is_staff=False), "created_at", since, until, splits={"language": "language"}
        ),
        splits=("language",),
    ),
    Measure(
        "badges_granted",
        N_("Badges granted"),
        lambda since, until: counting.per_day(Badge.objects.all(), "granted_at", since, until, splits={"tier": "tier"}),
        splits=("tier",),
    ),
)


def deeds(whose: Whose, before: datetime, limit: int) -> Iterator[Deed]:
    mine = {"user_id__in": whose.user_ids}
    for session in Session.objects.filter(created_at__lt=before, **mine).order_by("-created_at")[:limit]:
        what = gettext("A colleague looked with their eyes") if session.colleague_id else gettext("Logged in")
        yield Deed(session.created_at, "accounts", what)
    for identity in Identity.objects.filter(created_at__lt=before, **mine).order_by("-created_at")[:limit]:
        yield Deed(identity.created_at, "accounts", f"{gettext('Address added')}: {identity.get_kind_display()}")
    for entry in ConsentEntry.objects.filter(at__lt=before, **mine).order_by("-at")[:limit]:
        given = gettext("Consent given") if entry.is_given else gettext("Consent withdrawn")
        yield Deed(entry.at, "accounts", f"{given}: {Purpose(entry.purpose).label}")
    for request in DataRequest.objects.filter(created_at__lt=before, **mine).order_by("-created_at")[:limit]:
        yield Deed(
            request.created_at,
            "accounts",
            f"{gettext('Data request')}: {request.get_kind_display()} · {request.get_state_display()}",
        )
    asked = VerificationRequest.objects.filter(organisation_id__in=whose.organisation_ids, created_at__lt=before)
    for wanted in asked.order_by("-created_at")[:limit]:
        yield Deed(
            wanted.created_at,
            "accounts",
            f"{gettext('Asked for a badge')}: {wanted.get_tier_display()} · {wanted.get_state_display()}",
        )


register_deeds(deeds)
