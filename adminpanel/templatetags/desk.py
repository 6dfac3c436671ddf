"""What the admin's lists and histories get from the desk."""

from typing import Any

from django import template
from django.db.models import Model, Q
from django.http import HttpRequest

from accounts import selectors as people
from adminpanel.models import SavedView
from adminpanel.services.lists import kept_query
from msmebazaar.core import history
from msmebazaar.core.models import AuditEntry

register = template.Library()
MOST, LAST = 30, 100


@register.simple_tag
def list_tools(cl: Any, request: HttpRequest) -> dict[str, Any]:
    """Saved views of a list (one's own and everybody's), and what its address filters by."""
    label = cl.model._meta.label_lower
    rows = SavedView.objects.filter(Q(owner_id=request.user.pk) | Q(is_shared=True), model=label).order_by("name")
    views = [
        {"id": row.id, "name": row.name, "query": row.query, "is_own": row.owner_id == request.user.pk}
        for row in rows[:MOST]
    ]
    return {"views": views, "model": label, "query": kept_query(request.GET.urlencode())}


@register.simple_tag
def history_of(row: Model) -> dict[str, Any]:
    """Changes of a row with before and after, and what the audit says of it; names of who did it."""
    events = history.events_of(type(row), row.pk, limit=LAST)
    entries = list(AuditEntry.objects.filter(subject_id=row.pk).order_by("-at")[:LAST]) if _is_uuid(row.pk) else []
    ids = {str(event["actor_id"]) for event in events if event.get("actor_id")}
    names = people.names_of_actors(user_ids=ids | {str(entry.actor_id) for entry in entries if entry.actor_id})
    for event in events:
        event["who"] = names.get(str(event.get("actor_id")), "")
        event["during"] = event.get("request_id") or event.get("handler") or ""
    for entry in entries:
        entry.who = names.get(str(entry.actor_id), "")  # type: ignore[attr-defined]
    return {"events": events, "entries": entries}


def _is_uuid(key: object) -> bool:
    return type(key).__name__ == "UUID"
