"""Celery's interface to the outbox and the kernel's periodic work. Keyword-only, `**_` for messages of newer releases."""

from uuid import UUID

from celery import shared_task
from django.conf import settings

from msmebazaar.core import clock
from msmebazaar.core.models import IdempotencyRecord
from msmebazaar.core.outbox import heartbeats, relay


@shared_task(name="core.deliver")
def deliver_task(*, delivery_id: str, **_: object) -> None:
    relay.deliver(UUID(delivery_id), now=clock.now())


@shared_task(name="core.sweep_outbox")
def sweep_outbox_task(**_: object) -> None:
    relay.sweep(now=clock.now())


@shared_task(name="core.record_heartbeat")
def record_heartbeat_task(*, queue: str, **_: object) -> None:
    heartbeats.record_heartbeat(queue)


@shared_task(name="core.forget_expired")
def forget_expired_task(**_: object) -> None:
    oldest = clock.now() - settings.IDEMPOTENCY_KEY_LIFETIME
    IdempotencyRecord.objects.filter(created_at__lt=oldest).delete()
