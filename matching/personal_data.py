"""What matching holds about a person's own organisations, and how it is erased."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from accounts.holders import Subject, as_rows
from matching.models import (
    Feedback,
    Introduction,
    LoanComparison,
    LoanProduct,
    Mandate,
    Message,
    NdaSignature,
    NdaText,
)

WISHES = (
    "name",
    "kind",
    "intents",
    "nic_include",
    "nic_exclude",
    "states",
    "districts",
    "ticket_min_inr",
    "ticket_max_inr",
    "stake_min_pct",
    "stake_max_pct",
    "revenue_min_inr",
    "structures",
    "horizon_months",
    "strict",
    "thesis",
    "status",
    "alerts",
    "created_at",
)


class MatchingHolder:
    def collect(self, subject: Subject) -> dict[str, list[dict[str, Any]]]:
        own = subject.organisation_ids
        return {
            "mandate": as_rows(Mandate.objects.filter(organisation_id__in=own), *WISHES),
            "feedback": as_rows(
                Feedback.objects.filter(user_id__in=subject.user_ids), "listing_id", "kind", "reason", "at"
            ),
            "introduction": as_rows(
                Introduction.objects.filter(Q(seeker_id__in=own) | Q(owner_id__in=own)),
                *("listing_id", "state", "note", "kind", "created_at", "opened_room_at"),
            ),
            "message": as_rows(Message.objects.filter(user_id__in=subject.user_ids), "written", "created_at"),
            "nda_text": as_rows(NdaText.objects.filter(organisation_id__in=own), "number", "language", "text"),
            "nda_signature": as_rows(
                NdaSignature.objects.filter(user_id__in=subject.user_ids), "signer", "sha256", "network", "signed_at"
            ),
            "loan_product": as_rows(
                LoanProduct.objects.filter(organisation_id__in=own), "name", "lender_name", "rate_pct", "is_active"
            ),
        }

    def erase(self, subject: Subject, *, now: datetime) -> None:
        """With their matches; those of their listings go with the listings. What the other side wrote goes with it."""
        own = subject.organisation_ids
        Introduction.objects.filter(Q(seeker_id__in=own) | Q(owner_id__in=own)).delete()
        Feedback.objects.filter(user_id__in=subject.user_ids).delete()
        LoanComparison.objects.filter(user_id__in=subject.user_ids).delete()
        LoanProduct.objects.filter(organisation_id__in=own).delete()
        NdaText.objects.filter(organisation_id__in=own).delete()
        Mandate.objects.filter(organisation_id__in=own).delete()
