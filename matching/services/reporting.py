"""Messages that somebody reports, and what staff make of them."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import services as accounts
from matching.exceptions import MessageNotFound, ReportDecided, ReportNotFound
from matching.models import Message, MessageReport
from matching.selectors.introductions import get_own_introduction, side_of
from matching.types import ReportedShown, ReportReason, ReportState
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor, Duty

AROUND = 5


@transaction.atomic
def report_message(
    *, actor: Actor, introduction_id: UUID, message_id: UUID, reason: ReportReason, text: str
) -> MessageReport:
    """Tell us of a message of the other side. Saying it again changes nothing.

    Raises:
        IntroductionNotFound; MessageNotFound: no such message of the other side.
    """
    introduction = get_own_introduction(actor=actor, introduction_id=introduction_id)
    others = Message.objects.filter(introduction=introduction, pk=message_id).exclude(side=side_of(actor, introduction))
    message = others.first()
    if message is None:
        raise MessageNotFound
    try:
        with transaction.atomic():
            report = MessageReport.objects.create(message=message, by_id=actor.user_id, reason=reason, text=text)
    except IntegrityError:
        return MessageReport.objects.get(message=message, by_id=actor.user_id)
    _audit("matching.message_reported", report, actor)
    return report


def get_report(*, actor: Actor, report_id: UUID) -> ReportedShown:
    """A report with the messages around it, as the other side reads them. That somebody looked is written down.

    Raises:
        Forbidden, ReportNotFound.
    """
    actor.require_duty(Duty.REVIEW)
    report = (
        MessageReport.objects.select_related("message__introduction__listing__business").filter(pk=report_id).first()
    )
    if report is None or not actor.covers(report.message.introduction.listing.business.state):
        raise ReportNotFound
    _audit("matching.report_read", report, actor)
    rows = Message.objects.filter(introduction=report.message.introduction_id).order_by("id")
    before = list(rows.filter(id__lt=report.message_id).order_by("-id")[:AROUND])[::-1]
    after = list(rows.filter(id__gte=report.message_id)[: AROUND + 1])
    return ReportedShown(
        report.id,
        str(ReportReason(report.reason).label),
        report.text or "",
        report.created_at,
        report.state,
        report.message.introduction.listing.title,
        report.message.introduction_id,
        tuple(
            (row.created_at, str(row.get_side_display()), row.shown or "", row.id == report.message_id)
            for row in before + after
        ),
    )


@transaction.atomic
def decide_report(*, actor: Actor, report_id: UUID, uphold: bool, now: datetime) -> MessageReport:
    """Uphold: whoever wrote it is warned. Dismiss: nothing happens. Whoever reported is told that we looked.

    Raises:
        Forbidden, ReportNotFound, ReportDecided.
    """
    report = _locked(actor, report_id)
    if report.state != ReportState.OPEN:
        raise ReportDecided(now=str(ReportState(report.state).label))
    report.state = ReportState.UPHELD if uphold else ReportState.DISMISSED
    report.decided_by_id, report.decided_at = actor.user_id, now
    report.save()
    title = {"title": report.message.introduction.listing.title}
    if uphold:
        accounts.notify(user_ids=[report.message.user_id], kind="matching.message_warned", now=now, params=title)
    accounts.notify(user_ids=[report.by_id], kind="matching.report_answered", now=now, params=title)
    _audit(f"matching.report_{report.state}", report, actor)
    return report


@transaction.atomic
def reopen_report(*, actor: Actor, report_id: UUID) -> MessageReport:
    """Take a decision back; what people were told stays told.

    Raises:
        Forbidden, ReportNotFound.
    """
    report = _locked(actor, report_id)
    report.state, report.decided_by_id, report.decided_at = ReportState.OPEN, None, None
    report.save()
    _audit("matching.report_reopened", report, actor)
    return report


def _locked(actor: Actor, report_id: UUID) -> MessageReport:
    actor.require_duty(Duty.REVIEW)
    rows = MessageReport.objects.select_for_update(of=("self",)).select_related(
        "message__introduction__listing__business"
    )
    report = rows.filter(pk=report_id).first()
    if report is None or not actor.covers(report.message.introduction.listing.business.state):
        raise ReportNotFound
    return report


def _audit(action: str, report: MessageReport, actor: Actor) -> None:
    audit.record(
        action,
        subject_type="messagereport",
        subject_id=report.id,
        actor_id=actor.user_id,
        facts={"introduction_id": str(report.message.introduction_id), "reason": report.reason},
    )
