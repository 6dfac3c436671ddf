"""Parts of a score as sentences. Every figure and name in them comes from the pair that was compared."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from matching.engine.scoring import BASE, Part
from matching.models import ListingProfile, Mandate
from matching.services.explaining import Explained
from matching.texts import FAILED
from msme import selectors as listings
from msmebazaar.core.exceptions import N_
from msmebazaar.core.types import Money, state_by_letters

MOST_FOR, MOST_AGAINST = 3, 2

SENTENCES = {
    "base": N_("Where every pair starts."),
    # what the seeker asks for
    "sector_full": N_("%(sector)s is a trade you look for."),
    "sector_near": N_("%(sector)s is of the same sector as the trades you named, but none of them."),
    "sector_other": N_("%(sector)s is not among the trades you named."),
    "sector_any": N_("You named no trade; this is %(sector)s."),
    "sector_hidden": N_("Its trade would tell who it is; you hear of it after the introduction."),
    "place_district": N_("It is in %(place)s, a district you look in."),
    "place_state": N_("It is in %(place)s, where you look."),
    "place_other": N_("It is in %(place)s, outside the places you named."),
    "place_any": N_("You named no place; it is in %(place)s."),
    "ticket_in": N_("The asking price of %(ask)s is within %(min)s to %(max)s."),
    "ticket_above": N_("The asking price of %(ask)s is above your %(max)s."),
    "ticket_below": N_("The asking price of %(ask)s is below your %(min)s."),
    "size_in": N_("Its yearly revenue of about %(revenue)s reaches the %(floor)s you ask for."),
    "size_out": N_("Its yearly revenue of about %(revenue)s is below the %(floor)s you ask for."),
    "size_any": N_("You set no least revenue."),
    "stake_in": N_("The share of %(stake)s %% on offer is what you look for."),
    "stake_out": N_("The share of %(stake)s %% on offer is not what you look for."),
    "stake_any": N_("You set no share."),
    "text_for": N_("Its description is close to what you wrote."),
    "text_against": N_("Its description is far from what you wrote."),
    "text_any": N_("You wrote no thesis, so descriptions were not compared."),
    "listing_for": N_("It is new on the market or well described."),
    "listing_against": N_("Its description leaves much open."),
    "structure_for": N_("You have gone for this kind of deal before."),
    "structure_against": N_("You have rarely gone for this kind of deal."),
    "taste_for": N_("It is like what you have gone for before."),
    "taste_against": N_("It is unlike what you have gone for before."),
    "activity_for": N_("You have been active lately."),
    "activity_against": N_("You have not been active lately."),
    # what the owner can want
    "funds_for": N_("Your highest amount reaches the asking price."),
    "funds_against": N_("Your highest amount does not reach the asking price."),
    "proof_for": N_("Your organisation is verified (T%(tier)s)."),
    "proof_against": N_("Your organisation is not verified; owners prefer seekers who are."),
    "mandate_for": N_("Your mandate tells the owner much."),
    "mandate_against": N_("Your mandate tells the owner little."),
    "kind_for": N_("The owner looks for seekers like you."),
    "kind_against": N_("The owner named no kind of seeker."),
    "trade_for": N_("You name the owner's trade."),
    "trade_against": N_("You do not name the owner's trade."),
    "state_for": N_("You name the owner's state."),
    "state_against": N_("You do not name the owner's state."),
}
HINTS = {
    "sector": N_("Name the trades you look for."),
    "place": N_("Name the states or districts you look in."),
    "ticket": N_("Narrow the amount: the highest is more than ten times the lowest."),
    "thesis": N_("Write in a few sentences what you look for, in English or Hindi."),
    "longer_thesis": N_("Write more about what you look for: products, customers, size, your own experience."),
    "revenue": N_("Say how much yearly revenue it must have at least."),
    "structures": N_("Say how you can pay: in cash, in parts, by results."),
    "horizon": N_("Say within how many months you want to close."),
    "stake": N_("Say which share you look for."),
}


@dataclass(frozen=True)
class Reason:
    """A part in words. `points` has one decimal; all parts of a pair sum to its score."""

    side: str
    factor: str
    code: str
    points: float
    text: str


def reasons_of(explained: Explained) -> list[Reason]:
    """All parts, the largest first, the base last."""
    return _in_words(explained, _ordered(explained))


def highlights_of(explained: Explained) -> list[Reason]:
    """At most three for and two against: what a page shows. Only these are put into words."""
    told = [(part, code) for part, code in _ordered(explained) if part.factor != BASE and part.tenths]
    told_for = [found for found in told if found[0].tenths > 0]
    told_against = [found for found in told if found[0].tenths < 0]
    return _in_words(explained, [*told_for[:MOST_FOR], *told_against[:MOST_AGAINST]])


def _ordered(explained: Explained) -> list[tuple[Part, str]]:
    """Each part with the code of its sentence."""
    coded = [(part, _code(explained, part)) for part in explained.parts]
    return sorted(coded, key=lambda found: (found[0].factor == BASE, -abs(found[0].tenths), found[1]))


def _in_words(explained: Explained, coded: Iterable[tuple[Part, str]]) -> list[Reason]:
    words = _words(explained.mandate, explained.profile, explained.seeker_tier)
    return [Reason(part.side, part.factor, code, part.tenths / 10, _(SENTENCES[code]) % words) for part, code in coded]


def failed_texts(codes: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"code": code, "text": _(FAILED[code])} for code in codes]


def hint_texts(codes: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"code": code, "text": _(HINTS[code])} for code in codes]


def _code(explained: Explained, part: Part) -> str:
    """Which sentence a part has: by what was compared where it was declared, else by the direction of its points."""
    if part.factor == BASE:
        return BASE
    direction = "for" if part.tenths > 0 else "against"
    if part.side == "owner":
        return f"{part.factor}_{direction}"
    mandate, profile = explained.mandate, explained.profile
    if part.factor == "ticket":
        if profile.ask_inr > mandate.ticket_max_inr:
            return "ticket_above"
        return "ticket_below" if profile.ask_inr < mandate.ticket_min_inr else "ticket_in"
    if part.factor == "sector" and not profile.division and not profile.section:
        return "sector_hidden"
    if part.factor == "text" and not mandate.thesis:
        return "text_any"
    found = explained.states.get(part.factor)
    if found in SENTENCES:
        return str(found)
    any_code = f"{part.factor}_any"
    return any_code if any_code in SENTENCES and part.factor != "text" else f"{part.factor}_{direction}"


def _words(mandate: Mandate, profile: ListingProfile, tier: int) -> dict[str, str]:
    language = get_language() or "en"

    def money(amount: object) -> str:
        return Money(amount).short(language) if amount is not None else ""  # type: ignore[arg-type]

    sector = listings.division_titles().get(profile.division) or listings.section_titles().get(profile.section)
    state = state_by_letters(profile.state)
    state_name = state.name(language) if state else profile.state
    return {
        "sector": (sector[1] if language.startswith("hi") else sector[0]) if sector else "",
        "place": f"{profile.district}, {state_name}" if profile.district else state_name,
        "ask": money(profile.ask_inr),
        "min": money(mandate.ticket_min_inr),
        "max": money(mandate.ticket_max_inr),
        "revenue": money(profile.revenue_about_inr),
        "floor": money(mandate.revenue_min_inr),
        "stake": f"{profile.stake_pct:g}" if profile.stake_pct is not None else "",
        "tier": str(tier),
    }
