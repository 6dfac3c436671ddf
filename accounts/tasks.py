"""Celery's interface to the periodic work of accounts."""

from celery import shared_task

from accounts import services
from msmebazaar.core import clock


@shared_task(name="accounts.expire_badges")
def expire_badges_task(**_: object) -> None:
    services.expire_badges(now=clock.now())
