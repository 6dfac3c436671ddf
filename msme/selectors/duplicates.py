"""What may be one business, for staff."""

from uuid import UUID

from django.db.models import Count, QuerySet

from msme.exceptions import PairNotFound
from msme.models import Business, DuplicatePair, Merge
from msme.types import BusinessBrief, DuplicateReason, MergeItem, PairItem, PairState


def open_pairs() -> QuerySet[DuplicatePair]:
    """The oldest first."""
    return DuplicatePair.objects.filter(state=PairState.OPEN).order_by("created_at", "id")


def get_open_pair(*, pair_id: UUID) -> PairItem:
    """Raises: PairNotFound: there is none, or somebody has decided."""
    found = _items(list(open_pairs().filter(pk=pair_id)))
    if not found:
        raise PairNotFound
    return found[0]


def _items(pairs: list[DuplicatePair]) -> list[PairItem]:
    briefs = _briefs({key for pair in pairs for key in (pair.first_id, pair.second_id)})
    return [
        PairItem(
            pair.id,
            briefs[pair.first_id],
            briefs[pair.second_id],
            tuple(str(DuplicateReason(reason).label) for reason in pair.reasons),
            pair.created_at,
        )
        for pair in pairs
    ]


def _briefs(ids: set[UUID]) -> dict[UUID, BusinessBrief]:
    rows = Business.objects.filter(pk__in=ids).annotate(
        years=Count("statements", distinct=True), offers=Count("listings", distinct=True)
    )
    return {
        row.id: BusinessBrief(
            row.id,
            row.legal_name,
            row.state,
            row.city,
            row.pincode,
            row.nic_code,
            row.years,
            row.offers,
            row.created_at,
        )
        for row in rows
    }


def list_merges(*, limit: int) -> list[MergeItem]:
    """Merges that were not taken back, the newest first."""
    rows = Merge.objects.filter(undone_at__isnull=True).select_related("kept", "absorbed").order_by("-at")[:limit]
    return [
        MergeItem(
            row.id, row.kept.legal_name, row.absorbed.legal_name, row.at, sum(len(ids) for ids in row.moved.values())
        )
        for row in rows
    ]
