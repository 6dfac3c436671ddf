"""Reads over valuations."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from msmebazaar.core.actor import Actor, Scope
from valuation.exceptions import ValuationNotFound
from valuation.models import Valuation
from valuation.types import ValuationSummary


def own_valuations(*, actor: Actor) -> QuerySet[Valuation]:
    return Valuation.objects.filter(organisation_id__in=actor.readable(Scope.VALUATION))


def get_own_valuation(*, actor: Actor, valuation_id: UUID) -> Valuation:
    valuation = own_valuations(actor=actor).filter(pk=valuation_id).first()
    if valuation is None:
        raise ValuationNotFound
    return valuation


def latest_summary(*, organisation_ids: Iterable[UUID]) -> ValuationSummary | None:
    """The newest completed valuation of any of these organisations."""
    row = (
        Valuation.objects.filter(organisation_id__in=organisation_ids, completed_at__isnull=False)
        .order_by("-completed_at")
        .first()
    )
    if row is None:
        return None
    return ValuationSummary(
        row.id, row.business_id, row.status, row.point_inr, row.low80_inr, row.high80_inr, row.completed_at
    )
