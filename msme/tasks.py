"""Celery's interface to the periodic work of msme."""

from celery import shared_task

from msme import services
from msmebazaar.core import clock


@shared_task(name="msme.keep_listings_fresh")
def keep_listings_fresh_task(**_: object) -> None:
    services.keep_listings_fresh(now=clock.now())


@shared_task(name="msme.refresh_stale")
def refresh_stale_task(**_: object) -> None:
    services.refresh_stale(now=clock.now())


@shared_task(name="msme.sweep_files")
def sweep_files_task(**_: object) -> None:
    services.sweep_files(now=clock.now())


@shared_task(name="msme.tell_of_new_listings")
def tell_of_new_listings_task(**_: object) -> None:
    services.tell_of_new_listings(now=clock.now())
