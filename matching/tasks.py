"""Celery's interface to the periodic work of matching."""

from celery import shared_task

from matching import services
from msmebazaar.core import clock


@shared_task(name="matching.keep_matches_fresh")
def keep_matches_fresh_task(**_: object) -> None:
    services.keep_matches_fresh(now=clock.now())


@shared_task(name="matching.keep_the_clock")
def keep_the_clock_task(**_: object) -> None:
    services.keep_the_clock(now=clock.now())


@shared_task(name="matching.tell_of_new_matches")
def tell_of_new_matches_task(**_: object) -> None:
    services.tell_of_new_matches(now=clock.now())


@shared_task(name="matching.expire_mandates")
def expire_mandates_task(**_: object) -> None:
    services.expire_mandates(now=clock.now())
