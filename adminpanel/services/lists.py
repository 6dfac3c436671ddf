"""Saved views of lists, and sheets made of lists."""

from datetime import datetime
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Model

from adminpanel import roles
from adminpanel.events import SheetRequested
from adminpanel.exceptions import ListNotFound, NotYours, SheetNotFound, ViewKnown
from adminpanel.models import SavedView, Sheet
from adminpanel.types import SheetFormat, SheetState
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor, Duty
from msmebazaar.core.outbox import publish
from msmebazaar.integrations.storage import file_store

NOT_OF_A_VIEW = {"p", "e", "_popup", "_to_field", "_changelist_filters"}
LONGEST_QUERY = 1000


def list_named(actor: Actor, label: str) -> type[Model]:
    """The model of a list that the colleague may see. Raises: ListNotFound."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError) as error:
        raise ListNotFound from error
    if not roles.may_view(actor, model):
        raise ListNotFound
    return model


def kept_query(query: str) -> str:
    """Filters, search and order of a list's address, without the page."""
    pairs = [(name, value) for name, value in parse_qsl(query) if name not in NOT_OF_A_VIEW]
    return urlencode(pairs)[:LONGEST_QUERY]


@transaction.atomic
def save_view(*, actor: Actor, model: str, name: str, query: str, is_shared: bool) -> SavedView:
    """Keep a list under a name.

    Raises:
        ListNotFound, ViewKnown.
    """
    label = list_named(actor, model)._meta.label_lower
    try:
        with transaction.atomic():
            return SavedView.objects.create(
                owner_id=actor.user_id, model=label, name=name, query=kept_query(query), is_shared=is_shared
            )
    except IntegrityError as error:
        raise ViewKnown from error


@transaction.atomic
def drop_view(*, actor: Actor, view_id: UUID) -> None:
    """Forget a view. Raises: NotYours: there is none, or a colleague's."""
    rows = SavedView.objects.filter(pk=view_id)
    if not actor.has_duty(Duty.STAFFING):
        rows = rows.filter(owner_id=actor.user_id)
    if not rows.delete()[0]:
        raise NotYours


@transaction.atomic
def ask_for_sheet(*, actor: Actor, model: str, query: str, format: SheetFormat) -> Sheet:
    """A list as a file; a worker makes it and tells.

    Raises:
        ListNotFound.
    """
    label = list_named(actor, model)._meta.label_lower
    sheet = Sheet.objects.create(made_by_id=actor.user_id, model=label, query=kept_query(query), format=format)
    audit.record(
        "adminpanel.sheet_asked",
        subject_type="sheet",
        subject_id=sheet.id,
        actor_id=actor.user_id,
        facts={"model": label, "query": sheet.query, "format": format.value},
    )
    publish(SheetRequested(sheet.id))
    return sheet


def get_sheet(*, actor: Actor, sheet_id: UUID) -> Sheet:
    """One's own. Raises: SheetNotFound."""
    sheet = Sheet.objects.filter(pk=sheet_id, made_by_id=actor.user_id).first()
    if sheet is None:
        raise SheetNotFound
    return sheet


def give_sheet_link(*, actor: Actor, sheet_id: UUID, now: datetime) -> str:
    """A download for a minute; each is written down.

    Raises:
        SheetNotFound: there is none, or it is not ready.
    """
    sheet = get_sheet(actor=actor, sheet_id=sheet_id)
    if sheet.state != SheetState.READY:
        raise SheetNotFound
    audit.record("adminpanel.sheet_fetched", subject_type="sheet", subject_id=sheet.id, actor_id=actor.user_id)
    kinds = {
        SheetFormat.CSV: "text/csv; charset=utf-8",
        SheetFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    name = f"{sheet.model.replace('.', '-')}-{sheet.created_at:%Y-%m-%d}.{sheet.format}"
    return file_store().short_link(sheet.object_key, file_name=name, content_type=kinds[SheetFormat(sheet.format)])
