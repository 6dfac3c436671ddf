"""`manage.py valuation_revalue`: value every business again by the current engine and pack; goes on where it was stopped."""

from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from msmebazaar.core import clock
from valuation import services
from valuation.types import RunState


class Command(BaseCommand):
    help = "Values every business that has a valuation again. Stopped or killed, it goes on at the next start."

    def handle(self, *args: Any, **options: Any) -> None:
        run = services.begin_revaluation()
        with tqdm(total=run.total, initial=run.done, unit="business", file=self.stderr) as progress:
            while run.state == RunState.RUNNING:
                before = run.done
                run = services.continue_revaluation(run_id=run.id, now=clock.now())
                progress.update(run.done - before)
        self.stdout.write(
            f"{run.done} businesses, {run.made} new valuations by {run.engine_version} with {run.pack_id}"
        )
