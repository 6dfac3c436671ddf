"""The invented market: the same seed gives the same one, and it is one that the services would have taken."""

from collections import Counter
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organisation
from matching.models import Mandate
from msme import synthetic
from msme.models import Business, FinancialStatement, Listing, ListingVersion, MarketEntry
from msme.statements import faults
from msme.teaser import finds
from msme.types import ALL_TERMS, BALANCE_SHEET, PROFIT_AND_LOSS, TERMS
from msmebazaar.core.types import GSTIN, state_by_letters


def generate(listings: int, mandates: int = 0, seed: int = 5) -> None:
    call_command("generate_market", listings=listings, mandates=mandates, seed=seed, verbosity=0, stdout=StringIO())


def test_the_same_seed_gives_the_same_firms_and_another_seed_others() -> None:
    first, again, other = (list(synthetic.firms(count=30, seed=seed, year=2025)) for seed in (1, 1, 2))

    assert first == again
    assert not {firm.id for firm in first} & {firm.id for firm in other}
    assert list(synthetic.wishes(count=5, seed=1)) == list(synthetic.wishes(count=5, seed=1))


def test_firms_are_such_as_the_services_would_take() -> None:
    firms = list(synthetic.firms(count=300, seed=3, year=2025))
    for firm in firms:
        assert str(GSTIN.parse(firm.gstin)) == firm.gstin
        state = state_by_letters(firm.state)
        assert state is not None
        assert firm.gstin[:2] == state.gst_code
        for year in firm.years:
            nothing = dict.fromkeys((*PROFIT_AND_LOSS, *BALANCE_SHEET))
            assert faults({**nothing, **year.figures}, []) == []
            assert Decimal("0.05") <= year.figures["total_assets_inr"] / year.figures["revenue_inr"] <= 20
        needed, allowed = TERMS[firm.intent]
        assert needed <= set(firm.terms) <= needed | allowed <= ALL_TERMS
    given_away = [f for f in firms if finds(f"{f.title} {f.summary}", names=[f.legal_name])]
    assert len(given_away) <= 3  # an invented name may sound like a word of the text


def test_the_market_is_spread_over_trades_states_sizes_and_languages() -> None:
    firms = list(synthetic.firms(count=2000, seed=4, year=2025))

    trades, states = Counter(firm.nic_code for firm in firms), Counter(firm.state for firm in firms)
    asks = sorted(firm.ask_inr for firm in firms)
    hindi = sum("\u0900" <= firm.title[0] <= "\u097f" for firm in firms)
    assert len(trades) == len(synthetic.trades())
    assert len(states) >= 30
    assert max(trades.values()) < 250
    assert asks[1800] / asks[200] > 8  # from the small to the large tenth
    assert 400 < hindi < 600
    assert {firm.intent for firm in firms} == set(TERMS)


@pytest.mark.django_db
def test_the_command_fills_every_table_and_refuses_to_do_so_twice(reference_data: None) -> None:
    generate(40, mandates=6)

    assert [model.objects.count() for model in (Business, Listing, ListingVersion, MarketEntry)] == [40] * 4
    assert 40 <= FinancialStatement.objects.count() <= 120
    assert (Mandate.objects.count(), Organisation.objects.count()) == (6, 46)
    business = Business.objects.order_by("id")[0]
    assert business.gstin is not None
    assert str(GSTIN.parse(business.gstin)) == business.gstin
    with pytest.raises(CommandError, match="another --seed"):
        generate(40)
    assert Business.objects.count() == 40
