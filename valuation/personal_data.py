"""What valuation holds about a person's own organisations, and how it is erased."""

from datetime import datetime
from typing import Any

from accounts.holders import Subject, as_rows
from valuation.models import Valuation


class ValuationHolder:
    def collect(self, subject: Subject) -> dict[str, list[dict[str, Any]]]:
        found = Valuation.objects.filter(organisation_id__in=subject.organisation_ids)
        fields = ("business_id", "status", "input", "output", "engine_version", "pack_id", "created_at", "completed_at")
        return {"valuation": as_rows(found, *fields)}

    def erase(self, subject: Subject, *, now: datetime) -> None:
        """Results never change, but they go with the person whose figures they are."""
        Valuation.objects.filter(organisation_id__in=subject.organisation_ids).delete()
