"""Who may see which fact of a listing: one table, from which the serializers are made (`serializers.market`).

Levels are ordered (`msme.types.Level`): whoever is at one sees everything of the ones before. Facts up to `MEMBER` come from
the market entry, which holds place and industry only as widened; the exact ones begin with the NDA.
"""

from msme.types import Level

PUBLIC, MEMBER, NDA, DATA_ROOM = Level.PUBLIC, Level.MEMBER, Level.NDA, Level.DATA_ROOM

VISIBLE_FROM: dict[str, Level] = {
    "id": PUBLIC,
    "is_own": PUBLIC,
    "level": PUBLIC,
    # the offer
    "intent": PUBLIC,
    "title": PUBLIC,
    "summary": PUBLIC,
    "ask_inr": PUBLIC,
    "stake_pct": PUBLIC,
    "reason": PUBLIC,
    "handover_months": MEMBER,
    "seller_finance_pct": MEMBER,
    "includes_property": PUBLIC,
    "assets": PUBLIC,
    "use_of_funds": MEMBER,
    "tenor_months": PUBLIC,
    "collateral": MEMBER,
    # the firm, as widened
    "state": PUBLIC,
    "district": MEMBER,
    "section": PUBLIC,
    "nic_division": PUBLIC,
    "revenue_band": PUBLIC,
    "ebitda_band": MEMBER,
    "msme_class": PUBLIC,
    "revenue_about_inr": MEMBER,
    "ebitda_margin_about": MEMBER,
    "employees_band": MEMBER,
    "decade": MEMBER,
    "tier": PUBLIC,
    "quality": PUBLIC,
    "published_at": PUBLIC,
    # the firm, exactly
    "legal_name": NDA,
    "trade_name": NDA,
    "constitution": NDA,
    "city": NDA,
    "nic_code": NDA,
    "nic_2025": NDA,
    "established_year": NDA,
    "employees": NDA,
    "figures": NDA,
    # its papers
    "gstin": DATA_ROOM,
    "pan": DATA_ROOM,
    "udyam": DATA_ROOM,
    "cin": DATA_ROOM,
    "llpin": DATA_ROOM,
    "address": DATA_ROOM,
    "pincode": DATA_ROOM,
    "owners": DATA_ROOM,
    "accounts": DATA_ROOM,
}


def visible_at(level: Level) -> frozenset[str]:
    """Names of the facts that somebody at this level sees."""
    return frozenset(name for name, least in VISIBLE_FROM.items() if least.rank <= level.rank)
