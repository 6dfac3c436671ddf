"""The data-subject desk: requests with a due date, a nominee, a copy of everything, erasure."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from accounts import holders, reference
from accounts.events import ExportRequested, FilesOrphaned
from accounts.exceptions import DataRequestClosed, DataRequestNotFound, LastAdmin
from accounts.models import DataExport, DataRequest, Membership, Nominee, Organisation, SealedRecord, User
from accounts.selectors.privacy import subject_of
from accounts.services.notifications import notify
from accounts.services.sessions import end_all_sessions
from accounts.types import DataRequestKind, ExportState, MemberRole, RequestState
from msmebazaar.core import audit, retention
from msmebazaar.core.actor import Actor, Duty
from msmebazaar.core.cells import harmless
from msmebazaar.core.clock import INDIA
from msmebazaar.core.exceptions import Forbidden
from msmebazaar.core.outbox import publish
from msmebazaar.integrations.storage import file_store


@transaction.atomic
def open_data_request(*, actor: Actor, kind: DataRequestKind, text: str, now: datetime) -> DataRequest:
    """Ask for a correction, or complain. The day it must be answered by follows from the rule in force."""
    days = reference.days_to_answer(kind, now.astimezone(INDIA).date())
    request = DataRequest.objects.create(user_id=actor.user_id, kind=kind, text=text, due_at=now + timedelta(days=days))
    _audit("accounts.data_request_opened", actor.user_id, actor.user_id, {"kind": kind.value})
    return request


@transaction.atomic
def answer_data_request(*, actor: Actor, request_id: UUID, answer: str, now: datetime) -> DataRequest:
    """Staff answer; the person is told."""
    actor.require_duty(Duty.PRIVACY)
    request = DataRequest.objects.select_for_update().filter(pk=request_id).first()
    if request is None:
        raise DataRequestNotFound
    if request.state != RequestState.OPEN:
        raise DataRequestClosed
    request.state, request.answer = RequestState.ANSWERED, answer
    request.answered_by_id, request.answered_at = actor.user_id, now
    request.save()
    _audit("accounts.data_request_answered", request.user_id, actor.user_id, {"request_id": str(request.id)})
    notify(user_ids=[request.user_id], kind="accounts.data_request_answered", now=now)
    return request


@transaction.atomic
def name_nominee(*, actor: Actor, full_name: str, phone: str, relation: str) -> Nominee:
    """Who may exercise the rights later; naming somebody again replaces them."""
    User.objects.select_for_update().get(pk=actor.user_id)
    nominee = Nominee.objects.filter(user_id=actor.user_id).first() or Nominee(user_id=actor.user_id)
    nominee.full_name, nominee.phone, nominee.relation = full_name, phone, relation
    nominee.save()
    _audit("accounts.nominee_named", actor.user_id, actor.user_id, {})
    return nominee


@transaction.atomic
def remove_nominee(*, actor: Actor) -> None:
    """Name nobody; repeating it changes nothing."""
    if Nominee.objects.filter(user_id=actor.user_id).delete()[0]:
        _audit("accounts.nominee_removed", actor.user_id, actor.user_id, {})


@transaction.atomic
def request_export(*, user_id: UUID, actor_id: UUID) -> DataExport:
    """Ask for a copy of everything; a worker makes it. While one is being made, that one is the answer."""
    User.objects.select_for_update().get(pk=user_id)
    export = DataExport.objects.filter(user_id=user_id, state=ExportState.PENDING).first()
    if export is None:
        export = DataExport.objects.create(user_id=user_id)
        _audit("accounts.export_requested", user_id, actor_id, {"export_id": str(export.id)})
        publish(ExportRequested(export.id))
    return export


def make_export(*, export_id: UUID, now: datetime) -> None:
    """Build the zip and keep it in the object store, outside any transaction. Repeats give the same key."""
    export = DataExport.objects.get(pk=export_id)
    if export.state != ExportState.PENDING:
        return
    content = zipped(holders.collect(subject_of(user_id=export.user_id)))
    key = f"exports/{export.id}.zip"
    file_store().remove(key)
    file_store().keep(key, content)
    days = next(rule.days for rule in retention.rules_on(now.date()) if rule.what == "accounts.export")
    with transaction.atomic():
        made = {
            "state": ExportState.READY,
            "object_key": key,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "ready_at": now,
        }
        if DataExport.objects.filter(pk=export_id, state=ExportState.PENDING).update(**made):
            notify(user_ids=[export.user_id], kind="accounts.export_ready", now=now, params={"days": days})


def zipped(tables: dict[str, list[dict[str, Any]]]) -> bytes:
    """`data.json` with everything, and one CSV per table for a spreadsheet."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        text = json.dumps(tables, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        archive.writestr("data.json", text)
        for table, rows in tables.items():
            if rows:
                archive.writestr(f"{table}.csv", _as_csv(rows))
    return stream.getvalue()


def _as_csv(rows: list[dict[str, Any]]) -> str:
    """With a byte-order mark, so that a spreadsheet reads the Hindi right."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(rows[0])
    for row in rows:
        writer.writerow([harmless(value) for value in row.values()])
    return "\ufeff" + stream.getvalue()


@transaction.atomic
def erase_me(*, actor: Actor, now: datetime) -> None:
    """Erase a person: gone from every screen, search and list at once; a sealed copy is kept as the retention rule says.

    Raises:
        Forbidden: staff are erased by staff.
        LastAdmin: an organisation with other members would be left without an administrator.
    """
    if actor.is_staff:
        raise Forbidden
    erase_person(user_id=actor.user_id, by=actor.user_id, now=now)


@transaction.atomic
def erase_person(*, user_id: UUID, by: UUID, now: datetime) -> None:
    """The same for somebody who asked us another way; two colleagues have agreed.

    Raises:
        LastAdmin.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    subject = subject_of(user_id=user.pk)
    _guard_shared_organisations(user, subject)
    SealedRecord.objects.create(user=user, content=_as_json(holders.collect(subject)), sealed_at=now)
    end_all_sessions(user_id=user.pk, because="erased", now=now)
    for _app, holder in holders.highest_first():
        holder.erase(subject, now=now)
    _audit("accounts.erased", user.pk, by, {"organisations": len(subject.organisation_ids)})


def _as_json(tables: dict[str, list[dict[str, Any]]]) -> str:
    return json.dumps(tables, cls=DjangoJSONEncoder, ensure_ascii=False)


def _guard_shared_organisations(user: User, subject: holders.Subject) -> None:
    """Locks the organisations that go on without the person."""
    shared = Organisation.objects.select_for_update().filter(memberships__user=user)
    for organisation in shared.exclude(pk__in=subject.organisation_ids).order_by("id"):
        others = Membership.objects.filter(organisation=organisation, role=MemberRole.ADMIN).exclude(user=user)
        if not others.exists():
            raise LastAdmin


@transaction.atomic
def forget_files(*, object_keys: list[str]) -> None:
    """Hand objects whose rows are gone to a worker, which removes them from the store."""
    if object_keys:
        publish(FilesOrphaned(tuple(object_keys)))


def _audit(action: str, user_id: UUID, actor_id: UUID, facts: dict[str, object]) -> None:
    audit.record(action, subject_type="user", subject_id=user_id, actor_id=actor_id, facts=facts)
