"""Asking for a valuation, and making it. The request is quick; a worker does the work."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import services as accounts
from msme import selectors as businesses
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor, Scope
from msmebazaar.core.outbox import publish
from valuation import canonical
from valuation.engine import ENGINE_VERSION, Estimate, evaluate
from valuation.events import ValuationCompleted, ValuationRequested
from valuation.exceptions import FiguresMissing
from valuation.models import Valuation
from valuation.packs import current_pack, packs
from valuation.types import ValuationStatus


@transaction.atomic
def request_valuation(*, actor: Actor, business_id: UUID) -> Valuation:
    """Ask for the value of an own business.

    The same figures, engine and pack give the row that is already there, so asking twice costs nothing.

    Raises:
        msme BusinessNotFound; FiguresMissing.
    """
    facts = businesses.get_business_facts(actor=actor, business_id=business_id)
    actor.require_writable(Scope.VALUATION, facts.organisation_id)
    if not facts.figures:
        raise FiguresMissing
    content, pack = canonical.input_of(facts.figures), current_pack()
    valuation, is_new = Valuation.objects.get_or_create(
        business_id=facts.business_id,
        input_sha256=canonical.sha256_of(content),
        engine_version=ENGINE_VERSION,
        pack_sha256=pack.sha256,
        defaults={
            "organisation_id": facts.organisation_id,
            "requested_by_id": actor.user_id,
            "input": content,
            "pack_id": pack.id,
        },
    )
    if is_new:
        audit.record("valuation.requested", subject_type="valuation", subject_id=valuation.id, actor_id=actor.user_id)
        publish(ValuationRequested(valuation.id))
    return valuation


@transaction.atomic
def complete_valuation(*, valuation_id: UUID, now: datetime) -> None:
    """Run the engine and write the result; a valuation that is complete stays as it is."""
    valuation = Valuation.objects.select_for_update().get(pk=valuation_id)
    if valuation.status != ValuationStatus.PENDING:
        return
    result = evaluate(canonical.figures_of(valuation.input), packs()[valuation.pack_id])
    valuation.output = canonical.output_of(result)
    valuation.output_sha256 = canonical.sha256_of(valuation.output)
    valuation.status = ValuationStatus.REFUSED
    if isinstance(result, Estimate):
        valuation.status = ValuationStatus.READY
        valuation.point_inr = result.value.point
        valuation.low80_inr, valuation.high80_inr = result.value.low80, result.value.high80
    valuation.completed_at = now
    valuation.save()
    accounts.notify(
        user_ids=[valuation.requested_by_id],
        kind=f"valuation.{valuation.status}",
        now=now,
        params={"valuation_id": str(valuation.id)},
    )
    publish(ValuationCompleted(valuation.id))
