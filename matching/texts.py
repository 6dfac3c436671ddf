"""Sentences of matching that more than one room needs: why a pair is no match, and warnings to whoever reads a message."""

from django.utils.translation import get_language

from msmebazaar.core.exceptions import N_

FAILED = {
    "own_listing": N_("This is your own listing."),
    "mandate": N_("Your mandate is paused or has expired."),
    "intent": N_("It offers another kind of deal than you look for."),
    "excluded": N_("You excluded its trade."),
    "not_accepted": N_("The owner does not accept seekers of this kind or amount."),
    "tier": N_("The owner asks for a verification that your organisation does not have."),
    "ticket_far": N_("Its price is more than three times your range away."),
    "ticket": N_("Its price is outside your range, which you made a condition."),
    "sector": N_("Its trade is none you named, which you made a condition."),
    "place": N_("It is outside the places you named, which you made a condition."),
    "revenue": N_("Its revenue does not reach what you made a condition."),
    "stake": N_("The share on offer is not what you made a condition."),
}

# kind → English, Hindi, Hinglish
WARNINGS: dict[str, tuple[str, str, str]] = {
    "token_advance": (
        "Never pay a token or an advance before a signed contract. Honest owners do not ask for it.",
        "अनुबंध से पहले कभी टोकन या एडवांस न दें। ईमानदार मालिक इसे नहीं माँगते।",
        "Contract se pehle kabhi token ya advance na dein. Imaandaar maalik ise nahi maangte.",
    ),
    "off_platform": (
        "Pay nothing outside the steps agreed here, and keep the talk here until you have a contract.",
        "यहाँ तय कदमों के बाहर कोई भुगतान न करें, और अनुबंध होने तक बातचीत यहीं रखें।",
        "Yahan tay kadmon ke bahar koi payment na karein, aur contract hone tak baat yahin rakhein.",
    ),
    "secrets": (
        "Never tell anyone a code, a PIN or a password, not even us.",
        "कोई भी कोड, पिन या पासवर्ड किसी को न बताएँ, हमें भी नहीं।",
        "Koi bhi code, PIN ya password kisi ko na batayein, hamein bhi nahi.",
    ),
}


def warning_texts(kinds: list[str]) -> list[str]:
    """Each warning in the reader's language; whoever reads Hindi has it in Latin letters too."""
    is_hindi = (get_language() or "en").startswith("hi")
    return [f"{WARNINGS[kind][1]} ({WARNINGS[kind][2]})" if is_hindi else WARNINGS[kind][0] for kind in kinds]
