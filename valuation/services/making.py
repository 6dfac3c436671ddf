"""Asking for a valuation, and making it. The request is quick; a worker does the work."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from accounts import services as accounts
from msme import selectors as businesses
from msme.types import BusinessFacts
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor, Scope
from msmebazaar.core.outbox import publish
from valuation import canonical, selectors
from valuation.canonical import Answers
from valuation.engine import ENGINE_VERSION, ENGINES
from valuation.events import ValuationCompleted, ValuationRequested
from valuation.exceptions import FiguresMissing
from valuation.models import Oddity, Valuation
from valuation.oddities import odd_reasons
from valuation.packs import current_pack, packs
from valuation.types import ValuationPurpose, ValuationStatus


@transaction.atomic
def request_valuation(
    *,
    actor: Actor,
    business_id: UUID,
    today: date,
    answers: Answers | None = None,
    purpose: str = ValuationPurpose.INFORMATION,
    valuation_date: date | None = None,
) -> Valuation:
    """Ask for the value of an own business.

    The same figures, answers, day, engine and pack give the row that is already there, so asking twice costs nothing.
    `answers` None: as in the last valuation of the business.

    Raises:
        msme BusinessNotFound; FiguresMissing.
    """
    facts = businesses.get_business_facts(actor=actor, business_id=business_id)
    actor.require_writable(Scope.VALUATION, facts.organisation_id)
    if answers is None:
        answers = selectors.last_answers(business_id=business_id)
    valuation, is_new = make_row(
        facts, answers, requested_by_id=actor.user_id, purpose=purpose, today=today, valuation_date=valuation_date
    )
    if is_new:
        audit.record("valuation.requested", subject_type="valuation", subject_id=valuation.id, actor_id=actor.user_id)
        publish(ValuationRequested(valuation.id))
    return valuation


def make_row(
    facts: BusinessFacts,
    answers: Answers,
    *,
    requested_by_id: UUID,
    purpose: str,
    today: date,
    valuation_date: date | None = None,
) -> tuple[Valuation, bool]:
    """The pending row of these facts under the current engine and pack, and whether it is new.

    Raises:
        FiguresMissing.
    """
    if not facts.figures:
        raise FiguresMissing
    content = canonical.input_of(facts, answers, valuation_date=valuation_date or today, asked_on=today)
    pack = current_pack()
    return Valuation.objects.get_or_create(
        business_id=facts.business_id,
        input_sha256=canonical.sha256_of(content),
        engine_version=ENGINE_VERSION,
        pack_sha256=pack.sha256,
        defaults={
            "organisation_id": facts.organisation_id,
            "requested_by_id": requested_by_id,
            "purpose": purpose,
            "answers": answers.plain(),
            "input": content,
            "pack_id": pack.id,
        },
    )


@transaction.atomic
def complete_valuation(*, valuation_id: UUID, now: datetime, is_told: bool = True) -> None:
    """Run the engine and write the result; a valuation that is complete stays as it is."""
    valuation = Valuation.objects.select_for_update().get(pk=valuation_id)
    if valuation.status != ValuationStatus.PENDING:
        return
    output = ENGINES[valuation.engine_version](valuation.input, packs()[valuation.pack_id])
    valuation.output = output
    valuation.output_sha256 = canonical.sha256_of(output)
    valuation.status = ValuationStatus.REFUSED
    if "value" in output:
        value = output["value"]
        valuation.status = ValuationStatus.READY
        valuation.point_inr = Decimal(value["point"]) if value["point"] else None
        valuation.low80_inr, valuation.high80_inr = Decimal(value["low80"]), Decimal(value["high80"])
        quality = output["quality"]
        valuation.quality = quality["score"] if isinstance(quality, dict) else quality
    valuation.completed_at = now
    valuation.save()
    note_oddities(valuation)
    if is_told:
        accounts.notify(
            user_ids=[valuation.requested_by_id],
            kind=f"valuation.{valuation.status}",
            now=now,
            params={"valuation_id": str(valuation.id)},
        )
    publish(ValuationCompleted(valuation.id))


def note_oddities(valuation: Valuation) -> None:
    """A value outside its usual range waits for a colleague to look at it."""
    if valuation.status != ValuationStatus.READY:
        return
    others = Valuation.objects.filter(business_id=valuation.business_id, status=ValuationStatus.READY)
    before = others.exclude(pk=valuation.pk).order_by("-completed_at").values_list("point_inr", flat=True).first()
    reasons = odd_reasons(
        point=valuation.point_inr,
        low=valuation.low80_inr,
        high=valuation.high80_inr,
        before=before,
        year=canonical.last_year_of(valuation.input),
    )
    if reasons:
        Oddity.objects.get_or_create(valuation=valuation, defaults={"reasons": [reason.value for reason in reasons]})
