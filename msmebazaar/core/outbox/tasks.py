"""Celery's interface to the outbox and the kernel's periodic work. Keyword-only, `**_` for messages of newer releases."""

from uuid import UUID

from celery import shared_task

from msmebazaar.core import clock, history, retention
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


@shared_task(name="core.seal_audit")
def seal_audit_task(**_: object) -> None:
    while history.seal() == history.BATCH:
        pass


@shared_task(name="core.apply_retention")
def apply_retention_task(**_: object) -> None:
    retention.apply(now=clock.now(), dry_run=False)
