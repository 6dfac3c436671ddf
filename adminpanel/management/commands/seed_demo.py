"""`manage.py seed_demo`: a demonstration market, once. Through the services, so that it is what real use would make.

Firms are invented; the figures of three are those of real issues (`valuation/reference/sme_ipo_cases.csv`).
"""

import os
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts import selectors as people
from accounts import services as accounts
from accounts.types import IdentityKind, Tier
from adminpanel.signin import make_colleague
from matching import services as matching
from matching.services import MandateInput
from msme import services as businesses
from msme.services.businesses import BusinessInput
from msme.services.financials import FinancialsInput
from msme.services.listings import ListingInput
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor
from msmebazaar.core.types import FinancialYear, Phone

STAFF_LOGIN = "staff"
OWNER, BUYER = Phone.parse("9800000001"), Phone.parse("9800000002")
CRORE = Decimal(10_000_000)
TERMS: dict[str, dict[str, Any]] = {
    "full_sale": {"reason": "retirement", "handover_months": 6},
    "stake_sale": {"reason": "growth"},
    "equity_investment": {"use_of_funds": "A second production line, and stock for it."},
    "loan": {"use_of_funds": "Working capital for the summer season.", "tenor_months": 24, "collateral": "stock"},
}


@dataclass(frozen=True)
class Firm:
    """An invented firm. Amounts in crore: revenue, profit, net worth, assets, debt, asking price."""

    name: str
    gstin: str
    nic: str
    city: str
    crore: tuple[str, str, str, str, str, str]
    intent: str
    title: str
    summary: str
    stake: str | None = None


FIRMS = [
    Firm(
        "Shivneri Fabrications Private Limited",
        "27ZZZCM1234A1ZF",
        "25910",
        "Pune",
        ("60.41", "4.12", "11.78", "30.98", "10.35", "38"),
        "full_sale",
        "Metal engineering works with long-standing automotive customers",
        "Forging and machining for tier-one suppliers, own plant, order book of eight months. The founder retires.",
    ),
    Firm(
        "Nandi Waste Solutions Private Limited",
        "29ZZZCN4321B1Z6",
        "71100",
        "Bengaluru",
        ("39.08", "4.70", "12.41", "25.38", "2.49", "12"),
        "stake_sale",
        "Environmental engineering firm seeks a growth partner",
        "Designs and runs effluent plants for food and textile mills in three states; seven-year service contracts.",
        "26",
    ),
    Firm(
        "Sabarmati Medichem Distributors",
        "24ZZZFD8765C1ZU",
        "46497",
        "Ahmedabad",
        ("107.59", "4.80", "32.17", "57.15", "21.77", "45"),
        "full_sale",
        "Pharmaceutical distributor with four depots",
        "Stockist for eleven manufacturers, 1,900 chemists on the books, cold chain in two depots.",
    ),
    Firm(
        "Kaveri Looms LLP",
        "33ZZZFK2345D1Z6",
        "13131",
        "Erode",
        ("22.50", "1.35", "7.10", "14.20", "3.80", "9.5"),
        "full_sale",
        "Weaving unit with its own dyeing house",
        "Ninety power looms, exports of home textiles to two European chains, all approvals in place.",
    ),
    Firm(
        "Malwa Agro Foods Private Limited",
        "23ZZZCM6543E1Z1",
        "10712",
        "Indore",
        ("31.80", "2.10", "9.40", "18.90", "5.20", "6"),
        "equity_investment",
        "Bakery and namkeen maker raises money for a second line",
        "Sold in 6,000 shops of two states under two own brands; the present line runs in three shifts.",
        "18",
    ),
    Firm(
        "Hooghly Precision Works",
        "19ZZZPH9876F1ZK",
        "28211",
        "Howrah",
        ("14.20", "0.95", "4.60", "9.10", "2.10", "5.5"),
        "full_sale",
        "Agricultural machine maker with dealers in the east",
        "Rotavators and threshers, forty dealers, spare parts bring a third of the revenue.",
    ),
    Firm(
        "Charminar Polymers Private Limited",
        "36ZZZCC1111G1ZM",
        "22209",
        "Hyderabad",
        ("48.70", "3.30", "12.90", "27.40", "8.60", "4"),
        "loan",
        "Moulded plastics maker looks for working capital",
        "Supplies crates and caps to beverage fillers under yearly contracts; receivables of 55 days.",
    ),
]


class Command(BaseCommand):
    help = "Make the demonstration market, unless it is there. The staff log-in comes from DEMO_STAFF_PASSWORD and _TOTP_SECRET."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ENVIRONMENT == "production":
            raise CommandError("A demonstration market does not belong into production.")
        if people.has_staff(username=STAFF_LOGIN):
            self.stdout.write("the demonstration market is there already")
            return
        password, secret = os.environ.get("DEMO_STAFF_PASSWORD", ""), os.environ.get("DEMO_STAFF_TOTP_SECRET", "")
        if len(password) < 8 or len(secret) < 16:
            raise CommandError(
                "Set DEMO_STAFF_PASSWORD (8 characters) and DEMO_STAFF_TOTP_SECRET (base32, 16 or more)."
            )
        with transaction.atomic():
            staff = people.actor_of(user_id=make_colleague(username=STAFF_LOGIN, password=password, totp_secret=secret))
            for number, firm in enumerate(FIRMS):
                owner = self._person(OWNER if number == 0 else Phone.parse(f"98000001{number:02d}"), f"Owner {number}")
                self._offer(owner, firm, staff)
            self._mandates(self._person(BUYER, "Demo buyer"), staff)
        self.stdout.write(f"{len(FIRMS)} firms on the market")

    def _person(self, phone: Phone, name: str) -> Actor:
        contact = accounts.find_or_create_contact(
            kind=IdentityKind.PHONE, value=str(phone), language="en", verified_at=clock.now(), full_name=name
        )
        return people.actor_of(user_id=contact.user_id)

    def _offer(self, owner: Actor, firm: Firm, staff: Actor) -> None:
        revenue, pat, net_worth, assets, debt, ask = (Decimal(amount) * CRORE for amount in firm.crore)
        constitution = {"C": "private_limited", "F": "partnership", "P": "proprietorship"}[firm.gstin[5]]
        business = businesses.create_business(
            actor=owner,
            organisation_id=next(iter(owner.organisation_ids)),
            given=BusinessInput(
                legal_name=firm.name, constitution=constitution, nic_code=firm.nic, gstin=firm.gstin, city=firm.city
            ),
        )
        today = clock.today_in_india()
        last_year = FinancialYear(FinancialYear.of(today).start - 1)
        for back, factor in ((0, Decimal(1)), (1, Decimal("0.88")), (2, Decimal("0.79"))):
            figures = {
                "revenue_inr": revenue,
                "pat_inr": pat,
                "net_worth_inr": net_worth,
                "total_assets_inr": assets,
                "debt_inr": debt,
            }
            scaled: dict[str, Any] = {
                name: (amount * factor).quantize(Decimal("0.01")) for name, amount in figures.items()
            }
            given = FinancialsInput(FinancialYear(last_year.start - back), 12, "audited", **scaled)
            businesses.add_financials(actor=owner, business_id=business.id, given=given, today=today)
        terms = dict(TERMS[firm.intent])
        if firm.stake:
            terms["stake_pct"] = Decimal(firm.stake)
        listing = businesses.create_listing(
            actor=owner,
            business_id=business.id,
            given=ListingInput(firm.intent, firm.title, firm.summary, ask, **terms),
        )
        businesses.submit_listing(actor=owner, listing_id=listing.id, now=clock.now())
        if firm is not FIRMS[-1]:
            businesses.approve_listing(actor=staff, listing_id=listing.id, now=clock.now())

    def _mandates(self, buyer: Actor, staff: Actor) -> None:
        organisation_id = next(iter(buyer.organisation_ids))
        accounts.update_organisation(
            actor=buyer, organisation_id=organisation_id, name=None, roles=["owner", "buyer", "investor"]
        )
        accounts.grant_badge(
            organisation_id=organisation_id,
            tier=Tier.T2_DOCUMENTS,
            evidence={"seen": "invented, for the demonstration market"},
            reviewer_id=staff.user_id,
            now=clock.now(),
        )
        wishes = [
            MandateInput(
                name="Engineering firm in the west or south",
                kind="buyer",
                intents=["full_sale", "stake_sale"],
                nic_include=["25", "28"],
                nic_exclude=["12"],
                states=["MH", "GJ", "KA", "TN"],
                ticket_min_inr=10 * CRORE,
                ticket_max_inr=50 * CRORE,
                thesis="Owner-managed works with steady customers where the founder wants to retire.",
            ),
            MandateInput(
                name="Growth capital for food brands",
                kind="investor",
                intents=["equity_investment", "stake_sale"],
                nic_include=["10", "11"],
                nic_exclude=[],
                states=[],
                ticket_min_inr=2 * CRORE,
                ticket_max_inr=10 * CRORE,
            ),
        ]
        for wish in wishes:
            matching.create_mandate(actor=buyer, organisation_id=organisation_id, given=wish)
