"""Celery's interface to the periodic work of the staff's desk."""

from celery import shared_task

from adminpanel import services
from msmebazaar.core import clock


@shared_task(name="adminpanel.count_measures")
def count_measures_task(**_: object) -> None:
    services.count_measures(now=clock.now())


@shared_task(name="adminpanel.assign_waiting")
def assign_waiting_task(**_: object) -> None:
    services.assign_waiting(now=clock.now())


@shared_task(name="adminpanel.remind")
def remind_task(**_: object) -> None:
    services.remind(now=clock.now())
