"""The one place that asks for the time. Services take `now` where time matters; callers at the edge pass `clock.now()`."""

from datetime import date, datetime, timedelta, timezone

from django.utils import timezone as django_timezone

INDIA = timezone(timedelta(hours=5, minutes=30), "IST")


def now() -> datetime:
    """The present moment, aware."""
    return django_timezone.now()


def today_in_india() -> date:
    """The date an Indian calendar shows; fiscal years and notices go by it."""
    return now().astimezone(INDIA).date()
