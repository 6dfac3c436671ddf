"""Own listings, matches, introductions, and what a buyer looks for."""

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

from django.utils import translation

from accounts import selectors as people
from accounts import services as accounts
from matching import cards
from matching import selectors as matching
from matching import services as introductions
from matching.services.feedback import FeedbackInput
from matching.services.mandates import MandateInput
from matching.types import FeedbackKind, MandateKind, Move
from msme import selectors as listings
from msme import services as msme
from msme import understanding
from msme.exceptions import PriceUnchanged
from msme.places import hindi_names
from msme.types import Intent, ListingStatus, OwnListing
from msmebazaar.core import clock
from msmebazaar.core.actor import Scope
from msmebazaar.core.types import STATES, Money
from whatsapp.flow import Bubble, Choice, Outcome, say
from whatsapp.services.host.business import MOST_LISTED, labelled
from whatsapp.services.host.context import ACTIONS, ACTS, FACTS, KNOWN, SOURCES, Asked, named

MOST_CARDS = 3
MOST_TOLD = 5

# --- own listings ----------------------------------------------------------------------------------------------------


def _listing(asked: Asked) -> OwnListing:
    rows = listings.list_own_listings(actor=asked.actor, limit=100)
    return next(row for row in rows if str(row.listing_id) == asked.answer("pick"))


def own_listings(asked: Asked) -> list[Choice]:
    rows = listings.list_own_listings(actor=asked.actor, limit=MOST_LISTED)
    return [Choice(str(row.listing_id), *labelled(row.title, _status(row.status, asked))) for row in rows]


SOURCES["listings"] = own_listings


def _status(status: str, asked: Asked) -> str:
    with translation.override(asked.product_language):
        return str(ListingStatus(status).label)


@named(FACTS)
def listing(asked: Asked) -> str:
    row = _listing(asked)
    price = Money(row.ask_inr).short(asked.product_language)
    return say("listing.said.status", asked.language, title=row.title, status=_status(row.status, asked), price=price)


MOVES_OF: dict[str, tuple[str, ...]] = {
    ListingStatus.LIVE: ("reprice", "pause", "confirm"),
    ListingStatus.PAUSED: ("resume", "reprice"),
    ListingStatus.UNDER_OFFER: ("resume",),
}


@named(SOURCES)
def listing_moves(asked: Asked) -> list[Choice]:
    moves = MOVES_OF.get(_listing(asked).status, ())
    return [Choice(move, say(f"listing.said.{move}", asked.language)) for move in moves]


@named(ACTIONS)
def move_listing(asked: Asked) -> Outcome:
    """Pause, back to the market, still there: at once. A new price is asked for next."""
    listing_id, move = UUID(asked.answer("pick")), asked.answer("move")
    if move == "pause":
        msme.pause_listing(actor=asked.actor, listing_id=listing_id)
    elif move == "resume":
        msme.resume_listing(actor=asked.actor, listing_id=listing_id, now=asked.now)
    elif move == "confirm":
        msme.confirm_available(actor=asked.actor, listing_id=listing_id, now=asked.now)
    else:
        return Outcome()
    return asked.said("listing.said.done", listing=listing(asked))


@named(ACTIONS)
def reprice(asked: Asked) -> Outcome:
    """The new price was read back and agreed to, so a jump is meant."""
    price = Decimal(asked.answer("price"))
    try:
        msme.reprice_listing(
            actor=asked.actor, listing_id=UUID(asked.answer("pick")), ask_inr=price, is_confirmed=True, now=asked.now
        )
    except PriceUnchanged:
        pass  # it is what they want it to be
    return asked.said("listing.said.done", listing=listing(asked))


# --- matches and introductions ---------------------------------------------------------------------------------------


@named(ACTS)
def matches(asked: Asked, _argument: str) -> Outcome:
    """How many there are; requests that wait for an answer; the best listings for one's mandates, with reasons."""
    counts = matching.count_matches(actor=asked.actor)
    found = [asked.bubble("matches.said.counts", **vars(counts))]
    found += _waiting_cards(asked)
    for card in cards.best_cards(actor=asked.actor, limit=MOST_CARDS, language=asked.product_language):
        price = Money(card.ask_inr).rounded(2).short(asked.product_language)
        reasons = "\n".join(f"• {reason}" for reason in card.reasons)
        choices = tuple(
            Choice(f"act.{act}.{card.code}", say(f"matches.said.{act}", asked.language)) for act in ("ask", "pass")
        )
        found.append(
            asked.bubble(
                "matches.said.card_match",
                choices=choices,
                score=card.score,
                title=card.title,
                price=price,
                reasons=reasons,
            )
        )
    if len(found) == 1:
        found.append(asked.bubble("matches.said.none_yet"))
    return Outcome(tuple(found))


def _waiting_cards(asked: Asked) -> list[Bubble]:
    organisations = people.organisation_ids_of(user_id=asked.user_id)
    waiting = matching.waiting_introductions(organisation_ids=organisations)
    if not waiting:
        return []
    found = [asked.bubble("matches.said.waiting", count=len(waiting))]
    for row in waiting[:MOST_TOLD]:
        with translation.override(asked.product_language):
            kind = str(MandateKind(row.seeker_kind).label)
        about = row.ticket_max_about_inr
        choices = tuple(
            Choice(f"act.{act}.{row.code}", say(f"matches.said.{act}", asked.language))
            for act in ("approve", "decline")
        )
        found.append(
            asked.bubble(
                "matches.said.card_owner",
                choices=choices,
                code=row.code,
                kind=kind,
                tier=row.seeker_tier,
                amount=Money(about).short(asked.product_language) if about is not None else "?",
                title=row.listing_title,
                until=row.due_at.astimezone(clock.INDIA).strftime("%d-%m %H:%M"),
            )
        )
    return found


@named(ACTS)
def approve(asked: Asked, code: str) -> Outcome:
    return _answer_introduction(asked, code, Move.APPROVE)


@named(ACTS)
def decline(asked: Asked, code: str) -> Outcome:
    return _answer_introduction(asked, code, Move.DECLINE)


def _answer_introduction(asked: Asked, code: str, move: Move) -> Outcome:
    waiting = matching.waiting_introductions(organisation_ids=asked.actor.readable(Scope.LISTING))
    found = [row for row in waiting if row.code == code]
    if len(found) != 1:
        return asked.said("matches.said.unknown", code=code)
    introductions.move_introduction(
        actor=asked.actor, introduction_id=found[0].introduction_id, move=move, now=asked.now
    )
    if move is Move.APPROVE:
        return asked.said("matches.said.approved", title=found[0].listing_title)
    return asked.said("matches.said.declined")


def ask(asked: Asked, code: str) -> Outcome:
    """Ask the owner behind a card to be introduced."""

    def carry_out(card: cards.MatchCard) -> None:
        introductions.ask_for_introduction(
            actor=asked.actor, mandate_id=card.mandate_id, listing_id=card.listing_id, note="", now=asked.now
        )

    return _with_card(asked, code, carry_out, "matches.said.asked")


def leave(asked: Asked, code: str) -> Outcome:
    """Not for me."""

    def carry_out(card: cards.MatchCard) -> None:
        given = FeedbackInput(FeedbackKind.DECLINED, "other")
        introductions.give_feedback(
            actor=asked.actor, mandate_id=card.mandate_id, listing_id=card.listing_id, given=given, now=asked.now
        )

    return _with_card(asked, code, carry_out, "matches.said.passed")


ACTS |= {"ask": ask, "pass": leave}


def _with_card(asked: Asked, code: str, carry_out: Callable[[cards.MatchCard], None], said: str) -> Outcome:
    found = cards.best_cards(actor=asked.actor, limit=MOST_CARDS * 3, language=asked.product_language)
    card = next((row for row in found if row.code == code), None)
    if card is None:
        return asked.said("matches.said.gone")
    carry_out(card)
    return asked.said(said)


# --- mandates --------------------------------------------------------------------------------------------------------

INTENTS_OF = {
    MandateKind.BUYER: [Intent.FULL_SALE, Intent.STAKE_SALE],
    MandateKind.INVESTOR: [Intent.STAKE_SALE, Intent.EQUITY_INVESTMENT],
    MandateKind.LENDER: [Intent.LOAN],
}


def _understood(asked: Asked) -> understanding.Understood:
    return understanding.understand(asked.answer("wish") or asked.answer("said"))


def wish_known(asked: Asked) -> str | None:
    """What they wrote before they were asked, when it names a trade or a place."""
    found = understanding.understand(asked.answer("said"))
    return asked.answer("said") if found.industries or found.states or found.districts else None


KNOWN["wish"] = wish_known


@named(ACTIONS)
def understand_wish(asked: Asked) -> Outcome:
    found = _understood(asked)
    if not (found.industries or found.states or found.districts):
        return asked.refused("mandate.said.unclear")
    return Outcome()


@named(KNOWN)
def most(asked: Asked) -> str | None:
    amount = _understood(asked).ask_max
    return str(Money(amount)) if amount is not None else None


@named(KNOWN)
def least(asked: Asked) -> str | None:
    amount = _understood(asked).ask_min
    return str(Money(amount)) if amount is not None else None


@named(FACTS)
def wish(asked: Asked) -> str:
    """Trades and places as they were understood."""
    found, column = _understood(asked), 1 if asked.product_language == "hi" else 0
    divisions, sections = listings.division_titles(), listings.section_titles()
    trades = [
        (divisions.get(code[:2]) or sections.get(code) or (code, code))[column]
        for code in dict.fromkeys(found.industries)
    ]
    named_states = {state.letters: state.name_hi if column else state.name_en for state in STATES}
    hindi = hindi_names() if column else {}
    where = [hindi.get(place, place.name) for place in found.districts]
    where += [named_states[letters] for letters in found.states]
    anything = say("mandate.said.anything", asked.language)
    return "\n".join(
        [
            say("mandate.said.trades", asked.language, names=", ".join(trades) or anything),
            say("mandate.said.places", asked.language, names=", ".join(where) or anything),
        ]
    )


@named(ACTIONS)
def create_mandate(asked: Asked) -> Outcome:
    if asked.answer("summary") != "yes":
        return Outcome()
    found, kind = _understood(asked), MandateKind(asked.answer("kind"))
    most_inr = Decimal(asked.answer("most"))
    least_inr = Decimal(asked.answer("least") or 0)
    said = asked.answer("wish")
    given = MandateInput(
        name=say("mandate.said.name", asked.language, wish=said)[:80],
        kind=kind,
        intents=[intent.value for intent in INTENTS_OF[kind]],
        ticket_min_inr=min(least_inr, most_inr),
        ticket_max_inr=most_inr,
        nic_include=list(dict.fromkeys(found.industries)),
        nic_exclude=[],
        states=list(dict.fromkeys([*found.states, *(place.state for place in found.districts)])),
        districts=[f"{place.state}/{place.name}" for place in found.districts],
        thesis=said,
    )
    _take_role(asked, kind)
    introductions.create_mandate(actor=asked.actor, organisation_id=asked.organisation_id, given=given)
    return asked.said("mandate.said.saved")


def _take_role(asked: Asked, kind: MandateKind) -> None:
    """Who says that they are an investor is one, as far as we know; what that opens hangs on verification."""
    own = next(row for row in people.get_me(user_id=asked.user_id).organisations if row.id == asked.organisation_id)
    if kind.value not in own.roles:
        accounts.update_organisation(
            actor=asked.actor, organisation_id=own.id, name=None, roles=[*own.roles, kind.value]
        )
