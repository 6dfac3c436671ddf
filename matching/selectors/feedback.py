"""What people did about matches."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from matching.models import Feedback
from matching.types import FeedbackKind

# How much each thing counts as a sign that such listings are wanted.
WORTH: dict[str, float] = {
    FeedbackKind.VIEWED: 0.15,
    FeedbackKind.SAVED: 0.6,
    FeedbackKind.CONTACTED: 1.0,
    FeedbackKind.ACCEPTED: 1.3,
}
WANTED = (FeedbackKind.SAVED, FeedbackKind.CONTACTED, FeedbackKind.ACCEPTED)
DECLINE_HOLDS = timedelta(days=180)
CHEAPER = Decimal("0.85")  # of the price it was declined at: then it is shown again


def past_deals(rows: Mapping[UUID, int]) -> list[tuple[int, int]]:
    """(number of the organisation, row) of everything wanted among these listings; each pair once."""
    wanted = Feedback.objects.filter(kind__in=WANTED).values_list("mandate__organisation_id", "listing_id").distinct()
    seekers: dict[UUID, int] = {}
    return [
        (seekers.setdefault(organisation_id, len(seekers)), rows[listing_id])
        for organisation_id, listing_id in wanted.order_by("mandate__organisation_id", "listing_id")
        if listing_id in rows
    ]


def wanted_by(mandate_ids: Sequence[UUID]) -> dict[UUID, list[Feedback]]:
    """What the mandates' seekers went for, the strongest sign of each listing, newest first."""
    found: dict[UUID, dict[UUID, Feedback]] = {}
    signs = Feedback.objects.filter(mandate_id__in=mandate_ids, kind__in=list(WORTH)).order_by("-at", "-id")
    for sign in signs:
        of_mandate = found.setdefault(sign.mandate_id, {})
        known = of_mandate.get(sign.listing_id)
        if known is None or WORTH[sign.kind] > WORTH[known.kind]:
            of_mandate[sign.listing_id] = sign
    return {mandate_id: list(signs.values()) for mandate_id, signs in found.items()}


def declined(
    mandate_ids: Sequence[UUID], *, now: datetime, listing_id: UUID | None = None
) -> dict[UUID, dict[UUID, Decimal]]:
    """Listings, or the one asked about, that are not to be shown to a mandate, with the price below which they are again."""
    about = {} if listing_id is None else {"listing_id": listing_id}
    rows = Feedback.objects.filter(
        mandate__any_of=mandate_ids,
        kind__in=(FeedbackKind.DECLINED, FeedbackKind.RESTORED),
        at__gt=now - DECLINE_HOLDS,
        **about,
    ).order_by("at", "id")
    found: dict[UUID, dict[UUID, Decimal]] = {}
    for row in rows:
        of_mandate = found.setdefault(row.mandate_id, {})
        if row.kind == FeedbackKind.DECLINED:
            of_mandate[row.listing_id] = row.ask_inr * CHEAPER
        else:
            of_mandate.pop(row.listing_id, None)
    return found
