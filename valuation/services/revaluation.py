"""Valuing every business again after a new pack or engine: batch by batch, so that it goes on after a kill."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from msme import selectors as businesses
from msmebazaar.core import clock
from valuation.canonical import Answers
from valuation.engine import ENGINE_VERSION
from valuation.exceptions import FiguresMissing
from valuation.models import RevaluationRun, Valuation
from valuation.packs import current_pack
from valuation.services.making import complete_valuation, make_row
from valuation.types import RunState

BATCH = 50


@transaction.atomic
def begin_revaluation() -> RevaluationRun:
    """A run over all businesses that have a valuation; the one under way, if there is one."""
    total = Valuation.objects.order_by().values("business_id").distinct().count()
    run, _ = RevaluationRun.objects.get_or_create(
        engine_version=ENGINE_VERSION, pack_id=current_pack().id, state=RunState.RUNNING, defaults={"total": total}
    )
    return run


@transaction.atomic
def continue_revaluation(*, run_id: UUID, now: datetime) -> RevaluationRun:
    """Do the next batch. Owners are not told one by one; a business whose figures are gone is passed over."""
    run = RevaluationRun.objects.select_for_update().get(pk=run_id)
    if run.state == RunState.DONE:
        return run
    latest = Valuation.objects.order_by("business_id", "-created_at").distinct("business_id")
    if run.after:
        latest = latest.filter(business_id__gt=run.after)
    rows = list(latest[:BATCH])
    facts_of = {facts.business_id: facts for facts in businesses.list_facts(business_ids=[r.business_id for r in rows])}
    for row in rows:
        facts = facts_of.get(row.business_id)
        if facts is None:
            continue
        try:
            valuation, is_new = make_row(
                facts,
                Answers.of(row.answers),
                requested_by_id=row.requested_by_id,
                purpose=row.purpose,
                today=clock.today_in_india(),
            )
        except FiguresMissing:
            continue
        if is_new:
            complete_valuation(valuation_id=valuation.id, now=now, is_told=False)
            run.made += 1
    run.done += len(rows)
    if rows:
        run.after = rows[-1].business_id
    if len(rows) < BATCH:
        run.state, run.finished_at = RunState.DONE, now
    run.save()
    return run
