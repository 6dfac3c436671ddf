"""`manage.py generate_market --listings N --mandates M --seed S`: a believable market of invented firms, by COPY."""

from argparse import ArgumentParser
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError
from tqdm import tqdm

from accounts import services as accounts
from matching import services as matching
from matching.services import MandateInput
from msme import services, synthetic
from msmebazaar.core import clock
from msmebazaar.core.types import FinancialYear

BATCH = 2000


class Command(BaseCommand):
    help = "Fill the market with invented firms and mandates. The same seed and number give the same firms and offers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--listings", type=int, required=True)
        parser.add_argument("--mandates", type=int, default=0)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--as-of", help="Day the market is dated by, such as 2026-11-26; today when left out.")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ENVIRONMENT == "production":
            raise CommandError("Invented firms do not belong into production.")
        now = _moment(options["as_of"]) if options["as_of"] else clock.now()
        year = FinancialYear.of(now.date()).start - 1
        firms = synthetic.firms(count=options["listings"], seed=options["seed"], year=year)
        with tqdm(total=options["listings"], unit=" listings", disable=options["verbosity"] == 0) as bar:
            for batch in iter(lambda: tuple(islice(firms, BATCH)), ()):
                try:
                    accounts.load_owners(tiers={firm.id: firm.tier for firm in batch}, now=now)
                    services.load_firms(firms=batch, now=now)
                except IntegrityError as error:
                    raise CommandError("This market is there already; take another --seed.") from error
                bar.update(len(batch))
        wishes = iter(synthetic.wishes(count=options["mandates"], seed=options["seed"]))
        for some in iter(lambda: tuple(islice(wishes, BATCH)), ()):
            accounts.load_owners(tiers={wish.id: None for wish in some}, now=now)
            matching.load_mandates(given={wish.id: _mandate(wish) for wish in some})
        self.stdout.write(f"{options['listings']} listings, {options['mandates']} mandates, seed {options['seed']}")
        if options["mandates"]:
            self.stdout.write("`manage.py match_market` matches them.")


def _mandate(wish: synthetic.SyntheticWish) -> MandateInput:
    return MandateInput(
        name=wish.name,
        kind=wish.kind,
        intents=list(wish.intents),
        ticket_min_inr=wish.ticket_min_inr,
        ticket_max_inr=wish.ticket_max_inr,
        nic_include=list(wish.nic_include),
        nic_exclude=[],
        states=list(wish.states),
        thesis=wish.thesis,
    )


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=clock.INDIA) + timedelta(hours=12)
    except ValueError as error:
        raise CommandError(f"{text} is no day; write it like 2026-11-26.") from error
