"""Registering a business, with the cross-checks between its identifiers."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import selectors as people
from accounts import services as accounts
from accounts.exceptions import OrganisationNotFound
from accounts.types import MarketRole, Tier
from msme import places, selectors
from msme.events import BusinessChanged
from msme.exceptions import BusinessInvalid, BusinessKnown, BusinessNotFound
from msme.models import Business, BusinessOwner, GstRegistration, NicCode
from msme.types import PAN_HOLDERS_OF, Constitution
from msmebazaar.core import audit, clock
from msmebazaar.core.actor import Actor, Scope
from msmebazaar.core.crypto import blind_index
from msmebazaar.core.exceptions import N_, FieldFault
from msmebazaar.core.outbox import publish
from msmebazaar.core.types import CIN, GSTIN, PAN, state_by_letters


@dataclass(frozen=True)
class OwnerInput:
    """Somebody who owns a part. `share_pct` in percent of the whole, None where not told."""

    full_name: str
    share_pct: Decimal | None = None
    is_active: bool = True


@dataclass(frozen=True)
class BusinessInput:
    """Facts of a business as its owner states them; identifiers in canonical form, "" where not given.

    `other_gstins`: registrations beside the principal one. `owners` None: leave them as they are.
    """

    legal_name: str
    constitution: str
    nic_code: str
    trade_name: str = ""
    gstin: str = ""
    other_gstins: Sequence[str] = ()
    pan: str = ""
    udyam: str = ""
    cin: str = ""
    llpin: str = ""
    nic_2025: str = ""
    state: str = ""
    city: str = ""
    pincode: str = ""
    address: str = ""
    established_year: int | None = None
    employees: int | None = None
    owners: Sequence[OwnerInput] | None = None


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
    _fill_and_save(business, given)
    audit.record("msme.business_created", subject_type="business", subject_id=business.id, actor_id=actor.user_id)
    return business


@transaction.atomic
def update_business(*, actor: Actor, business_id: UUID, given: BusinessInput) -> Business:
    """Replace the facts of a business."""
    business = own_business_locked(actor, business_id)
    _fill_and_save(business, given)
    audit.record("msme.business_updated", subject_type="business", subject_id=business.id, actor_id=actor.user_id)
    return business


def _fill_and_save(business: Business, given: BusinessInput) -> None:
    _fill(business, given)
    _save(business)
    _replace_registrations(business, given.other_gstins)
    if given.owners is not None:
        _replace_owners(business, given.owners)
    _grant_identifier_badge(business)
    publish(BusinessChanged(business.id))


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


PLAIN_FACTS = (
    "legal_name",
    "trade_name",
    "constitution",
    "gstin",
    "udyam",
    "cin",
    "llpin",
    "nic_code",
    "nic_2025",
    "city",
    "pincode",
    "address",
    "established_year",
    "employees",
)


def _fill(business: Business, given: BusinessInput) -> None:
    """Derive PAN and state from the GSTIN where they are not given, check everything against everything, assign."""
    gstin = GSTIN(given.gstin) if given.gstin else None
    pan = given.pan or (str(gstin.pan) if gstin else "")
    state = given.state or (gstin.state.letters if gstin else "")
    faults = [*_contradictions(given, gstin, pan, state), *_owner_faults(given.owners or ())]
    if faults:
        raise BusinessInvalid(errors=tuple(faults))
    for name in PLAIN_FACTS:
        setattr(business, name, getattr(given, name))
    business.pan, business.state = pan, state
    business.gstin_index = blind_index("gstin", given.gstin) if given.gstin else ""
    business.pan_index = blind_index("pan", pan) if pan else ""
    business.district = _district(given, state)


def _district(given: BusinessInput, state: str) -> str:
    """Of the PIN code where its state agrees, else of the city; "" where neither tells."""
    by_pin = places.district_of(given.pincode) if given.pincode else None
    if by_pin and by_pin.state == state:
        return by_pin.name
    by_city = places.district_named(given.city, state)
    return by_city.name if by_city else ""


def _contradictions(given: BusinessInput, gstin: GSTIN | None, pan: str, state: str) -> list[FieldFault]:
    faults = []
    if gstin and given.pan and str(gstin.pan) != given.pan:
        faults.append(FieldFault("pan", "gstin_mismatch", N_("Characters 3 to 12 of the GSTIN are another PAN.")))
    if gstin and given.state and gstin.state.letters != given.state:
        message = N_("The GSTIN was given in %(state)s.")
        faults.append(FieldFault("state", "gstin_mismatch", message, {"state": gstin.state.name_en}))
    faults += _registration_faults(given, pan)
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
    if given.cin and given.constitution not in COMPANIES:
        faults.append(FieldFault("cin", "constitution", N_("Only companies have a CIN.")))
    if given.llpin and given.constitution != Constitution.LLP:
        faults.append(FieldFault("llpin", "constitution", N_("Only an LLP has an LLPIN.")))
    if given.established_year and given.established_year > clock.today_in_india().year:
        faults.append(FieldFault("established_year", "future", N_("This year lies in the future.")))
    if not NicCode.objects.filter(code=given.nic_code).exists():
        message = N_("There is no industry %(code)s in NIC-2008.")
        faults.append(FieldFault("nic_code", "unknown", message, {"code": given.nic_code}))
    return faults


COMPANIES = (Constitution.PRIVATE_LIMITED, Constitution.PUBLIC_LIMITED, Constitution.ONE_PERSON_COMPANY)


def _registration_faults(given: BusinessInput, pan: str) -> list[FieldFault]:
    """Further GSTINs are the same taxpayer's, and each is named once."""
    if given.other_gstins and not given.gstin:
        return [FieldFault("gstin", "required", N_("Give the principal GSTIN first, then the others."))]
    faults, seen = [], {given.gstin}
    for number, text in enumerate(given.other_gstins):
        field = f"other_gstins.{number}"
        if text in seen:
            faults.append(FieldFault(field, "repeated", N_("This GSTIN is there twice.")))
        elif str(GSTIN(text).pan) != pan:
            message = N_("Characters 3 to 12 of this GSTIN are another PAN; one business has one PAN.")
            faults.append(FieldFault(field, "pan_mismatch", message))
        seen.add(text)
    return faults


def _owner_faults(owners: Sequence[OwnerInput]) -> list[FieldFault]:
    total = sum((owner.share_pct or Decimal(0) for owner in owners), Decimal(0))
    if total > 100:
        message = N_("The shares of the owners add up to %(sum)s percent.")
        return [FieldFault("owners", "shares_exceed_whole", message, {"sum": f"{total.normalize():f}"})]
    return []


def _replace_registrations(business: Business, gstins: Sequence[str]) -> None:
    wanted = {blind_index("gstin", gstin): gstin for gstin in gstins}
    business.registrations.exclude(gstin_index__in=wanted).delete()
    known = set(business.registrations.values_list("gstin_index", flat=True))
    for index, gstin in wanted.items():
        if index not in known:
            state = GSTIN(gstin).state.letters
            GstRegistration.objects.create(business=business, gstin=gstin, gstin_index=index, state=state)


def _replace_owners(business: Business, owners: Sequence[OwnerInput]) -> None:
    business.owners.all().delete()
    BusinessOwner.objects.bulk_create(BusinessOwner(business=business, **vars(owner)) for owner in owners)


def _save(business: Business) -> None:
    try:
        with transaction.atomic():
            business.save()
    except IntegrityError as error:
        if "msme_business_gstin_once_per_organisation" in str(error):
            raise BusinessKnown from error
        raise
