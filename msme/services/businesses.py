"""Registering a business, with the cross-checks between its identifiers."""

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import selectors as people
from accounts import services as accounts
from accounts.exceptions import OrganisationNotFound
from accounts.types import MarketRole, Tier
from msme import selectors
from msme.exceptions import BusinessInvalid, BusinessKnown, BusinessNotFound
from msme.models import Business, NicCode
from msme.types import PAN_HOLDERS_OF
from msmebazaar.core import audit, clock
from msmebazaar.core.actor import Actor, Scope
from msmebazaar.core.crypto import blind_index
from msmebazaar.core.exceptions import N_, FieldFault
from msmebazaar.core.types import CIN, GSTIN, PAN, state_by_letters


@dataclass(frozen=True)
class BusinessInput:
    """Facts of a business as its owner states them; identifiers in canonical form, "" where not given."""

    legal_name: str
    constitution: str
    nic_code: str
    trade_name: str = ""
    gstin: str = ""
    pan: str = ""
    udyam: str = ""
    cin: str = ""
    state: str = ""
    city: str = ""
    pincode: str = ""
    established_year: int | None = None
    employees: int | None = None


@transaction.atomic
def create_business(*, actor: Actor, organisation_id: UUID, given: BusinessInput) -> Business:
    """Register a business for an organisation of the actor.

    Raises:
        BusinessInvalid: facts that contradict each other, all at once.
        BusinessKnown: the organisation has a business with this GSTIN.
    """
    if organisation_id not in actor.readable(Scope.BUSINESS):
        raise OrganisationNotFound
    actor.require_writable(Scope.BUSINESS, organisation_id)
    people.require_market_role(organisation_id=organisation_id, role=MarketRole.OWNER)
    business = Business(organisation_id=organisation_id)
    _fill(business, given)
    _save(business)
    audit.record("msme.business_created", subject_type="business", subject_id=business.id, actor_id=actor.user_id)
    _grant_identifier_badge(business)
    return business


@transaction.atomic
def update_business(*, actor: Actor, business_id: UUID, given: BusinessInput) -> Business:
    """Replace the facts of a business."""
    business = own_business_locked(actor, business_id)
    _fill(business, given)
    _save(business)
    audit.record("msme.business_updated", subject_type="business", subject_id=business.id, actor_id=actor.user_id)
    _grant_identifier_badge(business)
    return business


def _grant_identifier_badge(business: Business) -> None:
    """T1: GSTIN, PAN, state and constitution were checked against each other, and agree."""
    if business.gstin_index and business.pan_index:
        accounts.grant_badge(
            organisation_id=business.organisation_id,
            tier=Tier.T1_IDENTIFIERS,
            evidence={"business_id": str(business.id), "checks": ["gstin_check_digit", "gstin_pan", "gstin_state"]},
            reviewer_id=None,
            now=clock.now(),
        )


def own_business_locked(actor: Actor, business_id: UUID) -> Business:
    """An own business, held until the transaction ends.

    Raises:
        BusinessNotFound: it is somebody else's or missing. ReadOnly: the actor may only look at it.
    """
    business = selectors.own_businesses(actor=actor).select_for_update(of=("self",)).filter(pk=business_id).first()
    if business is None:
        raise BusinessNotFound
    actor.require_writable(Scope.BUSINESS, business.organisation_id)
    return business


def _fill(business: Business, given: BusinessInput) -> None:
    """Derive PAN and state from the GSTIN where they are not given, check everything against everything, assign."""
    gstin = GSTIN(given.gstin) if given.gstin else None
    pan = given.pan or (str(gstin.pan) if gstin else "")
    state = given.state or (gstin.state.letters if gstin else "")
    faults = _contradictions(given, gstin, pan, state)
    if faults:
        raise BusinessInvalid(errors=tuple(faults))
    for name in ("legal_name", "trade_name", "constitution", "gstin", "udyam", "cin", "nic_code", "city", "pincode"):
        setattr(business, name, getattr(given, name))
    business.established_year, business.employees = given.established_year, given.employees
    business.pan, business.state = pan, state
    business.gstin_index = blind_index("gstin", given.gstin) if given.gstin else ""
    business.pan_index = blind_index("pan", pan) if pan else ""


def _contradictions(given: BusinessInput, gstin: GSTIN | None, pan: str, state: str) -> list[FieldFault]:
    faults = []
    if gstin and given.pan and str(gstin.pan) != given.pan:
        faults.append(FieldFault("pan", "gstin_mismatch", N_("Characters 3 to 12 of the GSTIN are another PAN.")))
    if gstin and given.state and gstin.state.letters != given.state:
        message = N_("The GSTIN was given in %(state)s.")
        faults.append(FieldFault("state", "gstin_mismatch", message, {"state": gstin.state.name_en}))
    if not state:
        faults.append(FieldFault("state", "required", N_("Name the state of the business, or give its GSTIN.")))
    elif state_by_letters(state) is None:
        message = N_("There is no state %(state)s; use two letters such as MH.")
        faults.append(FieldFault("state", "unknown", message, {"state": state}))
    if pan and PAN(pan).holder not in PAN_HOLDERS_OF[given.constitution]:
        message = N_("The 4th letter of the PAN, %(letter)s, does not fit this kind of business.")
        faults.append(FieldFault("constitution", "pan_mismatch", message, {"letter": PAN(pan).holder}))
    if given.cin and not CIN(given.cin).is_dated_by(clock.today_in_india()):
        faults.append(FieldFault("cin", "year", N_("The year in the CIN lies in the future.")))
    if given.established_year and given.established_year > clock.today_in_india().year:
        faults.append(FieldFault("established_year", "future", N_("This year lies in the future.")))
    if not NicCode.objects.filter(code=given.nic_code).exists():
        message = N_("There is no industry %(code)s in NIC-2008.")
        faults.append(FieldFault("nic_code", "unknown", message, {"code": given.nic_code}))
    return faults


def _save(business: Business) -> None:
    try:
        with transaction.atomic():
            business.save()
    except IntegrityError as error:
        if "msme_business_gstin_once_per_organisation" in str(error):
            raise BusinessKnown from error
        raise
