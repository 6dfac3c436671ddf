"""Beat's schedule, for clocks that are set back."""

from datetime import datetime, timedelta

from celery.schedules import schedstate, schedule


class Every(schedule):
    """Every so many seconds. Where the last run lies in the future, since the clock was set back, it is due now: Celery's own
    would wait until the clock had caught up, two hours for two hours."""

    def __init__(self, seconds: float) -> None:
        super().__init__(run_every=timedelta(seconds=seconds))

    def is_due(self, last_run_at: datetime) -> schedstate:
        last, now = self.maybe_make_aware(last_run_at), self.now()
        if last > now:
            return schedstate(is_due=True, next=self.seconds)
        return super().is_due(last_run_at)

    def __reduce__(self) -> tuple[type, tuple[float]]:
        return self.__class__, (self.seconds,)
