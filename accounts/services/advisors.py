"""Advisor mandates: proposed by an advisor, accepted by the owner for one organisation, cut at once."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from accounts import selectors
from accounts.exceptions import AdvisorMandateClosed, AdvisorMandateNotFound
from accounts.models import AdvisorMandate
from accounts.selectors.organisations import require_market_role
from accounts.selectors.people import verified_indexes_of
from accounts.services.notifications import notify
from accounts.types import AdvisorMandateState, IdentityKind, MarketRole
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor
from msmebazaar.core.clock import INDIA
from msmebazaar.core.crypto import blind_index
from msmebazaar.core.exceptions import N_, FieldFault, InvalidInput

LONGEST_MANDATE_DAYS = 731


@dataclass(frozen=True)
class AdvisorMandateInput:
    """What an advisor asks for. `tail_months`: how long after the end a deal still counts as theirs."""

    kind: IdentityKind
    address: str
    scopes: list[str]
    valid_from: date
    valid_until: date
    tail_months: int = 0


@transaction.atomic
def propose_advisor_mandate(
    *, actor: Actor, organisation_id: UUID, given: AdvisorMandateInput, now: datetime
) -> AdvisorMandate:
    """Ask an owner, known by phone or email, to act for them. Nothing is open until they accept.

    Raises:
        OrganisationNotFound, Forbidden, RoleMissing; InvalidInput for dates that make no sense.
    """
    organisation = selectors.get_own_organisation(actor=actor, organisation_id=organisation_id)
    actor.require_admin(organisation.id)
    require_market_role(organisation_id=organisation.id, role=MarketRole.ADVISOR)
    _check_dates(given, now.astimezone(INDIA).date())
    mandate = AdvisorMandate.objects.create(
        advisor_organisation=organisation,
        proposed_by_id=actor.user_id,
        address_index=blind_index(given.kind, given.address),
        **vars(given),
    )
    _audit("accounts.advisor_mandate_proposed", mandate, actor)
    known = selectors.find_user_id(kind=given.kind, value=given.address)
    if known is not None:
        params = {"organisation": str(organisation)}
        notify(user_ids=[known], kind="accounts.advisor_mandate_proposed", now=now, params=params)
    return mandate


def _check_dates(given: AdvisorMandateInput, today: date) -> None:
    if given.valid_until < max(given.valid_from, today):
        message = N_("The mandate must end after it begins, and not in the past.")
        raise InvalidInput(errors=(FieldFault("valid_until", "order", message),))
    if (given.valid_until - given.valid_from).days > LONGEST_MANDATE_DAYS:
        message = N_("A mandate lasts two years at most; it can be proposed again.")
        raise InvalidInput(errors=(FieldFault("valid_until", "too_long", message),))


@transaction.atomic
def accept_advisor_mandate(*, actor: Actor, mandate_id: UUID, organisation_id: UUID, now: datetime) -> AdvisorMandate:
    """The owner lets the advisor act for one of the organisations they administer."""
    mandate = _proposed_to(actor, mandate_id)
    organisation = selectors.get_own_organisation(actor=actor, organisation_id=organisation_id)
    actor.require_admin(organisation.id)
    if organisation.id == mandate.advisor_organisation_id:
        message = N_("An organisation cannot be its own advisor.")
        raise InvalidInput(errors=(FieldFault("organisation_id", "same", message),))
    mandate.owner_organisation = organisation
    return _answer(mandate, AdvisorMandateState.ACCEPTED, actor, now)


@transaction.atomic
def decline_advisor_mandate(*, actor: Actor, mandate_id: UUID, now: datetime) -> AdvisorMandate:
    return _answer(_proposed_to(actor, mandate_id), AdvisorMandateState.DECLINED, actor, now)


def _proposed_to(actor: Actor, mandate_id: UUID) -> AdvisorMandate:
    """A proposal to a proven address of the actor; the advisor cannot answer their own."""
    mandate = _locked(actor, mandate_id)
    if mandate.address_index not in verified_indexes_of(user_id=actor.user_id):
        raise AdvisorMandateNotFound
    if mandate.state != AdvisorMandateState.PROPOSED:
        raise AdvisorMandateClosed
    return mandate


def _locked(actor: Actor, mandate_id: UUID) -> AdvisorMandate:
    selectors.get_visible_advisor_mandate(actor=actor, mandate_id=mandate_id)
    return AdvisorMandate.objects.select_for_update().get(pk=mandate_id)


def _answer(mandate: AdvisorMandate, state: AdvisorMandateState, actor: Actor, now: datetime) -> AdvisorMandate:
    mandate.state, mandate.answered_at = state, now
    mandate.save()
    _audit(f"accounts.advisor_mandate_{state}", mandate, actor)
    notify(user_ids=[mandate.proposed_by_id], kind="accounts.advisor_mandate_answered", now=now)
    return mandate


@transaction.atomic
def end_advisor_mandate(*, actor: Actor, mandate_id: UUID, now: datetime) -> AdvisorMandate:
    """Either side ends it; the advisor's next request finds nothing of the owner's."""
    mandate = _locked(actor, mandate_id)
    if not mandate.concerns(actor.admin_of):
        raise AdvisorMandateNotFound
    if mandate.state not in (AdvisorMandateState.PROPOSED, AdvisorMandateState.ACCEPTED):
        raise AdvisorMandateClosed
    mandate.state, mandate.ended_at, mandate.ended_by_id = AdvisorMandateState.ENDED, now, actor.user_id
    mandate.save()
    _audit("accounts.advisor_mandate_ended", mandate, actor)
    sides = [mandate.advisor_organisation_id, mandate.owner_organisation_id]
    told = {
        user_id
        for organisation_id in sides
        if organisation_id is not None
        for user_id in selectors.list_member_ids(organisation_id=organisation_id, admins_only=True)
    }
    notify(user_ids=sorted(told - {actor.user_id}), kind="accounts.advisor_mandate_ended", now=now)
    return mandate


def _audit(action: str, mandate: AdvisorMandate, actor: Actor) -> None:
    audit.record(
        action,
        subject_type="advisor_mandate",
        subject_id=mandate.id,
        actor_id=actor.user_id,
        facts={
            "advisor": str(mandate.advisor_organisation_id),
            "owner": str(mandate.owner_organisation_id),
            "scopes": mandate.scopes,
        },
    )
