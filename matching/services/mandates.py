"""Writing mandates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from accounts import selectors as people
from accounts.exceptions import OrganisationNotFound
from accounts.types import MarketRole
from matching import selectors
from matching.events import MandateSaved
from matching.exceptions import MandateInvalid, MandateNotFound, TooManyMandates
from matching.models import Mandate
from matching.types import Condition, MandateStatus
from msme.places import District, districts
from msme.types import PERIODS, Frequency
from msmebazaar.core import audit, clock
from msmebazaar.core.actor import Actor, Scope
from msmebazaar.core.bulk import copy_rows
from msmebazaar.core.exceptions import N_, FieldFault
from msmebazaar.core.outbox import publish
from msmebazaar.core.types import state_by_letters

MOST_MANDATES = 50
LIFETIME = timedelta(days=180)


@dataclass(frozen=True)
class MandateInput:
    """Wishes as their owner states them; amounts in rupees, shares in percent, NIC codes as prefixes."""

    name: str
    kind: str
    intents: list[str]
    ticket_min_inr: Decimal
    ticket_max_inr: Decimal
    nic_include: list[str]
    nic_exclude: list[str]
    states: list[str]
    districts: list[str] = field(default_factory=list)
    stake_min_pct: Decimal | None = None
    stake_max_pct: Decimal | None = None
    revenue_min_inr: Decimal | None = None
    structures: list[str] = field(default_factory=list)
    horizon_months: int | None = None
    strict: list[str] = field(default_factory=list)
    thesis: str = ""
    status: str = MandateStatus.ACTIVE
    alerts: str = Frequency.DAILY


@transaction.atomic
def create_mandate(*, actor: Actor, organisation_id: UUID, given: MandateInput) -> Mandate:
    """Write a mandate; a worker finds its matches within seconds. It expires after half a year without a change.

    Raises:
        MandateInvalid: wishes that contradict each other, all at once.
        TooManyMandates, OrganisationNotFound, ReadOnly.
    """
    if organisation_id not in actor.readable(Scope.MATCHING):
        raise OrganisationNotFound
    actor.require_writable(Scope.MATCHING, organisation_id)
    people.require_market_role(organisation_id=organisation_id, role=MarketRole(given.kind))
    _check(given)
    if Mandate.objects.filter(organisation_id=organisation_id).count() >= MOST_MANDATES:
        raise TooManyMandates(limit=MOST_MANDATES)
    mandate = Mandate(organisation_id=organisation_id)
    _take(mandate, given, clock.now())
    mandate.save()
    audit.record("matching.mandate_created", subject_type="mandate", subject_id=mandate.id, actor_id=actor.user_id)
    publish(MandateSaved(mandate.id, mandate.version))
    return mandate


@transaction.atomic
def load_mandates(*, given: Mapping[UUID, MandateInput]) -> None:
    """Many mandates at once, by the organisation they are of; for benchmarks and demonstrations. The sweep matches them."""
    mandates = [Mandate(organisation_id=owner) for owner in given]
    now = clock.now()
    for mandate, wish in zip(mandates, given.values(), strict=True):
        _take(mandate, wish, now)
    copy_rows(Mandate, mandates)


@transaction.atomic
def update_mandate(*, actor: Actor, mandate_id: UUID, given: MandateInput) -> Mandate:
    """Replace the wishes of a mandate; an expired one lives again.

    Raises:
        MandateNotFound, ReadOnly, MandateInvalid.
    """
    mandate = _own_locked(actor, mandate_id)
    people.require_market_role(organisation_id=mandate.organisation_id, role=MarketRole(given.kind))
    _check(given)
    _take(mandate, given, clock.now())
    mandate.version += 1
    mandate.save()
    audit.record("matching.mandate_updated", subject_type="mandate", subject_id=mandate.id, actor_id=actor.user_id)
    publish(MandateSaved(mandate.id, mandate.version))
    return mandate


@transaction.atomic
def delete_mandate(*, actor: Actor, mandate_id: UUID) -> None:
    """Remove a mandate with its matches; introductions it led to stay.

    Raises:
        MandateNotFound, ReadOnly.
    """
    mandate = _own_locked(actor, mandate_id)
    audit.record("matching.mandate_deleted", subject_type="mandate", subject_id=mandate.id, actor_id=actor.user_id)
    mandate.delete()


@transaction.atomic
def stop_alerts(*, actor: Actor, mandate_id: UUID) -> Mandate:
    """No more messages about this mandate's matches; everything else stays."""
    mandate = _own_locked(actor, mandate_id)
    mandate.alerts, mandate.alert_due_at = Frequency.NEVER, None
    mandate.save(update_fields=["alerts", "alert_due_at", "updated_at"])
    return mandate


def expire_mandates(*, now: datetime) -> int:
    """Mandates nobody has touched for LIFETIME match nothing any more until they are saved again. Returns how many."""
    due = Mandate.objects.filter(status=MandateStatus.ACTIVE, expires_at__lte=now).values_list("id", flat=True)
    ids = list(due[:1000])
    for mandate_id in ids:
        with transaction.atomic():
            mandate = Mandate.objects.select_for_update().filter(pk=mandate_id, expires_at__lte=now).first()
            if mandate is None or mandate.status != MandateStatus.ACTIVE:
                continue
            mandate.status = MandateStatus.EXPIRED
            mandate.version += 1
            mandate.save(update_fields=["status", "version", "updated_at"])
            publish(MandateSaved(mandate.id, mandate.version))
    return len(ids)


def _own_locked(actor: Actor, mandate_id: UUID) -> Mandate:
    mandate = selectors.own_mandates(actor=actor).select_for_update().filter(pk=mandate_id).first()
    if mandate is None:
        raise MandateNotFound
    actor.require_writable(Scope.MATCHING, mandate.organisation_id)
    return mandate


def _take(mandate: Mandate, given: MandateInput, now: datetime) -> None:
    for name, value in vars(given).items():
        setattr(mandate, name, value)
    mandate.expires_at = now + LIFETIME
    mandate.alerted_until = mandate.alerted_until or now
    period = PERIODS.get(given.alerts)
    mandate.alert_due_at = now + period if period else None


def _check(given: MandateInput) -> None:
    faults = []
    if given.ticket_max_inr <= 0 or given.ticket_min_inr > given.ticket_max_inr:
        message = N_("The highest amount must be more than zero and not below the lowest.")
        faults.append(FieldFault("ticket_max_inr", "range", message))
    faults += unknown_states(given.states)
    for place in given.districts:
        if District(*place.split("/", 1)) not in districts():
            message = N_("There is no district %(place)s; write it like MH/Pune.")
            faults.append(FieldFault("districts", "unknown", message, {"place": place}))
    clash = [code for code in given.nic_include if any(code.startswith(bad) for bad in given.nic_exclude)]
    if clash:
        message = N_("Industry %(code)s is both wanted and excluded.")
        faults.append(FieldFault("nic_exclude", "contradiction", message, {"code": clash[0]}))
    if (given.stake_min_pct or 0) > (100 if given.stake_max_pct is None else given.stake_max_pct):
        message = N_("The highest share must not be below the lowest.")
        faults.append(FieldFault("stake_max_pct", "range", message))
    faults += _without_wish(given)
    if faults:
        raise MandateInvalid(errors=tuple(faults))


def unknown_states(states: Sequence[str]) -> list[FieldFault]:
    message = N_("There is no state %(state)s; use two letters such as MH.")
    return [
        FieldFault("states", "unknown", message, {"state": state})
        for state in states
        if state_by_letters(state) is None
    ]


def _without_wish(given: MandateInput) -> list[FieldFault]:
    """Conditions about which the mandate says nothing."""
    told = {
        Condition.SECTOR: bool(given.nic_include),
        Condition.PLACE: bool(given.states or given.districts),
        Condition.TICKET: True,
        Condition.REVENUE: given.revenue_min_inr is not None,
        Condition.STAKE: given.stake_min_pct is not None or given.stake_max_pct is not None,
    }
    message = N_("“%(what)s” is a condition, but nothing is wished for there.")
    return [
        FieldFault("strict", "no_wish", message, {"what": name}) for name in given.strict if not told[Condition(name)]
    ]
