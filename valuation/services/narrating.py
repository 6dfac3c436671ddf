"""An explanation in sentences: a language model's where a key is set and its numbers hold, our templates' otherwise."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from msmebazaar.core import audit
from msmebazaar.core.actor import Actor, Scope
from msmebazaar.core.outbox import publish
from msmebazaar.integrations.errors import VendorError
from msmebazaar.integrations.llm import language_model
from valuation import selectors
from valuation.engine.v2 import texts as engine
from valuation.events import NarrativeRequested
from valuation.explanation import explain
from valuation.models import Narrative
from valuation.narrative import INSTRUCTIONS, LANGUAGES, unsupported
from valuation.texts import finding
from valuation.types import NarrativeSource


@transaction.atomic
def request_narrative(*, actor: Actor, valuation_id: UUID, language: str) -> Narrative:
    """Ask for sentences about an own valuation. The facts, without any name, go to the language model if one is set.

    Raises:
        ValuationNotFound, ValuationNotReady.
    """
    valuation = selectors.get_result(actor=actor, valuation_id=valuation_id)
    actor.require_writable(Scope.VALUATION, valuation.organisation_id)
    narrative, is_new = Narrative.objects.get_or_create(valuation=valuation, language=language)
    if is_new:
        audit.record("valuation.narrative", subject_type="valuation", subject_id=valuation.id, actor_id=actor.user_id)
        publish(NarrativeRequested(narrative.id))
    return narrative


def write_narrative(*, narrative_id: UUID, now: datetime) -> None:
    """Have it written, outside any transaction. A text with a number that the result does not have is not used.

    Raises:
        VendorError: it may go through later; the outbox plans that.
    """
    narrative = Narrative.objects.filter(pk=narrative_id).select_related("valuation").first()
    if narrative is None or narrative.completed_at is not None:
        return
    valuation, language = narrative.valuation, narrative.language
    output = valuation.output or {}
    facts = explain(valuation, language)
    facts += [finding(row, engine.WARNINGS, language) for row in output["warnings"] if isinstance(row, dict)]
    try:
        text = language_model().complete(
            instructions=INSTRUCTIONS.format(language=LANGUAGES[language]), text="\n".join(facts)
        )
    except VendorError as error:
        if not error.permanent:
            raise
        text = ""
    rejected = unsupported(text, facts)
    is_sound = bool(text.strip()) and not rejected
    narrative.text = text.strip() if is_sound else "\n\n".join(facts)
    narrative.source = NarrativeSource.MODEL if is_sound else NarrativeSource.TEMPLATE
    narrative.rejected_numbers = rejected
    narrative.completed_at = now
    narrative.save()
