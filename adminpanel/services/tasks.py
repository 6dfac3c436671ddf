"""Tasks about people, with reminders."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import selectors as people
from accounts import services as accounts
from adminpanel.exceptions import NotYours, TaskNotFound
from adminpanel.models import Task
from adminpanel.types import TaskState
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor, Duty

ROUND = 200


@transaction.atomic
def make_task(*, actor: Actor, person_id: UUID, text: str, due_at: datetime, owner_id: UUID | None = None) -> Task:
    """Something to do about a person; `owner_id` None: by oneself.

    Raises:
        Forbidden; NotAPerson; ColleagueNotFound.
    """
    actor.require_duty(*Duty)
    people.require_person(user_id=person_id)
    owner = owner_id or actor.user_id
    people.require_colleague(user_id=owner)
    task = Task.objects.create(person_id=person_id, text=text, due_at=due_at, owner_id=owner, made_by_id=actor.user_id)
    _audit("adminpanel.task_made", task, actor)
    return task


@transaction.atomic
def close_task(*, actor: Actor, task_id: UUID, is_done: bool, now: datetime) -> Task:
    """Done, or dropped. By whoever made it or has it.

    Raises:
        TaskNotFound, NotYours.
    """
    task = Task.objects.select_for_update().filter(pk=task_id, state=TaskState.OPEN).first()
    if task is None:
        raise TaskNotFound
    if actor.user_id not in (task.owner_id, task.made_by_id):
        raise NotYours
    task.state, task.closed_at = TaskState.DONE if is_done else TaskState.DROPPED, now
    task.save(update_fields=["state", "closed_at", "updated_at"])
    _audit(f"adminpanel.task_{task.state}", task, actor)
    return task


@transaction.atomic
def remind(*, now: datetime) -> int:
    """Tell colleagues of tasks whose time has come, once each. Returns how many."""
    due = Task.objects.select_for_update(skip_locked=True).filter(
        state=TaskState.OPEN, reminded_at__isnull=True, due_at__lte=now
    )
    tasks = list(due.order_by("due_at")[:ROUND])
    for task in tasks:
        params = {"task_id": str(task.id), "person_id": str(task.person_id)}
        accounts.notify(user_ids=[task.owner_id], kind="adminpanel.task_due", now=now, params=params)
    Task.objects.filter(pk__in=[task.pk for task in tasks]).update(reminded_at=now)
    return len(tasks)


def _audit(action: str, task: Task, actor: Actor) -> None:
    facts = {"task_id": str(task.id), "owner_id": str(task.owner_id)}
    audit.record(action, subject_type="user", subject_id=task.person_id, actor_id=actor.user_id, facts=dict(facts))
