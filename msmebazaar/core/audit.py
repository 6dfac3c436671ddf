"""One line in the audit table per change that matters, in the transaction of the change."""

from uuid import UUID

from msmebazaar.core import context
from msmebazaar.core.models import AuditEntry


def record(
    action: str, *, subject_type: str, subject_id: UUID, actor_id: UUID | None, facts: dict[str, object] | None = None
) -> None:
    """Write who did what. `facts` are identifiers and states, never personal data."""
    AuditEntry.objects.create(
        action=action,
        subject_type=subject_type,
        subject_id=subject_id,
        actor_id=actor_id,
        facts=facts or {},
        request_id=context.request_id(),
    )
