"""What the staff's desk holds about a person, and how it is erased."""

from datetime import datetime
from typing import Any

from accounts.holders import Subject, as_rows
from adminpanel.models import BreachAffected, Task


class AdminpanelHolder:
    def collect(self, subject: Subject) -> dict[str, list[dict[str, Any]]]:
        mine = {"person_id__in": subject.user_ids}
        return {
            "task": as_rows(Task.objects.filter(**mine), "text", "due_at", "state", "created_at"),
            "breach_affected": as_rows(BreachAffected.objects.filter(**mine), "breach_id", "told_at", "created_at"),
        }

    def erase(self, subject: Subject, *, now: datetime) -> None:
        """That a breach concerned somebody stays, under an id that names nobody: the law wants the count."""
        Task.objects.filter(person_id__in=subject.user_ids).delete()
