"""What matching holds about a person's own organisations, and how it is erased."""

from datetime import datetime
from typing import Any

from accounts.holders import Subject, as_rows
from matching.models import Mandate


class MatchingHolder:
    def collect(self, subject: Subject) -> dict[str, list[dict[str, Any]]]:
        found = Mandate.objects.filter(organisation_id__in=subject.organisation_ids)
        fields = ("name", "kind", "intents", "nic_include", "nic_exclude", "states", "ticket_min_inr", "ticket_max_inr")
        return {"mandate": as_rows(found, *fields, "thesis", "status", "created_at")}

    def erase(self, subject: Subject, *, now: datetime) -> None:
        """With their matches; those of their listings go with the listings."""
        Mandate.objects.filter(organisation_id__in=subject.organisation_ids).delete()
