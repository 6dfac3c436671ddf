"""`manage.py load_people --count 50`: logged-in people with a business, its figures and a mandate, for load and fault tests.

Prints one JSON list: access token, refresh token, organisation, business, mandate. The same people each time, with new tokens.
"""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from accounts import selectors as people
from accounts import services as accounts
from accounts.types import IdentityKind
from matching import selectors as mandates
from matching import services as matching
from matching.services import MandateInput
from msme import selectors as firms
from msme import services as businesses
from msme.services.businesses import BusinessInput
from msme.services.financials import FinancialsInput
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor
from msmebazaar.core.types import FinancialYear

CRORE = Decimal(10_000_000)


class Command(BaseCommand):
    help = "Log in people of load and fault tests and print their tokens."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--count", type=int, default=20)

    def handle(self, *_: Any, count: int, **__: Any) -> None:
        self.stdout.write(json.dumps([self.person(number) for number in range(count)]))

    @transaction.atomic
    def person(self, number: int) -> dict[str, str]:
        phone = f"+9197{number:08d}"
        contact = accounts.find_or_create_contact(
            kind=IdentityKind.PHONE, value=phone, language="en", verified_at=clock.now(), full_name=f"Load {number}"
        )
        actor = people.actor_of(user_id=contact.user_id)
        organisation_id = next(iter(actor.organisation_ids))
        tokens = accounts.open_session(user_id=actor.user_id, user_agent="load", now=clock.now())
        if not firms.own_businesses(actor=actor).exists():
            self.make_firm(actor, number, clock.today_in_india())
            wish = MandateInput(
                name="Load",
                kind="buyer",
                intents=["full_sale", "stake_sale"],
                nic_include=["25", "28", "10"],
                nic_exclude=[],
                states=["MH", "GJ", "KA", "TN"],
                ticket_min_inr=CRORE,
                ticket_max_inr=50 * CRORE,
            )
            matching.create_mandate(actor=actor, organisation_id=organisation_id, given=wish)
        return {
            "access": tokens.access,
            "refresh": tokens.refresh,
            "organisation": str(organisation_id),
            "business": str(firms.own_businesses(actor=actor).order_by("id")[0].id),
            "mandate": str(mandates.own_mandates(actor=actor)[0].id),
        }

    def make_firm(self, actor: Actor, number: int, today: date) -> None:
        given = BusinessInput(
            legal_name=f"Load Works {number} LLP", constitution="llp", nic_code="25910", state="MH", city="Pune"
        )
        firm = businesses.create_business(actor=actor, organisation_id=next(iter(actor.organisation_ids)), given=given)
        last_year = FinancialYear.of(today).start - 1
        for back, crore in ((0, 24), (1, 21)):
            figures = FinancialsInput(
                FinancialYear(last_year - back),
                12,
                "audited",
                revenue_inr=crore * CRORE,
                pat_inr=CRORE,
                net_worth_inr=8 * CRORE,
                total_assets_inr=16 * CRORE,
                debt_inr=4 * CRORE,
            )
            businesses.add_financials(actor=actor, business_id=firm.id, given=figures, today=today)
