"""How close somebody is to a listing. Introductions live above this app; they register here and msme imports none of them."""

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from msme.types import Level
from msmebazaar.core.actor import Actor

# (actor, listing ids) → the level of each listing at which an introduction has brought the actor; missing: none has
Closeness = Callable[[Actor, Iterable[UUID]], Mapping[UUID, Level]]
_registered: list[Closeness] = []


def register(closeness: Closeness) -> None:
    _registered.append(closeness)


def level_of(actor: Actor | None, listing_id: UUID) -> Level:
    """The highest level at which the actor may see a listing of others."""
    if actor is None:
        return Level.PUBLIC
    found = [closeness(actor, [listing_id]).get(listing_id, Level.MEMBER) for closeness in _registered]
    return max(found, key=lambda level: level.rank, default=Level.MEMBER)
