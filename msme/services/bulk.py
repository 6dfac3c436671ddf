"""A whole market at once, for benchmarks and demonstrations; rows as the services would have made them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from msme import places
from msme.classification import classify
from msme.models import Business, FinancialStatement, Listing, ListingVersion
from msme.services.market import refresh_entries
from msme.synthetic import SyntheticFirm
from msme.types import VERSIONED, ListingStatus
from msmebazaar.core.bulk import copy_rows
from msmebazaar.core.crypto import blind_index
from msmebazaar.core.uuid7 import uuid7_at


@transaction.atomic
def load_firms(*, firms: Sequence[SyntheticFirm], now: datetime) -> int:
    """Businesses, figures, live listings and their first versions, by COPY; then their market entries.

    Each firm's organisation has the firm's id (`accounts.services.load_owners`).

    Raises:
        IntegrityError: this market, or a part of it, is there already.
    """
    businesses = [_business(firm, now) for firm in firms]
    copy_rows(Business, businesses)
    copy_rows(FinancialStatement, _statements(firms))
    listings = [_listing(firm, now) for firm in firms]
    copy_rows(Listing, listings)
    copy_rows(ListingVersion, (_version(listing, now) for listing in listings))
    return refresh_entries(listing_ids=[listing.id for listing in listings], now=now)


def _business(firm: SyntheticFirm, now: datetime) -> Business:
    latest = firm.years[0].figures
    district = places.district_of(firm.pincode)
    investment = latest["plant_machinery_inr"]
    return Business(
        id=firm.id,
        organisation_id=firm.id,
        legal_name=firm.legal_name,
        constitution=firm.constitution,
        gstin=firm.gstin,
        gstin_index=blind_index("gstin", firm.gstin),
        pan=firm.gstin[2:12],
        pan_index=blind_index("pan", firm.gstin[2:12]),
        nic_code=firm.nic_code,
        state=firm.state,
        city=firm.city,
        pincode=firm.pincode,
        district=district.name if district else "",
        msme_class=classify(investment=investment, turnover=latest["revenue_inr"], on=now.date()) or "",
        established_year=firm.established_year,
        employees=firm.employees,
    )


def _statements(firms: Iterable[SyntheticFirm]) -> Iterable[FinancialStatement]:
    for firm in firms:
        for year in firm.years:
            yield FinancialStatement(
                business_id=firm.id, fiscal_year=year.fiscal_year, source=year.source, **year.figures
            )


def _listing(firm: SyntheticFirm, now: datetime) -> Listing:
    published_at = now - timedelta(days=firm.age_days)
    return Listing(
        id=uuid7_at(published_at, firm.id.int),
        business_id=firm.id,
        organisation_id=firm.id,
        intent=firm.intent,
        title=firm.title,
        summary=firm.summary,
        ask_inr=firm.ask_inr,
        status=ListingStatus.LIVE,
        submitted_at=published_at,
        published_at=published_at,
        confirmed_at=max(published_at, now - timedelta(days=25)),
        **firm.terms,
    )


def _version(listing: Listing, now: datetime) -> ListingVersion:
    content = {name: getattr(listing, name) for name in VERSIONED}
    return ListingVersion(listing_id=listing.id, number=1, published_at=listing.published_at or now, **content)
