"""How msme carries out the rules of retention (`msmebazaar/core/reference/retention.csv`)."""

from datetime import datetime

from msme.models import ImportRun
from msmebazaar.core.retention import count_or_delete, keeper


@keeper("msme.import_run")
def import_runs(cutoff: datetime, dry_run: bool) -> int:
    return count_or_delete(ImportRun.objects.filter(created_at__lt=cutoff), dry_run)
