"""How the staff's desk carries out the rules of retention."""

from datetime import datetime

from django.db import transaction

from accounts import services as accounts
from adminpanel.models import Sheet, Task
from adminpanel.types import SheetState
from msmebazaar.core.retention import count_or_delete, keeper


@keeper("adminpanel.sheet")
def sheets(cutoff: datetime, dry_run: bool) -> int:
    """The file goes, the row says that it was there."""
    due = Sheet.objects.filter(state=SheetState.READY, finished_at__lt=cutoff)
    if dry_run:
        return due.count()
    with transaction.atomic():
        rows = list(due.select_for_update())
        accounts.forget_files(object_keys=[row.object_key for row in rows])
        return Sheet.objects.filter(pk__in=[row.pk for row in rows]).update(state=SheetState.EXPIRED, object_key="")


@keeper("adminpanel.task")
def tasks(cutoff: datetime, dry_run: bool) -> int:
    return count_or_delete(Task.objects.filter(closed_at__lt=cutoff), dry_run)
