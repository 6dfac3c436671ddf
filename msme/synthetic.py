"""Invented firms that look like real ones: the same seed gives the same market.

Trades, their margins and prices come from `reference/trades.csv`; how far firms of one trade lie apart was measured on 401
listings of small businesses (standard deviations of logarithms: earnings 0.91, margin 0.39). Districts are drawn by the number
of their PIN codes, which stands for how many people live there. Nobody real is meant; PAN and GSTIN have a form that the tax
office does not give out (`ZZZ…`).
"""

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import accumulate
from random import Random
from uuid import UUID

from stdnum import luhn

from msme.reference import rows_of
from msme.types import Collateral, Constitution, FigureSource, Intent, SaleReason
from msmebazaar.core.types import STATES

SIZE_SPREAD, MARGIN_SPREAD, PRICE_SPREAD = 0.91, 0.39, 0.35
RUPEES_PER_DOLLAR = 22  # at purchasing-power parity, roughly: a firm of this trade, not its value in foreign money
INDUSTRIAL_SCALE = 2.2  # firms that are put on a market are larger than the shop at the corner
HINDI_SHARE = 0.25
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
INTENTS = (
    (Intent.FULL_SALE, 58),
    (Intent.STAKE_SALE, 16),
    (Intent.LOAN, 12),
    (Intent.EQUITY_INVESTMENT, 8),
    (Intent.ASSET_SALE, 6),
)
CONSTITUTIONS = (
    (Constitution.PROPRIETORSHIP, "P", 34),
    (Constitution.PARTNERSHIP, "F", 22),
    (Constitution.PRIVATE_LIMITED, "C", 36),
    (Constitution.LLP, "F", 8),
)
SOURCES = (
    (FigureSource.AUDITED, 55),
    (FigureSource.FILED, 25),
    (FigureSource.PROVISIONAL, 12),
    (FigureSource.SELF_DECLARED, 8),
)
SYLLABLES = (
    "an", "ba", "cha", "da", "ga", "ha", "ja", "ka", "la", "ma", "na", "pa", "ra", "sa", "ta", "va", "ya", "vi", "su", "ni", "ri",
    "shi", "ku", "mo", "de", "ke", "ro", "ti",
)  # fmt: skip
SUFFIXES = ("Udyog", "Industries", "Works", "Enterprises", "Traders", "Agencies", "Products", "Mills")
ADJECTIVES_EN = (
    "Established",
    "Profitable",
    "Well-run",
    "Debt-free",
    "Growing",
    "Family-run",
    "Export-ready",
    "Steady",
)
ADJECTIVES_HI = ("पुरानी", "मुनाफ़े वाली", "चलती हुई", "बढ़ती हुई", "पारिवारिक")
CLOSINGS_EN = (
    "The founder retires; staff stay.",
    "Customers of many years, receivables within sixty days.",
    "Approvals and fire clearance in place.",
    "Room to double output on the same land.",
    "Books audited every year, no dues to the tax office.",
)
CLOSINGS_HI = (
    "मालिक सेवानिवृत्त हो रहे हैं, कर्मचारी साथ रहेंगे।",
    "पुराने ग्राहक, साठ दिन में भुगतान।",
    "सभी मंज़ूरियाँ उपलब्ध हैं।",
    "इसी ज़मीन पर काम दोगुना हो सकता है।",
)


@dataclass(frozen=True)
class SyntheticYear:
    """One fiscal year, rupees; `fiscal_year` is the year it starts in."""

    fiscal_year: int
    source: str
    figures: dict[str, Decimal]


@dataclass(frozen=True)
class SyntheticFirm:
    """A firm with its figures and what it offers. Ids follow from the seed and the number."""

    number: int
    id: UUID
    legal_name: str
    constitution: str
    gstin: str
    nic_code: str
    state: str
    city: str
    pincode: str
    established_year: int
    employees: int
    years: tuple[SyntheticYear, ...]
    intent: str
    title: str
    summary: str
    ask_inr: Decimal
    terms: dict[str, object]
    age_days: float
    tier: int | None


@dataclass(frozen=True)
class Trade:
    nic: str
    weight: int
    price_to_revenue: float
    price_to_sde: float
    median_price_inr: float
    noun_en: str
    noun_hi: str
    detail_en: str
    detail_hi: str


@cache
def trades() -> tuple[Trade, ...]:
    return tuple(
        Trade(
            row["nic"],
            int(row["weight"]),
            float(row["price_to_revenue"]),
            float(row["price_to_sde"]),
            float(row["median_price_usd"]) * RUPEES_PER_DOLLAR * INDUSTRIAL_SCALE,
            row["noun_en"],
            row["noun_hi"],
            row["detail_en"],
            row["detail_hi"],
        )
        for row in rows_of("trades.csv")
    )


@cache
def _ranges() -> tuple[list[tuple[int, int, str, str]], list[int]]:
    """Ranges of PIN codes, by their first one, and the running number of codes in them."""
    codes = {state.letters for state in STATES}
    ranges = [
        (int(row["first"]), int(row["codes"]), row["state"], row["district"])
        for row in rows_of("pin_ranges.csv")
        if row["state"] in codes
    ]
    return ranges, list(accumulate(known for _, known, _, _ in ranges))


def firms(*, count: int, seed: int, year: int) -> Iterator[SyntheticFirm]:
    """`count` firms, one after the other. `year`: the newest full fiscal year, by the year it starts in."""
    for number in range(count):
        yield _firm(Random(f"{seed}:{number}"), number, year)


def _firm(random: Random, number: int, year: int) -> SyntheticFirm:
    [trade] = random.choices(trades(), [trade.weight for trade in trades()])
    pincode, state, district = _place(random)
    [(constitution, holder, _)] = random.choices(CONSTITUTIONS, [weight for *_, weight in CONSTITUTIONS])
    price = trade.median_price_inr * math.exp(random.gauss(0, SIZE_SPREAD))
    revenue = price / trade.price_to_revenue * math.exp(random.gauss(0, PRICE_SPREAD))
    margin = trade.price_to_revenue / trade.price_to_sde * math.exp(random.gauss(0, MARGIN_SPREAD)) * 0.7
    is_hindi = random.random() < HINDI_SHARE
    intent = _drawn(random, INTENTS)
    amount = random.randint(8, 220)
    stem = "".join(random.choices(SYLLABLES, k=random.randint(2, 4))).capitalize()
    ask = _rounded(
        price * {Intent.STAKE_SALE: 0.3, Intent.EQUITY_INVESTMENT: 0.2, Intent.LOAN: 0.25}.get(Intent(intent), 1)
    )
    return SyntheticFirm(
        number=number,
        id=UUID(int=random.getrandbits(128), version=4),
        legal_name=f"{stem} {random.choice(SUFFIXES)}" + (" Private Limited" if holder == "C" else ""),
        constitution=constitution,
        gstin=_gstin(random, state, holder),
        nic_code=trade.nic,
        state=state,
        city=district,
        pincode=pincode,
        established_year=year - min(60, int(random.expovariate(1 / 14))),
        employees=max(2, int(revenue / 1_200_000 * math.exp(random.gauss(0, 0.5)))),
        years=_years(random, revenue, min(margin, 0.6), year),
        intent=intent,
        title=_title(random, trade, is_hindi=is_hindi),
        summary=_summary(random, trade, amount, is_hindi=is_hindi),
        ask_inr=ask,
        terms=_terms(random, Intent(intent)),
        age_days=random.random() * 90,
        tier=random.choices((None, 1), (30, 70))[0],  # T2 takes a colleague who has seen papers
    )


def _place(random: Random) -> tuple[str, str, str]:
    ranges, running = _ranges()
    first, _, state, district = ranges[bisect_left(running, random.randint(1, running[-1]))]
    return str(first), state, district


def _gstin(random: Random, state: str, holder: str) -> str:
    code = next(known.gst_code for known in STATES if known.letters == state)
    letters = [random.choice(ALPHABET[10:]) for _ in range(2)]
    head = f"{code}ZZZ{holder}{letters[0]}{random.randint(1, 9999):04d}{letters[1]}1Z"
    return head + str(luhn.calc_check_digit(head, ALPHABET))


def _years(random: Random, revenue: float, margin: float, year: int) -> tuple[SyntheticYear, ...]:
    """One to three years back from the newest, lines that add up."""
    source = _drawn(random, SOURCES)
    growth = random.gauss(0.09, 0.12)
    found = []
    for back in range(random.choices((1, 2, 3), (15, 25, 60))[0]):
        turnover = revenue / (1 + growth) ** back
        found.append(
            SyntheticYear(year - back, source, _figures(random, turnover, margin * math.exp(random.gauss(0, 0.1))))
        )
    return tuple(found)


def _figures(random: Random, revenue: float, margin: float) -> dict[str, Decimal]:
    sales = _paise(revenue)
    ebitda = _paise(revenue * margin)
    employee = _paise(revenue * random.uniform(0.06, 0.14))
    rent, other = _paise(revenue * 0.01), _paise(revenue * random.uniform(0.03, 0.07))
    cogs = sales - ebitda - employee - rent - other
    depreciation, interest = _paise(revenue * 0.018), _paise(revenue * random.uniform(0.004, 0.02))
    before_tax = ebitda - depreciation - interest
    tax = _paise(max(float(before_tax) * 0.25, 0))
    total = _paise(revenue * random.uniform(0.4, 0.9))
    debt, payables = _paise(float(total) * random.uniform(0.1, 0.35)), _paise(float(total) * random.uniform(0.1, 0.25))
    liabilities = _paise(float(total) * 0.05)
    return {
        "revenue_inr": sales,
        "pat_inr": before_tax - tax,
        "net_worth_inr": total - debt - payables - liabilities,
        "total_assets_inr": total,
        "debt_inr": debt,
        "plant_machinery_inr": _paise(float(total) * random.uniform(0.15, 0.4)),
        "cogs_inr": cogs,
        "employee_cost_inr": employee,
        "rent_inr": rent,
        "other_opex_inr": other,
        "depreciation_inr": depreciation,
        "interest_inr": interest,
        "tax_inr": tax,
        "payables_inr": payables,
        "other_liabilities_inr": liabilities,
    }


def _title(random: Random, trade: Trade, *, is_hindi: bool) -> str:
    if is_hindi:
        return f"{random.choice(ADJECTIVES_HI)} {trade.noun_hi}"
    return f"{random.choice(ADJECTIVES_EN)} {trade.noun_en[0].lower()}{trade.noun_en[1:]} with loyal customers"


def _summary(random: Random, trade: Trade, amount: int, *, is_hindi: bool) -> str:
    if is_hindi:
        return f"{trade.detail_hi.format(n=amount)}। {' '.join(random.sample(CLOSINGS_HI, 2))}"
    return f"{trade.detail_en.format(n=amount)}. {' '.join(random.sample(CLOSINGS_EN, 3))}"


def _terms(random: Random, intent: Intent) -> dict[str, object]:
    stake = Decimal(random.randint(10, 74))
    reason = random.choice([choice.value for choice in SaleReason])
    use = "New machines and working capital for the orders in hand."
    terms: dict[Intent, dict[str, object]] = {
        Intent.FULL_SALE: {"reason": reason, "handover_months": random.randint(1, 12)},
        Intent.STAKE_SALE: {"reason": reason, "stake_pct": stake},
        Intent.ASSET_SALE: {"reason": reason, "assets": "Plant, tools and stock as listed at the visit."},
        Intent.EQUITY_INVESTMENT: {"stake_pct": stake, "use_of_funds": use},
        Intent.LOAN: {
            "use_of_funds": use,
            "tenor_months": random.choice((12, 24, 36, 60)),
            "collateral": random.choice([choice.value for choice in Collateral]),
        },
    }
    return terms[intent]


def _drawn(random: Random, weighted: Sequence[tuple[str, int]]) -> str:
    [(value, _)] = random.choices(weighted, [weight for _, weight in weighted])
    return str(value)


def _paise(amount: float) -> Decimal:
    return Decimal(round(amount * 100)) / 100


def _rounded(amount: float) -> Decimal:
    """As people ask: two significant digits."""
    digits = 10 ** max(math.floor(math.log10(amount)) - 1, 0)
    return Decimal(max(round(amount / digits), 1) * digits)


@dataclass(frozen=True)
class SyntheticWish:
    """What somebody seeks; amounts in rupees, industries as NIC divisions."""

    id: UUID
    name: str
    kind: str
    intents: tuple[str, ...]
    nic_include: tuple[str, ...]
    states: tuple[str, ...]
    ticket_min_inr: Decimal
    ticket_max_inr: Decimal
    thesis: str


SEEKERS = (("buyer", 60), ("investor", 25), ("lender", 15))
SOUGHT: dict[str, tuple[str, ...]] = {
    "buyer": (Intent.FULL_SALE, Intent.STAKE_SALE, Intent.ASSET_SALE),
    "investor": (Intent.EQUITY_INVESTMENT, Intent.STAKE_SALE),
    "lender": (Intent.LOAN,),
}


def wishes(*, count: int, seed: int) -> Iterator[SyntheticWish]:
    """`count` wishes for what such a market offers: a trade or two, some states, an amount around what the trade costs."""
    for number in range(count):
        random = Random(f"{seed}:wish:{number}")
        kind = _drawn(random, SEEKERS)
        wanted = random.choices(trades(), [trade.weight for trade in trades()], k=random.randint(1, 2))
        states = {_place(random)[1] for _ in range(random.randint(0, 3))}
        middle = wanted[0].median_price_inr * math.exp(random.gauss(0, SIZE_SPREAD))
        yield SyntheticWish(
            id=UUID(int=random.getrandbits(128), version=4),
            name=f"{wanted[0].noun_en}, {' or '.join(sorted(states)) or 'anywhere'}",
            kind=kind,
            intents=SOUGHT[kind],
            nic_include=tuple(sorted({trade.nic[:2] for trade in wanted})),
            states=tuple(sorted(states)),
            ticket_min_inr=_rounded(middle / 2),
            ticket_max_inr=_rounded(middle * 2),
            thesis=f"{wanted[0].detail_en.format(n=random.randint(8, 220))}.",
        )
