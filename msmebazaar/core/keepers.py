"""How the kernel carries out the rules of retention for its own tables."""

from datetime import datetime

from django.db.models import Max, Q

from msmebazaar.core.models import Delivery, IdempotencyRecord, OutboxEvent
from msmebazaar.core.retention import count_or_delete, keeper


@keeper("core.idempotency_record")
def idempotency_records(cutoff: datetime, dry_run: bool) -> int:
    return count_or_delete(IdempotencyRecord.objects.filter(created_at__lt=cutoff), dry_run)


@keeper("core.outbox_event")
def outbox_events(cutoff: datetime, dry_run: bool) -> int:
    """Events nobody waits for any more, with their deliveries; dead deliveries stay until somebody looked at them."""
    open_ones = Delivery.objects.exclude(state=Delivery.State.DONE).values("event_id")
    settled = OutboxEvent.objects.filter(occurred_at__lt=cutoff).exclude(pk__in=open_ones)
    settled = settled.annotate(last_done=Max("deliveries__done_at"))
    return count_or_delete(settled.filter(Q(last_done__isnull=True) | Q(last_done__lt=cutoff)), dry_run)
