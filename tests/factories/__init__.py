"""Rows that tests start from, made through the services so that they are what real use would make."""

import secrets
from collections.abc import Collection
from decimal import Decimal
from typing import Any

import pyotp
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from stdnum import luhn

from accounts import selectors as people
from accounts import services as accounts
from accounts.models import StaffProfile, User
from msme import services
from msme.models import Business, Listing
from msme.services.businesses import BusinessInput
from msme.services.financials import AddBackInput, FinancialsInput
from msme.services.listings import ListingInput
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor
from msmebazaar.core.types import FinancialYear

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CRORE = Decimal(10_000_000)


def some_gstin(state: str = "27", holder: str = "C") -> str:
    """A synthetic GSTIN with a right check character."""
    letters = [ALPHABET[10 + secrets.randbelow(26)] for _ in range(2)]
    head = f"{state}ZZZ{holder}{letters[0]}{secrets.randbelow(9999) + 1:04d}{letters[1]}1Z"
    return head + luhn.calc_check_digit(head, ALPHABET)


def business_payload(**changes: Any) -> dict[str, Any]:
    return {
        "legal_name": "Shivneri Fabrications Private Limited",
        "constitution": "private_limited",
        "nic_code": "25910",
        "gstin": some_gstin(),
        **changes,
    }


def figures_payload(**changes: Any) -> dict[str, Any]:
    """Case C of the SME issues, in words an owner would use."""
    return {
        "fiscal_year": "2024-25",
        "months": 12,
        "source": "audited",
        "revenue_inr": "60.41 crore",
        "pat_inr": "4.12 cr",
        "net_worth_inr": "11.78 crore",
        "total_assets_inr": "30.98 crore",
        "debt_inr": "10.35 crore",
        **changes,
    }


TERMS_OF: dict[str, dict[str, Any]] = {
    "full_sale": {"reason": "retirement"},
    "stake_sale": {"reason": "growth", "stake_pct": "26"},
    "asset_sale": {"reason": "other_venture", "assets": "Two lathes and a press, with tools."},
    "equity_investment": {"stake_pct": "18", "use_of_funds": "A second line and working capital."},
    "loan": {"use_of_funds": "Working capital.", "tenor_months": 36, "collateral": "machinery"},
}


def listing_payload(**changes: Any) -> dict[str, Any]:
    intent = changes.get("intent", "full_sale")
    return {
        "intent": intent,
        **TERMS_OF[intent],
        "title": "Metal engineering works with steady customers",
        "summary": "Forging and machining, own plant, order book of eight months.",
        "ask_inr": "38 crore",
        **changes,
    }


def mandate_payload(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Engineering in the west",
        "kind": "buyer",
        "intents": ["full_sale"],
        "nic_include": ["25"],
        "states": ["MH", "GJ"],
        "ticket_min_inr": "10 crore",
        "ticket_max_inr": "50 crore",
        **changes,
    }


def loan_product_payload(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Machine loan",
        "lender_name": "Sahyadri Finance",
        "amount_min_inr": "10 lakh",
        "amount_max_inr": "100 crore",
        "tenor_min_months": 12,
        "tenor_max_months": 60,
        "rate_pct": "12",
        "fee_pct": "1.5",
        "penalties": "2 percent a month on what is late.",
        "key_facts_url": "https://lender.example/kfs",
        **changes,
    }


def make_business(actor: Actor, **changes: Any) -> Business:
    given = BusinessInput(**business_payload(**changes))
    return services.create_business(actor=actor, organisation_id=next(iter(actor.organisation_ids)), given=given)


def add_figures(actor: Actor, business: Business, year: int = 2024, factor: str = "1") -> None:
    amounts = [Decimal(text) * CRORE * Decimal(factor) for text in ("60.41", "4.12", "11.78", "30.98", "10.35")]
    names = ("revenue_inr", "pat_inr", "net_worth_inr", "total_assets_inr", "debt_inr")
    figures: dict[str, Any] = dict(zip(names, amounts, strict=True))
    given = FinancialsInput(FinancialYear(year), 12, "audited", **figures)
    services.add_financials(actor=actor, business_id=business.id, given=given, today=clock.today_in_india())


def last_full_year() -> int:
    """The fiscal year that ended last, by the year it began in."""
    return FinancialYear.of(clock.today_in_india()).start - 1


FULL_LINES = {
    "cogs_inr": "17.0",
    "employee_cost_inr": "2.4",
    "rent_inr": "0.3",
    "other_opex_inr": "1.8",
    "owner_remuneration_inr": "0.5",
    "depreciation_inr": "0.7",
    "interest_inr": "0.4",
    "tax_inr": "0.5",
    "cash_inr": "0.85",
    "surplus_investments_inr": "0.4",
    "receivables_inr": "4.1",
    "old_receivables_inr": "0.3",
    "inventory_inr": "3.8",
    "other_current_assets_inr": "0.15",
    "land_building_inr": "2.6",
    "intangibles_inr": "0",
    "other_assets_inr": "0",
    "payables_inr": "2.9",
    "other_liabilities_inr": "0.9",
}


def add_full_figures(actor: Actor, business: Business, years: int = 3) -> None:
    """Audited accounts with all lines: revenue 24.6 crore and EBITDA 3.1 crore in the last full year, less before."""
    for back in range(years):
        factor = CRORE * (1 - Decimal(back) / 10)
        lines = {name: Decimal(text) * factor for name, text in FULL_LINES.items()}
        given = FinancialsInput(
            FinancialYear(last_full_year() - back),
            12,
            "audited",
            revenue_inr=Decimal("24.6") * factor,
            pat_inr=Decimal("1.5") * factor,
            net_worth_inr=Decimal("7.95") * factor,
            total_assets_inr=Decimal("15.8") * factor,
            debt_inr=Decimal("4.05") * factor,
            plant_machinery_inr=Decimal("3.6") * factor,
            lines=lines,
            add_backs=[
                AddBackInput("owner_pay", Decimal("0.5") * factor, "As booked"),
                AddBackInput("market_salary", Decimal("-0.4") * factor, "A works manager"),
            ],
        )
        services.add_financials(actor=actor, business_id=business.id, given=given, today=clock.today_in_india())


def make_listing(actor: Actor, business: Business | None = None, **changes: Any) -> Listing:
    """A draft of a business that is ready to be submitted."""
    if business is None:
        business = make_business(actor)
        add_figures(actor, business)
    content = {**listing_payload(**changes), "ask_inr": changes.get("ask_inr", 38 * CRORE)}
    if content.get("stake_pct") is not None:
        content["stake_pct"] = Decimal(content["stake_pct"])
    return services.create_listing(actor=actor, business_id=business.id, given=ListingInput(**content))


def make_live_listing(actor: Actor, staff: Actor, business: Business | None = None, **changes: Any) -> Listing:
    listing = make_listing(actor, business, **changes)
    services.submit_listing(actor=actor, listing_id=listing.id, now=clock.now())
    return services.approve_listing(actor=staff, listing_id=listing.id, now=clock.now())


STAFF_PASSWORD = "a long password"


def make_staff_user(
    username: str = "", *, totp_secret: str = "", duties: Collection[str] | None = None, regions: Collection[str] = ()
) -> User:
    """A colleague, with an authenticator app unless the secret is left out. No two share a name: limits go by it.

    `duties` None: a superuser; else exactly these, in these states.
    """
    name = username or f"reviewer-{secrets.token_hex(4)}"
    user = User.objects.get(pk=accounts.create_staff(username=name, password=STAFF_PASSWORD))
    if duties is not None:
        User.objects.filter(pk=user.pk).update(is_superuser=False)
        StaffProfile.objects.create(user=user, duties=list(duties), regions=list(regions))
    if totp_secret:
        TOTP.activate(user, totp_secret)
    return user


def sign_in(client: Client, *, duties: Collection[str] | None = None, regions: Collection[str] = ()) -> User:
    """A colleague with a second factor, signed in as a browser does it."""
    secret = pyotp.random_base32()
    user = make_staff_user(totp_secret=secret, duties=duties, regions=regions)
    client.post("/staff/login/", {"login": user.username, "password": STAFF_PASSWORD})
    done = client.post("/staff/2fa/authenticate/", {"code": pyotp.TOTP(secret).now()})
    assert done.status_code == 302, done.content.decode()
    return user


def make_colleague(*duties: str, regions: Collection[str] = ()) -> Actor:
    """The actor of a colleague with these duties; with none, of a superuser."""
    user = make_staff_user(duties=duties or None, regions=regions)
    return people.actor_of(user_id=user.pk)
