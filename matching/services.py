"""Writing mandates, and keeping their matches fresh."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from accounts import selectors as people
from accounts.exceptions import OrganisationNotFound
from accounts.types import MarketRole
from matching import selectors
from matching.engine import ENGINE_VERSION, TICKET_STRETCH, Candidate, Scored, Wish, rank, score
from matching.events import MandateSaved
from matching.exceptions import MandateInvalid, MandateNotFound
from matching.models import Mandate, Match
from matching.types import MandateStatus
from msme import selectors as listings
from msme.types import ListingFacts
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor, Scope
from msmebazaar.core.bulk import copy_rows
from msmebazaar.core.exceptions import N_, FieldFault
from msmebazaar.core.outbox import publish
from msmebazaar.core.types import state_by_letters

MOST_MATCHES = 200
UPSERT_FIELDS = ["score", "rank_key", "parts", "engine_version", "mandate_version", "listing_version", "updated_at"]


@dataclass(frozen=True)
class MandateInput:
    """Wishes as their owner states them; amounts in rupees, NIC codes as prefixes."""

    name: str
    kind: str
    intents: list[str]
    ticket_min_inr: Decimal
    ticket_max_inr: Decimal
    nic_include: list[str]
    nic_exclude: list[str]
    states: list[str]
    thesis: str = ""
    status: str = MandateStatus.ACTIVE


@transaction.atomic
def create_mandate(*, actor: Actor, organisation_id: UUID, given: MandateInput) -> Mandate:
    """Write a mandate; a worker finds its matches within seconds.

    Raises:
        MandateInvalid: wishes that contradict each other, all at once.
    """
    if organisation_id not in actor.readable(Scope.MATCHING):
        raise OrganisationNotFound
    actor.require_writable(Scope.MATCHING, organisation_id)
    people.require_market_role(organisation_id=organisation_id, role=MarketRole(given.kind))
    _check(given)
    mandate = Mandate.objects.create(organisation_id=organisation_id, **vars(given))
    audit.record("matching.mandate_created", subject_type="mandate", subject_id=mandate.id, actor_id=actor.user_id)
    publish(MandateSaved(mandate.id, mandate.version))
    return mandate


@transaction.atomic
def load_mandates(*, given: Mapping[UUID, MandateInput]) -> None:
    """Many mandates at once, by the organisation they are of; for benchmarks and demonstrations. Workers match them."""
    mandates = [Mandate(organisation_id=owner, **vars(wish)) for owner, wish in given.items()]
    copy_rows(Mandate, mandates)
    for mandate in mandates:
        publish(MandateSaved(mandate.id, mandate.version))


@transaction.atomic
def update_mandate(*, actor: Actor, mandate_id: UUID, given: MandateInput) -> Mandate:
    """Replace the wishes of a mandate."""
    mandate = selectors.own_mandates(actor=actor).select_for_update().filter(pk=mandate_id).first()
    if mandate is None:
        raise MandateNotFound
    actor.require_writable(Scope.MATCHING, mandate.organisation_id)
    people.require_market_role(organisation_id=mandate.organisation_id, role=MarketRole(given.kind))
    _check(given)
    for name, value in vars(given).items():
        setattr(mandate, name, value)
    mandate.version += 1
    mandate.save()
    audit.record("matching.mandate_updated", subject_type="mandate", subject_id=mandate.id, actor_id=actor.user_id)
    publish(MandateSaved(mandate.id, mandate.version))
    return mandate


def _check(given: MandateInput) -> None:
    faults = []
    if given.ticket_max_inr <= 0 or given.ticket_min_inr > given.ticket_max_inr:
        message = N_("The highest amount must be more than zero and not below the lowest.")
        faults.append(FieldFault("ticket_max_inr", "range", message))
    for state in given.states:
        if state_by_letters(state) is None:
            message = N_("There is no state %(state)s; use two letters such as MH.")
            faults.append(FieldFault("states", "unknown", message, {"state": state}))
    clash = [code for code in given.nic_include if any(code.startswith(bad) for bad in given.nic_exclude)]
    if clash:
        message = N_("Industry %(code)s is both wanted and excluded.")
        faults.append(FieldFault("nic_exclude", "contradiction", message, {"code": clash[0]}))
    if faults:
        raise MandateInvalid(errors=tuple(faults))


@transaction.atomic
def score_mandate(*, mandate_id: UUID) -> int:
    """Find the matches of one mandate anew; returns how many. A paused mandate has none."""
    mandate = Mandate.objects.select_for_update().get(pk=mandate_id)
    found: list[Scored] = []
    versions: dict[str, int] = {}
    if mandate.status == MandateStatus.ACTIVE:
        reach = (mandate.ticket_min_inr / TICKET_STRETCH, mandate.ticket_max_inr * TICKET_STRETCH)
        facts = listings.get_listing_facts(intents=mandate.intents, ask_between=reach)
        versions = {str(row.listing_id): row.version for row in facts}
        found = rank(_wish(mandate), map(_candidate, facts))[:MOST_MATCHES]
    kept = [_match(mandate, scored, versions[scored.candidate_id]) for scored in found]
    Match.objects.filter(mandate=mandate).exclude(listing_id__in=[match.listing_id for match in kept]).delete()
    _upsert(kept)
    Mandate.objects.filter(pk=mandate.pk).update(matched_version=mandate.version)
    return len(kept)


@transaction.atomic
def score_listing(*, listing_id: UUID) -> int:
    """Match one listing with every active mandate anew; returns how many it fits. One that is not live loses its matches."""
    facts = next(iter(listings.get_listing_facts(listing_ids=[listing_id])), None)
    if facts is None:
        Match.objects.filter(listing_id=listing_id).delete()
        return 0
    mandates = Mandate.objects.filter(
        status=MandateStatus.ACTIVE,
        intents__contains=[facts.intent],
        ticket_min_inr__lte=facts.ask_inr * TICKET_STRETCH,
        ticket_max_inr__gte=facts.ask_inr / TICKET_STRETCH,
    )
    candidate = _candidate(facts)
    kept = [
        _match(mandate, scored, facts.version)
        for mandate in mandates.select_for_update(no_key=True).order_by("id").iterator()
        if (scored := score(_wish(mandate), candidate))
    ]
    Match.objects.filter(listing_id=listing_id).exclude(mandate_id__in=[match.mandate_id for match in kept]).delete()
    _upsert(kept)
    return len(kept)


def drop_listing(*, listing_id: UUID) -> None:
    """Remove the matches of a listing that left the market, unless it is back."""
    if not listings.get_listing_facts(listing_ids=[listing_id]):
        Match.objects.filter(listing_id=listing_id).delete()


def _upsert(matches: Sequence[Match]) -> None:
    Match.objects.bulk_create(
        matches,
        update_conflicts=True,
        unique_fields=["mandate", "listing"],
        update_fields=UPSERT_FIELDS,
        batch_size=500,
    )


def _match(mandate: Mandate, scored: Scored, listing_version: int) -> Match:
    return Match(
        mandate=mandate,
        listing_id=UUID(scored.candidate_id),
        score=scored.score,
        rank_key=scored.rank_key,
        parts=[{**asdict(part), "values": dict(part.values)} for part in scored.parts],
        engine_version=ENGINE_VERSION,
        mandate_version=mandate.version,
        listing_version=listing_version,
    )


def _wish(mandate: Mandate) -> Wish:
    return Wish(
        id=str(mandate.id),
        owner=str(mandate.organisation_id),
        intents=frozenset(mandate.intents),
        nic_include=tuple(mandate.nic_include),
        nic_exclude=tuple(mandate.nic_exclude),
        states=frozenset(mandate.states),
        ticket_min=mandate.ticket_min_inr,
        ticket_max=mandate.ticket_max_inr,
    )


def _candidate(facts: ListingFacts) -> Candidate:
    return Candidate(
        id=str(facts.listing_id),
        owner=str(facts.organisation_id),
        intent=facts.intent,
        nic_code=facts.nic_code,
        state=facts.state,
        ask=facts.ask_inr,
    )
