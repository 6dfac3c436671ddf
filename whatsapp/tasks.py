"""Celery's interface to the periodic work of whatsapp."""

from celery import shared_task

from msmebazaar.core import clock
from whatsapp import services


@shared_task(name="whatsapp.nudge")
def nudge_task(**_: object) -> None:
    services.nudge(now=clock.now())


@shared_task(name="whatsapp.reconcile")
def reconcile_task(**_: object) -> None:
    services.reconcile(now=clock.now())
