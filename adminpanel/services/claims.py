"""Who works on what. An item that is open on a colleague's screen is theirs for a quarter of an hour; nobody else decides it."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts import selectors as people
from accounts.types import Colleague
from adminpanel.exceptions import ItemClaimed, ItemGone, QueueNotFound
from adminpanel.models import Claim
from adminpanel.types import ClaimShown
from msmebazaar.core import staff
from msmebazaar.core.actor import Actor, Duty
from msmebazaar.core.staff import Queue, Waiting

HELD = timedelta(minutes=15)
ROUND = 200
MOST_ASSIGNED = 50  # what one colleague can see through; more would only make the rest wait for them
NOBODY = UUID(int=0)
EVERYTHING = Actor(NOBODY, frozenset(), is_staff=True, duties=frozenset(Duty))


def queue_of(actor: Actor, name: str) -> Queue:
    """Raises: QueueNotFound: there is none, or the colleague's duties do not open it."""
    queue = staff.queue_named(name)
    if queue is None or not actor.has_duty(queue.duty):
        raise QueueNotFound
    return queue


@transaction.atomic
def claim(*, actor: Actor, queue: str, item_id: UUID, now: datetime) -> Waiting:
    """Open an item: it is the actor's for a quarter of an hour, anew each time they come back to it.

    Raises:
        QueueNotFound, ItemGone; ItemClaimed: a colleague has it open.
    """
    found = queue_of(actor, queue).get(actor=actor, item_id=item_id)
    if found is None:
        raise ItemGone
    row, _is_new = Claim.objects.get_or_create(queue=queue, item_id=item_id)
    row = Claim.objects.select_for_update().get(pk=row.pk)
    guard_free(row, actor, now)
    row.claimed_by_id, row.claimed_until = actor.user_id, now + HELD
    row.save(update_fields=["claimed_by", "claimed_until", "updated_at"])
    return found


def guard_free(row: Claim, actor: Actor, now: datetime) -> None:
    """Raises: ItemClaimed."""
    is_held = row.claimed_until is not None and row.claimed_until > now
    if is_held and row.claimed_by_id not in (None, actor.user_id):
        raise ItemClaimed(now=people.colleague_name(user_id=row.claimed_by_id))


@transaction.atomic
def release(*, actor: Actor, queue: str, item_id: UUID) -> None:
    """Leave an item to the others; repeating it changes nothing."""
    queue_of(actor, queue)
    Claim.objects.filter(queue=queue, item_id=item_id, claimed_by_id=actor.user_id).update(
        claimed_by=None, claimed_until=None
    )


@transaction.atomic
def assign_to(*, actor: Actor, queue: str, item_id: UUID, user_id: UUID | None) -> None:
    """Give an item to a colleague, or to nobody in particular.

    Raises:
        QueueNotFound, ItemGone: it does not wait, or the colleague is not there for it.
    """
    waiting = queue_of(actor, queue).get(actor=actor, item_id=item_id)
    suited = {colleague.user_id for colleague in people.list_colleagues(duty=queue_of(actor, queue).duty)}
    if waiting is None or (user_id is not None and user_id not in suited):
        raise ItemGone
    Claim.objects.update_or_create(queue=queue, item_id=item_id, defaults={"assigned_to_id": user_id})


def next_item(*, actor: Actor, queue: str, now: datetime) -> UUID | None:
    """What to work on next: what is assigned to the actor, then the longest waiting that nobody else has."""
    found = queue_of(actor, queue)
    others = Q(claimed_until__gt=now) & ~Q(claimed_by_id=actor.user_id) & Q(claimed_by__isnull=False)
    assigned_away = Q(assigned_to__isnull=False) & ~Q(assigned_to_id=actor.user_id)
    taken = Claim.objects.filter(Q(queue=queue) & (others | assigned_away)).values_list("item_id", flat=True)
    mine = Claim.objects.filter(queue=queue, assigned_to_id=actor.user_id).values_list("item_id", flat=True)
    items = found.list(actor=actor, without=list(taken), first=list(mine), limit=1)
    if not items:  # nothing of one's own: help with what is assigned to others, but not with what they have open
        held = Claim.objects.filter(Q(queue=queue) & others).values_list("item_id", flat=True)
        items = found.list(actor=actor, without=list(held), limit=1)
    return items[0].id if items else None


def claims_on(*, actor: Actor, queue: str, item_ids: list[UUID], now: datetime) -> dict[UUID, ClaimShown]:
    """Who has which of these items."""
    rows = Claim.objects.filter(queue=queue, item_id__in=item_ids).select_related("assigned_to", "claimed_by")
    found = {}
    for row in rows:
        is_held = row.claimed_by is not None and row.claimed_until is not None and row.claimed_until > now
        is_mine = is_held and row.claimed_by_id == actor.user_id
        found[row.item_id] = ClaimShown(
            row.item_id,
            str(row.assigned_to) if row.assigned_to else "",
            str(row.claimed_by) if is_held else "",
            row.claimed_until if is_held else None,
            is_mine,
            is_held and not is_mine,
        )
    return found


def assign_waiting(*, now: datetime) -> int:
    """Give what nobody has to colleagues who are there for its state and language, to whoever has least, fifty at most. Returns
    how many.

    Claims on what does not wait any more are dropped.
    """
    count = 0
    for queue in staff.queues():
        _drop_stale(queue)
        colleagues = [each for each in people.list_colleagues(duty=queue.duty) if not each.is_away]
        if not colleagues:
            continue
        load = Counter(
            Claim.objects.filter(assigned_to__in=[each.user_id for each in colleagues]).values_list(
                "assigned_to_id", flat=True
            )
        )
        given = Claim.objects.filter(queue=queue.name, assigned_to__isnull=False).values_list("item_id", flat=True)
        for item in queue.list(actor=EVERYTHING, without=list(given), limit=ROUND):
            suited = [each for each in colleagues if load[each.user_id] < MOST_ASSIGNED and _suits(each, item)]
            if suited:
                chosen = min(suited, key=lambda each: (load[each.user_id], str(each.user_id)))
                load[chosen.user_id] += 1
                Claim.objects.update_or_create(
                    queue=queue.name, item_id=item.id, defaults={"assigned_to_id": chosen.user_id}
                )
                count += 1
    return count


def _suits(colleague: Colleague, item: Waiting) -> bool:
    is_there = not item.state or not colleague.regions or item.state in colleague.regions
    return is_there and (not item.language or not colleague.languages or item.language in colleague.languages)


def _drop_stale(queue: Queue) -> None:
    known = list(Claim.objects.filter(queue=queue.name).values_list("item_id", flat=True))
    Claim.objects.filter(queue=queue.name, item_id__in=queue.decided(known)).delete()
