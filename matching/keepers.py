"""How matching carries out the rules of retention."""

from datetime import datetime

from matching.models import LoanComparison
from matching.services import vectors
from msmebazaar.core.retention import count_or_delete, keeper


@keeper("matching.text_vector")
def text_vectors(cutoff: datetime, dry_run: bool) -> int:
    return vectors.unused_since(cutoff.date(), dry_run=dry_run)


@keeper("matching.loan_comparison")
def loan_comparisons(cutoff: datetime, dry_run: bool) -> int:
    return count_or_delete(LoanComparison.objects.filter(at__lt=cutoff), dry_run)
