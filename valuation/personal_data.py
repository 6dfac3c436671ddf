"""What valuation holds about a person's own organisations, and how it is erased."""

from datetime import datetime
from typing import Any

from accounts.holders import Subject, as_rows
from valuation.models import Narrative, ShareLink, Valuation


class ValuationHolder:
    def collect(self, subject: Subject) -> dict[str, list[dict[str, Any]]]:
        found = Valuation.objects.filter(organisation_id__in=subject.organisation_ids)
        fields = ("business_id", "status", "purpose", "answers", "input", "output", "engine_version", "pack_id")
        links = ShareLink.objects.filter(valuation__in=found)
        sentences = Narrative.objects.filter(valuation__in=found)
        return {
            "valuation": as_rows(found, *fields, "created_at", "completed_at"),
            "share_link": as_rows(links, "label", "language", "expires_at", "revoked_at", "opened", "created_at"),
            "narrative": as_rows(sentences, "valuation_id", "language", "source", "text", "created_at"),
        }

    def erase(self, subject: Subject, *, now: datetime) -> None:
        """Results never change, but they go with the person whose figures they are."""
        Valuation.objects.filter(organisation_id__in=subject.organisation_ids).delete()
