"""Reads of introductions, and how close they bring somebody to a listing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts import selectors as people
from matching.exceptions import IntroductionNotFound
from matching.models import Introduction
from matching.selectors.parties import ABOUT_DIGITS
from matching.types import MOVES, IntroductionState, Side, WaitingIntroduction, code_of
from msme import selectors as listings
from msme.types import Level
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor, Scope
from msmebazaar.core.types import Money

MOST_WAITING = 20


def own_introductions(*, actor: Actor, side: str = "") -> QuerySet[Introduction]:
    """Those in which the actor is a side: by the mandate's rights as seeker, by the listing's as owner."""
    as_seeker = Q(seeker_id__in=actor.readable(Scope.MATCHING))
    as_owner = Q(owner_id__in=actor.readable(Scope.LISTING))
    wanted = {Side.SEEKER.value: as_seeker, Side.OWNER.value: as_owner}.get(side, as_seeker | as_owner)
    return Introduction.objects.filter(wanted)


def get_own_introduction(*, actor: Actor, introduction_id: UUID) -> Introduction:
    """IntroductionNotFound when the actor is no side of it."""
    found = own_introductions(actor=actor).select_related("signature").filter(pk=introduction_id).first()
    if found is None:
        raise IntroductionNotFound
    return found


def side_of(actor: Actor, introduction: Introduction) -> Side:
    """Which side the actor is. An organisation is never both; somebody with rights in two is the owner first."""
    return Side.OWNER if introduction.owner_id in actor.readable(Scope.LISTING) else Side.SEEKER


def level_of(*, actor: Actor, listing_id: UUID) -> Level:
    """How close introductions have brought the actor to a listing of others."""
    return levels_of(actor=actor, listing_ids=[listing_id]).get(listing_id, Level.MEMBER)


def levels_of(*, actor: Actor, listing_ids: Iterable[UUID]) -> dict[UUID, Level]:
    """The same for several; those without a signed agreement are missing. Anything but APPROVED closes the way."""
    rows = Introduction.objects.filter(
        seeker_id__in=actor.readable(Scope.MATCHING),
        listing_id__in=list(listing_ids),
        state=IntroductionState.APPROVED,
        signature__isnull=False,
    )
    found: dict[UUID, Level] = {}
    for listing_id, opened in rows.values_list("listing_id", "opened_room_at"):
        found[listing_id] = Level.DATA_ROOM if opened else Level.NDA
    return found


def waiting_introductions(*, organisation_ids: Iterable[UUID]) -> list[WaitingIntroduction]:
    """What owners have to answer, the oldest first: what a chat shows and what an answer refers to."""
    rows = list(
        Introduction.objects.filter(owner_id__in=list(organisation_ids), state=IntroductionState.ASKED)
        .select_related("mandate")
        .order_by("created_at", "id")[:MOST_WAITING]
    )
    tiers = people.live_tiers(organisation_ids=[row.seeker_id for row in rows], now=clock.now())
    titles = listings.titles_of(listing_ids=[row.listing_id for row in rows])
    return [
        WaitingIntroduction(
            row.id,
            code_of(row.id),
            titles.get(row.listing_id, ""),
            row.kind,
            max(tiers.get(row.seeker_id, [0])),
            Money(row.mandate.ticket_max_inr).rounded(ABOUT_DIGITS).amount if row.mandate else None,
            row.due_at or row.created_at,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class OtherSide:
    """Who is on the other side, as far as the reader may know; `name` None as long as they may not."""

    kind: str
    tier: int
    name: str | None


@dataclass(frozen=True)
class IntroductionShown:
    """An introduction as one side sees it: what the listing is called, the other side, and what can be done now."""

    side: Side
    title: str
    other: OtherSide
    moves: list[str]


def shown_to(actor: Actor, introductions: Sequence[Introduction]) -> dict[UUID, IntroductionShown]:
    """By introduction, for a page of them."""
    titles = listings.titles_of(listing_ids=[row.listing_id for row in introductions])
    sides = {row.id: side_of(actor, row) for row in introductions}
    others = {row.id: row.seeker_id if sides[row.id] is Side.OWNER else row.owner_id for row in introductions}
    tiers = people.live_tiers(organisation_ids=list(set(others.values())), now=clock.now())
    known = {row.id: _knows_other(sides[row.id], row) for row in introductions}
    names = people.display_names(organisation_ids={others[row_id] for row_id, knows in known.items() if knows})
    return {
        row.id: IntroductionShown(
            sides[row.id],
            titles.get(row.listing_id, ""),
            OtherSide(
                row.kind if sides[row.id] is Side.OWNER else "owner",
                max(tiers.get(others[row.id], [0])),
                names.get(others[row.id]) if known[row.id] else None,
            ),
            [move.value for move, (side, before, _) in MOVES.items() if side is sides[row.id] and row.state in before],
        )
        for row in introductions
    }


def _knows_other(side: Side, introduction: Introduction) -> bool:
    """The owner knows whom they let in; the seeker knows the owner once the agreement is signed. Both only while it holds."""
    if introduction.state != IntroductionState.APPROVED:
        return False
    return side is Side.OWNER or hasattr(introduction, "signature")
