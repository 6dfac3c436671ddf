"""`manage.py refresh_market`: entries for live listings that have none, and anew for those whose turn has come. Repeatable."""

from typing import Any

from django.core.management.base import BaseCommand

from msme import services
from msmebazaar.core import clock


class Command(BaseCommand):
    help = "Make the market what the listings say, now rather than by the worker's rounds; after an upgrade, for one."

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        while made := services.refresh_stale(now=clock.now()):
            count += made
        self.stdout.write(f"{count} market entries made or renewed")
