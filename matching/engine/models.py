"""The models that come with the product, and which numbers belong to which factor of an explanation."""

from matching.engine.model import LinearModel, Weight

DECLARED_FEATURES: dict[str, str] = {
    "sector_full": "sector",
    "sector_near": "sector",
    "sector_other": "sector",
    "place_district": "place",
    "place_state": "place",
    "place_other": "place",
    "ticket_in": "ticket",
    "ticket_out": "ticket",
    "size_in": "size",
    "size_out": "size",
    "stake_in": "stake",
    "stake_out": "stake",
    "meaning": "text",
    "words": "text",
    "fresh": "listing",
    "quality": "listing",
}
BEHAVIOUR_FEATURES: dict[str, str] = {
    "lift_sector": "sector",
    "share_sector": "sector",
    "seen_sector": "sector",
    "popular_sector": "sector",
    "lift_state": "place",
    "share_state": "place",
    "seen_state": "place",
    "lift_district": "place",
    "share_district": "place",
    "seen_district": "place",
    "popular_district": "place",
    "lift_intent": "structure",
    "share_intent": "structure",
    "seen_intent": "structure",
    "popular_intent": "structure",
    "share_country": "place",
    "amount": "ticket",
    "amount_missing": "ticket",
    "ticket_likelihood": "ticket",
    "ticket_distance": "ticket",
    "ticket_outside": "ticket",
    "ticket_unknown": "ticket",
    "near_centre": "taste",
    "near_nearest": "taste",
    "near_three": "taste",
    "word_lift": "taste",
    "words_of_past": "taste",
    "text_length": "listing",
    "deals": "activity",
    "deals_two_years": "activity",
    "deals_one_year": "activity",
    "last_deal": "activity",
    "active_and_popular": "activity",
    "active_and_large": "activity",
}


def _model(version: str, weights: dict[str, float], factors: dict[str, str], source: str) -> LinearModel:
    entries = tuple(Weight(name, factors[name], weight) for name, weight in weights.items())
    return LinearModel(version, 0.0, entries, source)


# What a seeker declares, in log-odds beyond a pair about which nobody says anything. Nobody's behaviour has a part in it, so
# it is the same for everybody and holds from the first day.
DECLARED = _model(
    "declared-1",
    {
        "sector_full": 0.9,
        "sector_near": -0.3,
        "sector_other": -0.7,
        "place_district": 0.8,
        "place_state": 0.5,
        "place_other": -0.7,
        "ticket_in": 0.45,
        "ticket_out": -0.3,
        "size_in": 0.2,
        "size_out": -0.6,
        "stake_in": 0.2,
        "stake_out": -0.6,
        "meaning": 1.7,
        "words": 0.4,
        "fresh": 0.2,
        "quality": 0.2,
    },
    DECLARED_FEATURES,
    "Rounded from logistic fits on the history parts of three public sets of deals (docs/matching.md, read 2026-11-26): sector "
    "0.6 to 1.0 between named and not, place 0.7 to 1.1, ticket 0.3 to 0.6 inside and 0.1 to 0.3 for each doubling outside, text "
    "0.8 to 1.9 for a cosine of 1. Size, stake, freshness and quality are our judgement.",
)
OWNERS_FEATURES: dict[str, str] = {
    "funds": "funds",
    "proven": "proof",
    "complete": "mandate",
    "wanted_kind": "kind",
    "same_trade": "trade",
    "same_state": "state",
}
# What an owner can want of a seeker. No public record of owners' answers exists; these are our judgement, until there are our
# own.
OWNERS = _model(
    "owners-1",
    {"funds": 0.5, "proven": 0.35, "complete": 0.3, "wanted_kind": 0.4, "same_trade": 0.3, "same_state": 0.15},
    OWNERS_FEATURES,
    "Judgement of the founders, 2026-11-26.",
)
