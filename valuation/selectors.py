"""Reads over valuations."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import get_language

from msme import selectors as businesses
from msmebazaar.core.actor import Actor, Duty, Scope
from msmebazaar.core.types import Money
from valuation import canonical
from valuation.canonical import Answers
from valuation.engine import ENGINE_VERSION, ENGINES
from valuation.engine.v2 import texts as engine
from valuation.engine.v2.levers import Scenario, effect, levers, scenario_of
from valuation.engine.v2.texts import say
from valuation.exceptions import FiguresMissing, NotComparable, ValuationNotFound, ValuationNotReady
from valuation.explanation import explain, reason
from valuation.models import ListingValuation, Narrative, Oddity, Override, ShareLink, Valuation
from valuation.packs import current_pack, packs
from valuation.texts import finding
from valuation.types import (
    DeskItem,
    OddityItem,
    OddReason,
    OverrideItem,
    OverrideState,
    RunItem,
    RunsCompared,
    ValuationStatus,
    ValuationSummary,
    ValuationTold,
)


def own_valuations(*, actor: Actor) -> QuerySet[Valuation]:
    return Valuation.objects.filter(organisation_id__in=actor.readable(Scope.VALUATION))


def get_own_valuation(*, actor: Actor, valuation_id: UUID) -> Valuation:
    valuation = own_valuations(actor=actor).filter(pk=valuation_id).select_related("business").first()
    if valuation is None:
        raise ValuationNotFound
    return valuation


def get_result(*, actor: Actor, valuation_id: UUID) -> Valuation:
    """An own valuation with a result of the present shape (engine 2): what can be looked at closer, shared and told.

    Raises:
        ValuationNotFound, ValuationNotReady.
    """
    row = get_own_valuation(actor=actor, valuation_id=valuation_id)
    if row.status != ValuationStatus.READY or "methods" not in (row.output or {}):
        raise ValuationNotReady
    return row


def last_answers(*, business_id: UUID) -> Answers:
    """What the owner said last time about a business."""
    newest = Valuation.objects.filter(business_id=business_id).order_by("-created_at").first()
    return Answers.of(newest.answers) if newest else Answers()


def check_case(
    *, actor: Actor, business_id: UUID, answers: Answers | None, valuation_date: date | None, today: date
) -> dict[str, Any]:
    """What the engine would say now, without keeping it: refusals, or warnings and quality, and the newest figures.

    Raises:
        msme BusinessNotFound; FiguresMissing.
    """
    facts = businesses.get_business_facts(actor=actor, business_id=business_id)
    if not facts.figures:
        raise FiguresMissing
    said = answers or last_answers(business_id=business_id)
    content = canonical.input_of(facts, said, valuation_date=valuation_date or today, asked_on=today)
    output = ENGINES[ENGINE_VERSION](content, current_pack())
    newest = max(facts.figures, key=lambda row: row.fiscal_year)
    return {"output": output, "newest": newest, "answers": said}


def compare(*, actor: Actor, first_id: UUID, second_id: UUID) -> tuple[Valuation, Valuation]:
    """Two results of one own business, the older one first.

    Raises:
        ValuationNotFound, ValuationNotReady, NotComparable.
    """
    first, second = (get_result(actor=actor, valuation_id=key) for key in (first_id, second_id))
    if first.business_id != second.business_id:
        raise NotComparable
    older, newer = sorted((first, second), key=lambda row: row.created_at)
    return older, newer


def list_levers(*, actor: Actor, valuation_id: UUID) -> list[dict[str, Any]]:
    """What would raise the value, the most first: rupees and points of quality for each change that applies.

    Raises:
        ValuationNotFound, ValuationNotReady.
    """
    row = get_result(actor=actor, valuation_id=valuation_id)
    found = []
    for name, changed in levers(row.input):
        result = _effect_of(row, changed)
        if "refusals" not in result and (Decimal(result["effect"]) > 0 or result["quality_effect"] > 0):
            found.append({"name": name, **result})
    return sorted(found, key=lambda item: -Decimal(item["effect"]))


def try_scenario(*, actor: Actor, valuation_id: UUID, wanted: Scenario) -> dict[str, Any]:
    """What an own business would be worth if; nothing is kept.

    Raises:
        ValuationNotFound, ValuationNotReady.
    """
    row = get_result(actor=actor, valuation_id=valuation_id)
    return _effect_of(row, scenario_of(row.input, wanted))


def _effect_of(row: Valuation, changed: dict[str, Any]) -> dict[str, Any]:
    """What a changed input would be worth against the stored result, by the same engine and pack."""
    assert row.output is not None
    return effect(row.output, ENGINES[row.engine_version](changed, packs()[row.pack_id]))


def approved_override(valuation: Valuation) -> Override | None:
    """The newest override that holds."""
    return valuation.overrides.filter(state=OverrideState.APPROVED).order_by("-decided_at").first()


def get_own_narrative(*, actor: Actor, valuation_id: UUID, language: str) -> Narrative:
    """Raises: ValuationNotFound, also where none was asked for in this language."""
    valuation = get_own_valuation(actor=actor, valuation_id=valuation_id)
    narrative = valuation.narratives.filter(language=language).first()
    if narrative is None:
        raise ValuationNotFound
    return narrative


def share_links(*, actor: Actor, valuation_id: UUID) -> QuerySet[ShareLink]:
    return ShareLink.objects.filter(valuation=get_own_valuation(actor=actor, valuation_id=valuation_id))


def get_shown_valuation(*, actor: Actor, listing_id: UUID) -> ListingValuation:
    """What the owner lets members see beside a listing.

    Raises:
        msme ListingNotFound; ValuationNotFound where nothing is shown.
    """
    businesses.require_visible(actor=actor, listing_id=listing_id)
    shown = ListingValuation.objects.filter(listing_id=listing_id).select_related("valuation").first()
    if shown is None:
        raise ValuationNotFound
    return shown


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


def get_desk_item(*, actor: Actor, valuation_id: UUID) -> DeskItem:
    """For staff who oversee valuations. Raises: Forbidden, ValuationNotFound: not there, or of another region."""
    return _desk_item(_of_desk(actor, valuation_id))


def get_oddity_desk_item(*, actor: Actor, oddity_id: UUID) -> DeskItem:
    """The valuation that is out of the ordinary. Raises: Forbidden, ValuationNotFound."""
    row = Oddity.objects.filter(pk=oddity_id).first()
    if row is None:
        raise ValuationNotFound
    return get_desk_item(actor=actor, valuation_id=row.valuation_id)


def get_override_desk_item(*, actor: Actor, override_id: UUID) -> DeskItem:
    """The valuation that somebody proposes to override. Raises: Forbidden, ValuationNotFound."""
    row = Override.objects.filter(pk=override_id).first()
    if row is None:
        raise ValuationNotFound
    return get_desk_item(actor=actor, valuation_id=row.valuation_id)


def compare_runs(*, actor: Actor, first_id: UUID, second_id: UUID) -> RunsCompared:
    """Two valuations of one business side by side. Raises: Forbidden, ValuationNotFound."""
    first, second = _of_desk(actor, first_id), _of_desk(actor, second_id)
    if first.business_id != second.business_id:
        raise ValuationNotFound
    one, other = (dict(_flat({"input": row.input, "output": row.output or {}})) for row in (first, second))
    names = [*one, *(name for name in other if name not in one)]
    return RunsCompared(
        _desk_item(first),
        _desk_item(second),
        tuple((name, one.get(name, "–"), other.get(name, "–")) for name in names if one.get(name) != other.get(name)),
    )


def _flat(content: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(content, dict):
        for name, value in content.items():
            yield from _flat(value, f"{path}.{name}" if path else str(name))
    elif isinstance(content, list):
        for number, value in enumerate(content):
            named = value.get("id") or value.get("fiscal_year") if isinstance(value, dict) else None
            yield from _flat(value, f"{path}[{named or number}]")
    else:
        yield path, str(content)


def _of_desk(actor: Actor, valuation_id: UUID) -> Valuation:
    actor.require_duty(Duty.VALUATION)
    row = Valuation.objects.filter(pk=valuation_id).select_related("business", "oddity").first()
    if row is None or not actor.covers(row.business.state):
        raise ValuationNotFound
    return row


def _runs_of(row: Valuation) -> tuple[RunItem, ...]:
    others = Valuation.objects.filter(business_id=row.business_id).exclude(pk=row.pk).order_by("-created_at")[:20]
    return tuple(
        RunItem(other.id, other.completed_at, other.engine_version, other.pack_id, other.point_inr) for other in others
    )


def _oddity_of(row: Valuation) -> OddityItem | None:
    oddity = getattr(row, "oddity", None)
    if oddity is None:
        return None
    reasons = tuple(str(OddReason(code).label) for code in oddity.reasons)
    return OddityItem(oddity.id, reasons, oddity.note, oddity.looked_at is None)


def _desk_item(row: Valuation) -> DeskItem:
    output = row.output or {}
    language = (get_language() or "en")[:2]
    overrides = [
        OverrideItem(
            item.id,
            item.state,
            item.point_inr,
            item.low80_inr,
            item.high80_inr,
            item.reason,
            item.proposed_by_id,
            item.created_at,
        )
        for item in row.overrides.order_by("-created_at")
    ]
    is_current = "methods" in output
    return DeskItem(
        row.id,
        row.business.legal_name,
        row.get_status_display(),
        row.point_inr,
        row.low80_inr,
        row.high80_inr,
        row.quality,
        tuple(explain(row, language)),
        tuple(finding(item, engine.WARNINGS, language) for item in output["warnings"]) if is_current else (),
        tuple(finding(item, engine.REFUSALS, language) for item in output.get("refusals", []) if "amounts" in item),
        tuple(
            (
                say(engine.METHODS, method["id"], language),
                Money(Decimal(method["value"])).grouped() if method["value"] else "–",
                f"{Decimal(method['weight']) * 100:.0f} %",
            )
            for method in output.get("methods", [])
        ),
        row.engine_version,
        row.pack_id,
        row.completed_at,
        tuple(overrides),
        tuple(row.sign_offs.values_list("valuer_name", "registration_number")),
        _oddity_of(row),
        _runs_of(row),
    )


def get_told(*, valuation_id: UUID, language: str) -> ValuationTold:
    """For the chat of whoever asked for it. Raises: ValuationNotFound."""
    row = Valuation.objects.filter(pk=valuation_id).select_related("business").first()
    if row is None or row.status == ValuationStatus.PENDING:
        raise ValuationNotFound
    is_refused = row.status == ValuationStatus.REFUSED
    why = reason(row, language)
    return ValuationTold(
        row.id,
        row.requested_by_id,
        row.business.trade_name or row.business.legal_name or "",
        row.point_inr,
        row.low80_inr,
        row.high80_inr,
        "" if is_refused else why,
        why if is_refused else "",
    )
