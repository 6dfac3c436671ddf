"""Reads of the data-subject desk."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, QuerySet

from accounts import holders, reference
from accounts.exceptions import DataRequestNotFound, ExportNotFound, NomineeNotFound
from accounts.holders import Subject
from accounts.models import AdvisorMandate, DataExport, DataRequest, Dispatch, Membership, Nominee
from accounts.selectors.people import ids_of
from accounts.types import AdvisorMandateState, DispatchState, RequestState
from msmebazaar.core import audit, retention
from msmebazaar.core.actor import Actor, Duty


def subject_of(*, user_id: UUID) -> Subject:
    """A person's data: their rows, and the organisations whose only member they are."""
    users = ids_of(user_id=user_id)
    organisations = Membership.objects.filter(user_id__in=users).values_list("organisation_id", flat=True)
    shared = Membership.objects.filter(organisation_id__in=organisations).exclude(user_id__in=users)
    alone = set(organisations) - set(shared.values_list("organisation_id", flat=True))
    return Subject(users, tuple(sorted(alone)))


@dataclass(frozen=True)
class DataSummary:
    """DPDP Act s.11: what is processed, and whom it was shared with."""

    holdings: list[dict[str, object]]
    recipients: list[dict[str, object]]
    retention: list[dict[str, object]]


def get_data_summary(*, user_id: UUID, today: date) -> DataSummary:
    subject = subject_of(user_id=user_id)
    held = holders.collect(subject)
    sent = Dispatch.objects.filter(notification__user_id__in=subject.user_ids, state=DispatchState.SENT)
    counts = dict(sent.values_list("channel").annotate(Count("id")))
    recipients: list[dict[str, object]] = [vars(recipient) for recipient in reference.recipients()]
    advisors = AdvisorMandate.objects.filter(
        owner_organisation_id__in=subject.organisation_ids, state=AdvisorMandateState.ACCEPTED
    )
    recipients += [
        {
            "recipient": mandate.advisor_organisation.name or str(mandate.advisor_organisation_id),
            "what": ", ".join(mandate.scopes),
            "why": "advisor mandate",
            "where": "India",
        }
        for mandate in advisors.select_related("advisor_organisation")
    ]
    return DataSummary(
        holdings=[{"table": table, "rows": len(rows)} for table, rows in held.items() if rows],
        recipients=[{**row, "messages_sent": counts if row["recipient"] == "Twilio" else {}} for row in recipients],
        retention=[
            {"what": rule.what, "days": rule.days, "counted_from": rule.counted_from, "source": rule.source}
            for rule in retention.rules_on(today)
        ],
    )


def own_data_requests(*, actor: Actor) -> QuerySet[DataRequest]:
    return DataRequest.objects.filter(user_id=actor.user_id)


def get_own_data_request(*, actor: Actor, request_id: UUID) -> DataRequest:
    found = own_data_requests(actor=actor).filter(pk=request_id).first()
    if found is None:
        raise DataRequestNotFound
    return found


def open_data_requests() -> QuerySet[DataRequest]:
    """For staff: what is due first."""
    return DataRequest.objects.filter(state=RequestState.OPEN).order_by("due_at", "id")


def get_open_data_request(*, request_id: UUID) -> DataRequest:
    found = open_data_requests().filter(pk=request_id).first()
    if found is None:
        raise DataRequestNotFound
    return found


def get_data_request_for_staff(*, actor: Actor, request_id: UUID) -> DataRequest:
    """An open request with what the person wrote; that a colleague read it is written down.

    Raises: Forbidden, DataRequestNotFound.
    """
    actor.require_duty(Duty.PRIVACY)
    found = get_open_data_request(request_id=request_id)
    audit.record("accounts.data_request_read", subject_type="user", subject_id=found.user_id, actor_id=actor.user_id)
    return found


def own_exports(*, actor: Actor) -> QuerySet[DataExport]:
    return DataExport.objects.filter(user_id=actor.user_id)


def get_own_export(*, actor: Actor, export_id: UUID) -> DataExport:
    found = own_exports(actor=actor).filter(pk=export_id).first()
    if found is None:
        raise ExportNotFound
    return found


def get_own_nominee(*, actor: Actor) -> Nominee:
    found = Nominee.objects.filter(user_id=actor.user_id).first()
    if found is None:
        raise NomineeNotFound
    return found
